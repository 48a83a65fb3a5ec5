//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// The buttons above a diagram, the filters, and what is known of the selection.

class Controls {
  constructor(diagram) {
    this.diagram = diagram;
    this.bar = this.makeBar();
    this.filters = this.makeFilters();
    this.reflect();
  }

  button(label, title, action, classes = "") {
    return make("button", {
      type: "button", title, "aria-label": title, class: classes, onclick: action,
    }, label);
  }

  makeBar() {
    const { diagram } = this;
    this.search = make("input", {
      type: "search", placeholder: "Filter by text", "aria-label": "Filter by text",
      spellcheck: "false", autocomplete: "off",
    });
    this.search.addEventListener("input", () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => this.applySearch(), 120);
    });
    this.search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      clearTimeout(this.typing);
      if (event.key === "Escape") this.search.value = "";
      this.applySearch();
      diagram.canvas.focus();
      if (event.key === "Enter") diagram.step(1);
    });
    const group = (...buttons) => make("span", { class: "group" }, ...buttons);
    return make("div", { class: "bar", role: "toolbar", "aria-label": "Diagram" },
      group(
        this.button("−", "Zoom out (-)", () => diagram.zoom(1 / 1.5)),
        this.button("+", "Zoom in (+)", () => diagram.zoom(1.5)),
        this.button("Whole run", "Show the whole run (0)", () => diagram.fit())),
      group(
        this.button("‹ Previous", "Previous item (p)", () => diagram.step(-1)),
        this.button("Next ›", "Next item (n)", () => diagram.step(1))),
      this.button(
        diagram.model.violations.length > 0 ? "Jump to violation" : "Jump to the end",
        "Jump to the violation, or the end of the run (v)", () => diagram.jumpToViolation(),
        diagram.model.violations.length > 0 ? "alarm" : ""),
      this.search,
      this.button("?", "Keys and signs (?)", () => openHelp(), "round"));
  }

  applySearch() {
    const query = this.search.value.trim();
    if (query === this.diagram.model.active.query) return;
    this.diagram.refilter((filter) => { filter.query = query; });
  }

  toggle(label, title, isOn, change, classes) {
    const button = this.button(label, title, () => this.diagram.refilter(change), classes);
    this.toggles.push([button, isOn]);
    return button;
  }

  makeFilters() {
    const { model } = this.diagram;
    this.toggles = [];
    const flip = (set, value) => { if (!set.delete(value)) set.add(value); };
    const kinds = KINDS.map(([kind, label, about]) => this.toggle(
      label, `Show ${about}`, (filter) => filter.kinds.has(kind),
      (filter) => flip(filter.kinds, kind), `chip kind-${kind}`));
    const trouble = this.toggle(
      "Only trouble", "Show only what was lost, late or reset, warnings and faults",
      (filter) => filter.onlyTrouble, (filter) => { filter.onlyTrouble = !filter.onlyTrouble; },
      "chip");
    const lanes = model.lanes.map((lane) => this.toggle(
      lane.name, `Show ${lane.name}`, (filter) => !filter.hiddenLanes.has(lane.index),
      (filter) => flip(filter.hiddenLanes, lane.index), "chip"));
    this.connection = this.button("", "Show all connections again", () => this.diagram.refilter(
      (filter) => { filter.connection = null; }), "chip closing");
    const row = (label, ...chips) => make(
      "div", { role: "group", "aria-label": label, class: "chips" },
      make("span", { class: "label", "aria-hidden": "true" }, label), ...chips);
    return make("div", { class: "filters" },
      row("Show", ...kinds, trouble, this.connection), row("Lanes", ...lanes));
  }

  /** Shows how the filters stand. */
  reflect() {
    const filter = this.diagram.model.active;
    for (const [button, isOn] of this.toggles) {
      button.setAttribute("aria-pressed", isOn(filter) ? "true" : "false");
    }
    this.connection.hidden = filter.connection === null;
    this.connection.textContent = `Connection ${filter.connection} ×`;
  }
}

/** What is known of the selected item. */
class Details {
  constructor(diagram) {
    this.diagram = diagram;
    this.show(null);
  }

