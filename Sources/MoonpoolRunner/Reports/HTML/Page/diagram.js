//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// A space-time diagram: a canvas, what it shows, and what the user does to it.

/** Makes an element. Text is never markup: children are elements or text nodes. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") element.addEventListener("click", value);
    else if (value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

class Diagram {
  constructor(host, data) {
    const began = performance.now();
    this.host = host;
    this.model = new Model(data);
    this.view = new View(this.model);
    this.selected = null;
    this.paints = [];
    this.isWaiting = false;
    this.build();
    this.painter = new Painter(this.canvas, this.model, this.view);
    this.map = new RunMap(this.mapCanvas, this.model, this.view, () => this.move());
    this.details = new Details(this);
    this.listen();
    this.resize();
    this.describe();
    this.paint();
    this.loadTime = performance.now() - began;
  }

  build() {
    const name = `${this.model.data.scenario}, seed ${this.model.data.recipe}`;
    this.canvas = make("canvas", {
      class: "plot", tabindex: "0", role: "application",
      "aria-roledescription": "space-time diagram",
      "aria-label": `Space-time diagram of ${name}. Press question mark for the keys.`,
    });
    this.mapCanvas = make("canvas", { class: "map", "aria-hidden": "true" });
    this.status = make("p", { class: "status", role: "status", "aria-live": "polite" });
    this.note = make("p", { class: "note" });
    this.controls = new Controls(this);
    this.stage = make("div", { class: "stage" }, this.canvas, this.mapCanvas);
    this.aside = make("aside", { class: "details", "aria-label": "Details of the selection" });
    this.host.replaceChildren(
      this.controls.bar, this.controls.filters,
      make("div", { class: "desk" }, this.stage, this.aside), this.note, this.status);
  }

  // Painting

  change() {
    if (this.isWaiting) return;
    this.isWaiting = true;
    requestAnimationFrame(() => this.paint());
  }

  /** The same for what goes on: as much is drawn as the browser can keep up with, and the rest soon
   * after it has come to rest. */
  move() {
    const now = performance.now();
    const since = now - (this.movedAt ?? 0);
    const { painter } = this;
    if (since > 26 && since < 400) painter.cap = Math.max(MOVING_CAP, painter.cap / 2);
    if (since < 20) painter.cap = Math.min(MESSAGE_CAP, painter.cap * 1.1);
    this.movedAt = now;
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      painter.cap = MESSAGE_CAP;
      this.change();
    }, 180);
    this.change();
  }

  paint() {
    this.isWaiting = false;
    const began = performance.now();
    this.painter.paint(this.selected);
    this.map.paint(this.painter.colors, this.painter.font);
    this.tell();
    this.paints.push(performance.now() - began);
    if (this.paints.length > 500) this.paints.shift();
  }

  /** Says below the diagram what of it can't be seen. */
  tell() {
    const { drawn } = this.painter;
    const parts = [];
    if (drawn.stride > 1) parts.push(`1 in ${drawn.stride} messages is drawn; zoom in for all`);
    if (drawn.eventStride > 1) parts.push(`1 in ${drawn.eventStride} log lines and events is drawn`);
    for (const [count, name] of this.model.dropped) {
      if (count > 0) parts.push(`${countText(count, `older ${name}`)} not recorded`);
    }
    const text = parts.join(" · ");
    if (this.note.textContent !== text) this.note.textContent = text;
  }

  resize() {
    this.view.width = Math.max(320, this.stage.clientWidth);
    this.view.height = this.view.wantedHeight;
    this.canvas.style.height = `${this.view.height}px`;
    this.mapCanvas.style.height = `${MAP_HEIGHT}px`;
    this.change();
  }

  // What the user wants

  zoom(factor, time) {
    const middle = this.selected === null ? undefined : this.model.time(this.selected);
    const isInView = middle >= this.view.begin && middle <= this.view.end;
    this.view.zoom(factor, time ?? (isInView ? middle : undefined));
    this.move();
  }

  pan(share) {
    this.view.pan(share);
    this.move();
  }

  /** Shows all messages that the filters leave, as large as it can. */
  showAll() {
    const messages = [...this.model.order].filter((item) => item < this.model.firstEvent);
    if (messages.length === 0) return;
    const begin = this.model.time(messages[0]);
    const end = messages.reduce((last, item) => Math.max(last, this.model.endTime(item)), begin);
    this.view.show(begin - (end - begin) * 0.1, end + (end - begin) * 0.1);
    this.change();
  }

  scrollLanes(pixels) {
    this.view.scroll += pixels;
    this.move();
  }

  fit() {
    this.view.fit();
    this.change();
  }

  select(item, isRevealed = true) {
    this.selected = item;
    if (item !== null && isRevealed) {
      this.view.reveal(this.model.time(item), this.model.endTime(item));
      this.revealLanes(item);
    }
    this.details.show(item);
    this.change();
  }

  revealLanes(item) {
    this.view.layOut();
    for (const lane of this.model.lanesOf(item)) {
      const y = this.view.y(lane);
      if (y === undefined) continue;
      const top = AXIS + PHASES + this.view.rowHeight / 2;
      const bottom = this.view.height - BOTTOM - this.view.rowHeight / 2;
      if (y < top) this.view.scroll -= top - y;
      if (y > bottom) this.view.scroll += y - bottom;
    }
  }

  /** Selects what comes next by time, or what came before; on the same lane if asked. */
  step(direction, isSameLane = false) {
    const { model } = this;
    const { order } = model;
    if (order.length === 0) return this.say("Nothing is shown.");
    let place;
    if (this.selected === null) {
      place = model.placeOf(Math.max(0, this.view.begin)) - (direction < 0 ? 1 : 0);
    } else {
      place = model.placeOf(model.time(this.selected));
      while (place < order.length && order[place] !== this.selected
        && model.time(order[place]) === model.time(this.selected)) place += 1;
      if (order[place] === this.selected || direction < 0) place += direction;
    }
    if (isSameLane && this.selected !== null) {
      const lanes = model.lanesOf(this.selected);
      while (place >= 0 && place < order.length
        && !model.lanesOf(order[place]).includes(lanes[0])) place += direction;
    }
    if (place < 0 || place >= order.length) {
      return this.say(direction > 0 ? "This was the last." : "This was the first.");
    }
    return this.select(order[place]);
  }

  /** To a violation; then to the next one. Of a run without one, to its end. */
  jumpToViolation() {
    const { model, view } = this;
    const count = model.violations.length;
    if (count === 0) {
      view.show(model.end - view.span * 0.8, model.end + view.span * 0.2);
      this.change();
      return this.say(`No property was violated; this is the end of the run: ${model.data.verdict}.`);
    }
    const present = this.selected === null ? -1 : this.selected - model.firstViolation;
    const next = present >= 0 && present < count ? (present + 1) % count : 0;
    const time = model.violations[next].time;
    const span = Math.min(view.span, Math.max(model.end / 50, SHORTEST_VIEW * 10));
    view.show(time - span * 0.75, time + span * 0.25);
    return this.select(model.firstViolation + next, false);
  }

  centre() {
    if (this.selected === null) return;
    const time = this.model.time(this.selected);
    this.view.show(time - this.view.span / 2, time + this.view.span / 2);
    this.change();
  }

  /** Shows what a filter leaves, which "edit" has changed. */
  refilter(edit) {
    edit(this.model.active);
    this.model.filter(this.model.active);
    if (this.selected !== null && !this.model.visible[this.selected]) this.select(null);
    this.map.count();
    this.controls.reflect();
    this.describe();
    this.change();
  }

  describe() {
    const { model } = this;
    const shown = model.order.length;
    this.say(shown === model.itemCount
      ? `${countText(shown, "message, event and fault", "messages, events and faults")}.`
      : `${shown.toLocaleString("en-US")} of ${countText(model.itemCount, "item")} shown.`);
  }

  say(text) { this.status.textContent = text; }

  // Hands

  listen() {
    const { canvas } = this;
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.grip = { x: event.clientX, y: event.clientY, moved: 0 };
    });
    canvas.addEventListener("pointermove", (event) => this.drag(event));
    canvas.addEventListener("pointerup", (event) => {
      const isClick = this.grip !== undefined && this.grip.moved < 4;
      this.grip = undefined;
      canvas.classList.remove("dragged");
      if (!isClick) return;
      const box = canvas.getBoundingClientRect();
      this.select(this.painter.hit(event.clientX - box.left, event.clientY - box.top), false);
    });
    canvas.addEventListener("pointercancel", () => { this.grip = undefined; });
    canvas.addEventListener("dblclick", (event) => {
      this.zoom(4, this.view.timeAt(event.offsetX));
    });
    new ResizeObserver(() => {
      if (this.stage.clientWidth !== this.view.width) this.resize();
    }).observe(this.stage);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.painter.restyle();
      this.change();
    });
  }

  drag(event) {
    if (this.grip === undefined) return;
    const dx = event.clientX - this.grip.x, dy = event.clientY - this.grip.y;
    this.grip.moved += Math.abs(dx) + Math.abs(dy);
    this.grip.x = event.clientX;
    this.grip.y = event.clientY;
    this.canvas.classList.add("dragged");
    this.view.pan(-dx / this.view.plotWidth);
    this.view.scroll -= dy;
    this.move();
  }

  wheel(event) {
    event.preventDefault();
    const pixels = event.deltaMode === 1 ? 16 : 1;
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      return this.pan((event.deltaX || event.deltaY) * pixels / this.view.plotWidth);
    }
    return this.zoom(Math.exp(-event.deltaY * pixels * 0.002), this.view.timeAt(event.offsetX));
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = event.shiftKey ? 0.9 : 0.12;
    const actions = {
      ArrowLeft: () => this.pan(-step),
      ArrowRight: () => this.pan(step),
      ArrowUp: () => this.scrollLanes(-40),
      ArrowDown: () => this.scrollLanes(40),
      "+": () => this.zoom(1.5),
      "=": () => this.zoom(1.5),
      "-": () => this.zoom(1 / 1.5),
      _: () => this.zoom(1 / 1.5),
      0: () => this.fit(),
      Home: () => { this.view.show(0, this.view.span); this.change(); },
      End: () => { this.view.show(this.model.end - this.view.span, this.model.end); this.change(); },
      n: () => this.step(1),
      p: () => this.step(-1),
      N: () => this.step(1, true),
      P: () => this.step(-1, true),
      v: () => this.jumpToViolation(),
      c: () => this.details.followConnection(),
      Enter: () => this.centre(),
      Escape: () => this.select(null),
      "/": () => this.controls.search.focus(),
    };
    const action = actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  }

  /** What tests look at; nothing can be changed through it. */
  get state() {
    const { model, view, selected } = this;
    const filter = model.active;
    return Object.freeze({
      begin: view.begin, end: view.end, runEnd: model.end, scroll: view.scroll,
      selected: selected === null ? null : Object.freeze({
        type: model.type(selected), time: model.time(selected), title: model.title(selected),
      }),
      query: filter.query, kinds: Object.freeze([...filter.kinds]),
      hiddenLanes: Object.freeze([...filter.hiddenLanes]), connection: filter.connection,
      onlyTrouble: filter.onlyTrouble, items: model.itemCount, shown: model.order.length,
      drawn: Object.freeze({ ...this.painter.drawn }),
      caps: Object.freeze({ messages: 2 * MESSAGE_CAP, events: 2 * EVENT_CAP }),
      loadTime: this.loadTime, paints: Object.freeze([...this.paints]),
      places: Object.freeze({ gutter: GUTTER, top: AXIS + PHASES, row: view.rowHeight }),
    });
  }
}
