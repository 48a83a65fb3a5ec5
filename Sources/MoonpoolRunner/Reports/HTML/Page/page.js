//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// The page: help, copying, and diagrams that are made when they come into view.

const HELP = [
  ["← →", "pan; with Shift a whole view"],
  ["↑ ↓", "scroll the lanes"],
  ["+ −", "zoom; so does the wheel"],
  ["0", "the whole run"],
  ["Home, End", "its beginning, its end"],
  ["n, p", "next, previous item; with Shift on the same lane"],
  ["v", "the violation; again: the next one"],
  ["c", "only the connection of the selected message"],
  ["Enter", "the selection into the middle"],
  ["Esc", "no selection"],
  ["/", "filter by text; Enter there selects the next match"],
  ["Tab", "to the buttons and filters; Space switches them"],
  ["?", "this help"],
];
const SIGNS = [
  ["arrow", "data", "data, from sending to arrival"],
  ["arrow", "connect", "a connect, its answer, the end of a stream"],
  ["arrow", "datagram", "a datagram"],
  ["arrow late", "warn", "arrived late: a partition or a clog held it up"],
  ["arrow", "reset", "a reset, or something that nobody wanted"],
  ["arrow lost", "bad", "lost on its way, or given up"],
  ["dot", "muted", "a log line; orange: a warning; red: an error"],
  ["diamond", "accent", "a typed event"],
  ["bar", "bad", "a crash or kill; the process is down behind it"],
  ["band", "warn-soft", "one side of a partition"],
  ["strip", "network", "a fault for as long as it lasts"],
  ["flag", "bad", "a violation"],
];

let help = null;

function openHelp() {
  const focused = document.activeElement;
  if (help === null) {
    const keys = make("dl", { class: "keys" });
    for (const [key, about] of HELP) {
      keys.append(make("dt", {}, ...key.split(", ").map((name) => make("kbd", {}, name))),
        make("dd", {}, about));
    }
    const signs = make("ul", { class: "signs" }, ...SIGNS.map(([sign, color, about]) =>
      make("li", {}, make("span", { class: `sign ${sign}`, style: `--sign: var(--${color})`,
        "aria-hidden": "true" }), about)));
    help = make("dialog", { class: "help", "aria-labelledby": "help-title" },
      make("h2", { id: "help-title" }, "Reading a diagram"),
      make("p", {}, "Virtual time runs from left to right, and each process has a lane."),
      signs, make("h3", {}, "Keys, with the focus on a diagram"), keys,
      make("form", { method: "dialog" }, make("button", { autofocus: "" }, "Close")));
    document.body.append(help);
  }
  help.onclose = () => focused?.focus();
  if (!help.open) help.showModal();
}

function copyFrom(button) {
  const text = document.getElementById(button.dataset.copies).textContent;
  const done = () => {
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  };
  const fallBack = () => {
    const range = document.createRange();
    range.selectNodeContents(document.getElementById(button.dataset.copies));
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    document.execCommand("copy");
    done();
  };
  if (navigator.clipboard === undefined) fallBack();
  else navigator.clipboard.writeText(text).then(done, fallBack);
}

const diagrams = new Map();

function makeDiagram(host) {
  if (diagrams.has(host.id)) return;
  const data = document.getElementById(`${host.id}-data`);
  diagrams.set(host.id, new Diagram(host, JSON.parse(data.textContent)));
  data.remove();
}

addEventListener("keydown", (event) => {
  const isTyping = event.target instanceof HTMLInputElement;
  if (event.key !== "?" || isTyping) return;
  event.preventDefault();
  openHelp();
});

for (const button of document.querySelectorAll("button[data-copies]")) {
  button.hidden = false;
  button.addEventListener("click", () => copyFrom(button));
}
addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("details")) part.open = true;
});

const observer = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    observer.unobserve(entry.target);
    makeDiagram(entry.target);
  }
}, { rootMargin: "600px" });
for (const host of document.querySelectorAll(".diagram")) observer.observe(host);

Object.defineProperty(window, "moonpool", {
  value: Object.freeze({
    get diagrams() {
      return Object.fromEntries([...diagrams].map(([id, diagram]) => [id, diagram.state]));
    },
    get isHelpOpen() { return help !== null && help.open; },
  }),
});