  show(item) {
    const { diagram } = this;
    const { model } = diagram;
    if (item === null) {
      diagram.aside.replaceChildren(
        make("h4", {}, "Nothing selected"),
        make("p", {}, "Click on an arrow or a mark, or press n for the first in view."),
        ...this.summary());
      return;
    }
    const type = model.type(item);
    const rows = this[type](item).filter(([, value]) => value !== undefined && value !== "");
    const list = make("dl", {});
    for (const [name, value] of rows) {
      list.append(make("dt", {}, name), make("dd", {}, String(value)));
    }
    const heading = make("h4", { class: `is-${type}` }, type[0].toUpperCase() + type.slice(1));
    diagram.aside.replaceChildren(heading, make("p", { class: "title" }, model.title(item)), list);
    if (type === "message" && model.connection[item] >= 0) {
      diagram.aside.append(make("button", {
        type: "button", onclick: () => this.followConnection(),
      }, model.active.connection === null ? "Only this connection (c)" : "All connections (c)"));
    }
    diagram.say(`${type} at ${instantText(model.time(item))}: ${model.title(item)}`);
  }

  summary() {
    const { data, messageCount } = this.diagram.model;
    const list = make("dl", {});
    const late = this.diagram.model.fate.filter((fate) => fate === LATE).length;
    const lost = this.diagram.model.fate.filter((fate) => fate === LOST).length;
    const rows = [["verdict", data.verdict], ["ended at", instantText(data.end)],
      ["messages", messageCount.toLocaleString("en-US")], ["late", late], ["lost", lost],
      ["faults", data.faults.length], ["events", data.events.time.length.toLocaleString("en-US")]];
    for (const [name, value] of rows) list.append(make("dt", {}, name), make("dd", {}, String(value)));
    return [list];
  }

  /** Shows only the connection of the selected message, or all again. */
  followConnection() {
    const { diagram } = this;
    const { model, selected } = diagram;
    if (model.active.connection !== null) {
      diagram.refilter((filter) => { filter.connection = null; });
    } else if (selected !== null && selected < model.firstEvent && model.connection[selected] >= 0) {
      const connection = model.connection[selected];
      diagram.refilter((filter) => { filter.connection = connection; });
      diagram.showAll();
    } else {
      diagram.say("Select a message of a connection first.");
      return;
    }
    this.show(diagram.selected);
  }

  message(item) {
    const { model } = this.diagram;
    const isOpen = model.isOpen[item] === 1;
    const isLost = model.fate[item] === LOST;
    return [
      ["kind", MESSAGE_KINDS[model.kind[item]]],
      ["what became of it", FATES[model.fate[item]]],
      ["from", model.laneName(model.from[item])],
      ["to", model.laneName(model.to[item])],
      ["sent", instantText(model.sent[item])],
      [isLost ? "lost" : "arrived", isOpen ? "not before the end" : instantText(model.ended[item])],
      ["took", isOpen ? undefined : durationText(model.ended[item] - model.sent[item])],
      ["bytes", model.bytes[item] > 0 ? model.bytes[item].toLocaleString("en-US") : undefined],
      ["connection", model.connection[item] >= 0 ? model.connection[item] : undefined],
    ];
  }

  event(item) {
    const { model } = this.diagram;
    const event = model.event(item);
    return [
      ["kind", event.kind], ["at", instantText(event.time)],
      ["on", model.laneName(event.lane)],
      ["level", event.kind === "log" ? event.level : undefined],
      ["more", event.detail],
    ];
  }

  violation(item) {
    const { model } = this.diagram;
    const violation = model.violations[item - model.firstViolation];
    return [
      ["at", instantText(violation.time)], ["seen by", model.laneName(violation.lane)],
      ["place", violation.place ?? undefined],
      ["decision", violation.decisions.toLocaleString("en-US")],
      ["job", violation.jobs.toLocaleString("en-US")],
    ];
  }

  fault(item) {
    const { model } = this.diagram;
    const fault = model.faults[item - model.firstFault];
    const names = (lanes) => lanes.map((lane) => model.laneName(lane)).join(", ");
    return [
      ["fault", fault.name], ["began", instantText(fault.begin)], ["ended", instantText(fault.end)],
      ["lasted", durationText(fault.end - fault.begin)], ["on", names(fault.lanes)],
      [fault.oneWay ? "towards" : "from", names(fault.others)],
    ];
  }
}
