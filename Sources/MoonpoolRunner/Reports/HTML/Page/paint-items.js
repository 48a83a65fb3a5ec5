//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Draws messages, events and violations, the selection, and the map of the whole run.

/** How far the line of what never arrived goes. */
const HALF_WAY = 0.62;

/** Lists of places by the style in which they are drawn: one path for each. */
class Batches {
  constructor() { this.lists = new Map(); }

  add(style, item) {
    const list = this.lists.get(style);
    if (list === undefined) this.lists.set(style, [item]); else list.push(item);
  }
}

Object.assign(Painter.prototype, {
  // Messages

  /** Chooses what is drawn: all if it can be, else every second, fourth, … of the ordinary ones. */
  messages(selected) {
    const { model } = this;
    const connection = selected !== null && selected < model.firstEvent
      ? model.connection[selected] : -1;
    this.drawn.stride = this.collect(model.troubled, this.cap);
    const stride = this.collect(model.ordinary, this.cap);
    this.drawn.stride = Math.max(this.drawn.stride, stride);
    const batches = new Batches();
    for (const i of this.shownMessages) {
      const isMarked = connection >= 0 && model.connection[i] === connection;
      batches.add(this.messageStyle(i) + (isMarked ? "!" : ""), i);
    }
    const isSparse = stride === 1 && this.shownMessages.length < 900;
    for (const [style, list] of batches.lists) {
      this.arrows(style, list, isSparse, connection >= 0);
    }
  },

  collect(levels, cap) {
    const { view } = this;
    let count = 0;
    levels.inView(view.begin, view.end, (_, first, last) => { count += last - first; });
    let stride = 1;
    while (count / stride > cap) stride *= 2;
    levels.inView(view.begin, view.end, (list, first, last) => {
      // Multiples of the stride, so that the same ones are drawn wherever the view is.
      for (let place = Math.ceil(first / stride) * stride; place < last; place += stride) {
        const i = list[place];
        if (this.model.ended[i] >= view.begin) this.shownMessages.push(i);
      }
    });
    return stride;
  },

  messageStyle(i) {
    const { model } = this;
    if (model.fate[i] === LOST) return "lost";
    if (model.fate[i] === LATE) return "late";
    if (model.isOpen[i]) return "open";
    if (model.fate[i] === REFUSED) return "refused";
    return ["connect", "connect", "data", "connect", "reset", "datagram"][model.kind[i]];
  },

  arrows(style, list, isSparse, isOneMarked) {
    const { c, colors, model, view } = this;
    const isMarked = style.endsWith("!");
    const name = isMarked ? style.slice(0, -1) : style;
    const isTrouble = name === "lost" || name === "late";
    const color = { lost: colors.bad, late: colors.warn, open: colors.muted,
      refused: colors.reset }[name] ?? colors[name];
    c.strokeStyle = color;
    c.fillStyle = color;
    const isDense = this.drawn.stride > 1;
    c.lineWidth = isMarked ? 2.2 : isTrouble && !isDense ? 1.4 : 1.1;
    c.globalAlpha = isMarked ? 1 : isOneMarked ? 0.25
      : isSparse ? 0.9 : isTrouble ? (isDense ? 0.45 : 0.9) : isDense ? 0.22 : 0.35;
    c.setLineDash(isDense ? [] : { lost: [4, 3], late: [8, 3], open: [2, 3] }[name] ?? []);
    c.beginPath();
    for (const i of list) {
      const y1 = view.y(model.from[i]), y2 = view.y(model.to[i]);
      if (y1 === undefined || y2 === undefined) continue;
      const share = name === "lost" || name === "open" ? HALF_WAY : 1;
      const x1 = view.x(model.sent[i]), x2 = view.x(model.ended[i]);
      c.moveTo(x1, y1);
      if (y1 === y2) c.quadraticCurveTo((x1 + x2) / 2, y1 - 22, x2, y2);
      else c.lineTo(x1 + (x2 - x1) * share, y1 + (y2 - y1) * share);
    }
    c.stroke();
    c.setLineDash([]);
    if (isSparse || isTrouble && !isDense || name === "lost" || isMarked) this.heads(name, list);
    c.globalAlpha = 1;
  },

  /** Arrow heads; a cross where something was lost. */
  heads(name, list) {
    const { c, model, view } = this;
    c.beginPath();
    for (const i of list) {
      const y1 = view.y(model.from[i]), y2 = view.y(model.to[i]);
      if (y1 === undefined || y2 === undefined || y1 === y2 || name === "open") continue;
      const x1 = view.x(model.sent[i]), x2 = view.x(model.ended[i]);
      const length = Math.hypot(x2 - x1, y2 - y1);
      const dx = (x2 - x1) / length, dy = (y2 - y1) / length;
      if (name === "lost") {
        const x = x1 + (x2 - x1) * HALF_WAY, y = y1 + (y2 - y1) * HALF_WAY;
        c.moveTo(x - 4, y - 4); c.lineTo(x + 4, y + 4);
        c.moveTo(x - 4, y + 4); c.lineTo(x + 4, y - 4);
        continue;
      }
      const x = x2 - dx * 2, y = y2 - dy * 2;
      c.moveTo(x, y);
      c.lineTo(x - dx * 8 - dy * 3.2, y - dy * 8 + dx * 3.2);
      c.lineTo(x - dx * 8 + dy * 3.2, y - dy * 8 - dx * 3.2);
      c.closePath();
    }
    if (name === "lost") {
      c.lineWidth = 1.8;
      c.stroke();
    } else {
      c.fill();
    }
  },

  // Events

  events() {
    const { model, view } = this;
    const list = model.visibleEvents;
    const at = (place) => model.eventTime[list[place]];
    const first = lowerBound(list.length, view.begin, at);
    const last = lowerBound(list.length, view.end + 1, at);
    let stride = 1;
    while ((last - first) / stride > EVENT_CAP) stride *= 2;
    this.drawn.eventStride = stride;
    for (let place = first; place < last; place += 1) {
      const i = list[place];
      const kind = model.strings[model.data.events.kind[i]];
      const isPlain = kind === "log" || kind === "event";
      if (isPlain && place % stride !== 0) continue;
      if (this.shownEvents.length >= 2 * EVENT_CAP) break;
      const y = view.y(model.eventLane[i]);
      if (y === undefined) continue;
      this.shownEvents.push(i);
      this.mark(kind, model.strings[model.data.events.level[i]], view.x(model.eventTime[i]), y,
        isPlain && stride > 1 ? 2.5 : 4);
    }
  },

  mark(kind, level, x, y, radius) {
    const { c, colors } = this;
    const color = { warning: colors.warn, error: colors.bad, critical: colors.bad }[level]
      ?? { log: colors.muted, event: colors.accent, lifecycle: colors.ink, fault: colors.network }[kind];
    c.fillStyle = color;
    c.strokeStyle = colors.paper;
    c.lineWidth = 1.5;
    c.beginPath();
    if (kind === "event") {
      const r = radius + 1;
      c.moveTo(x, y - r); c.lineTo(x + r, y); c.lineTo(x, y + r); c.lineTo(x - r, y);
      c.closePath();
    } else if (kind === "lifecycle") {
      c.rect(x - 1.5, y - 8, 3, 16);
    } else if (kind === "fault") {
      c.moveTo(x - 5, y - 14); c.lineTo(x + 5, y - 14); c.lineTo(x, y - 5);
      c.closePath();
    } else {
      c.arc(x, y, radius - 0.5, 0, 2 * Math.PI);
    }
    c.stroke();
    c.fill();
  },

  violations() {
    const { c, colors, model, view } = this;
    for (const violation of model.violations) {
      if (violation.time < view.begin || violation.time > view.end) continue;
      const x = view.x(violation.time);
      c.fillStyle = colors.bad;
      c.fillRect(x - 1, AXIS + PHASES, 2, view.height);
      const y = view.y(violation.lane);
      if (y !== undefined) {
        c.beginPath();
        c.arc(x, y, 8, 0, 2 * Math.PI);
        c.fill();
        this.text("!", x, y + 0.5, colors.paper, { size: 12, weight: 700, align: "center" });
      }
      const label = "violation";
      c.font = `600 10px ${this.font}`;
      const width = c.measureText(label).width + 12;
      const left = x + width > view.width ? x - width : x;
      c.fillStyle = colors.bad;
      c.fillRect(left, view.height - 18, width, 18);
      this.text(label, left + 6, view.height - 9, colors.paper, { size: 10, weight: 600 });
    }
  },

  selection(item) {
    const { c, colors, model, view } = this;
    const type = model.type(item);
    c.strokeStyle = colors.accent;
    c.lineWidth = 2;
    c.beginPath();
    if (type === "message") {
      const y1 = view.y(model.from[item]), yTo = view.y(model.to[item]);
      if (y1 === undefined || yTo === undefined) return;
      const isHalf = model.fate[item] === LOST || model.isOpen[item] === 1;
      const x1 = view.x(model.sent[item]), share = isHalf ? HALF_WAY : 1;
      const x2 = x1 + (view.x(model.ended[item]) - x1) * share, y2 = y1 + (yTo - y1) * share;
      c.lineWidth = 7;
      c.globalAlpha = 0.3;
      this.segment(x1, y1, x2, y2);
      c.globalAlpha = 1;
      c.lineWidth = 2;
      this.segment(x1, y1, x2, y2);
      c.beginPath();
      for (const [x, y] of [[x1, y1], [x2, y2]]) {
        c.moveTo(x + 6, y);
        c.arc(x, y, 6, 0, 2 * Math.PI);
      }
    } else if (type === "fault") {
      const fault = model.faults[item - model.firstFault];
      for (const lane of fault.lanes) {
        const y = view.y(lane);
        if (y === undefined) continue;
        const left = Math.max(view.x(fault.begin), GUTTER + 2);
        const width = Math.min(view.x(fault.end), view.width - 2) - left;
        c.rect(left, y - view.rowHeight / 2 + 2, Math.max(4, width), view.rowHeight - 4);
      }
    } else {
      const y = view.y(model.lanesOf(item)[0]) ?? AXIS + PHASES + 10;
      c.arc(view.x(model.time(item)), y, 10, 0, 2 * Math.PI);
    }
    c.stroke();
  },

  // What is where

  /** The item at a point of the canvas as it was drawn last, or null. */
  hit(x, y) {
    const { model, view } = this;
    let best = null, nearest = 9;
    const consider = (item, distance) => {
      if (distance < nearest) [best, nearest] = [item, distance];
    };
    model.violations.forEach((violation, i) => {
      const own = view.y(violation.lane) ?? y;
      consider(model.firstViolation + i,
        Math.min(Math.hypot(x - view.x(violation.time), y - own) - 3,
          Math.abs(x - view.x(violation.time)) + 3));
    });
    for (const i of this.shownEvents) {
      const own = view.y(model.eventLane[i]);
      if (own !== undefined) {
        consider(model.firstEvent + i, Math.hypot(x - view.x(model.eventTime[i]), y - own) - 2);
      }
    }
    if (best !== null && nearest < 4) return best;
    for (const i of this.shownMessages) {
      const y1 = view.y(model.from[i]), y2 = view.y(model.to[i]);
      if (y1 === undefined || y2 === undefined) continue;
      consider(i, distanceToSegment(
        x, y, view.x(model.sent[i]), y1, view.x(model.ended[i]), y2));
    }
    return best ?? this.faultAt(x, y);
  },

  faultAt(x, y) {
    const { model, view } = this;
    const time = view.timeAt(x);
    const at = model.faults.findIndex((fault, i) => model.visible[model.firstFault + i]
      && fault.begin <= time && time <= fault.end
      && fault.lanes.some((lane) => Math.abs((view.y(lane) ?? -99) - y) < view.rowHeight / 2));
    return at < 0 ? null : model.firstFault + at;
  },
});

function distanceToSegment(x, y, x1, y1, x2, y2) {
  const dx = x2 - x1, dy = y2 - y1;
  const square = dx * dx + dy * dy;
  const share = square === 0 ? 0 : Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / square));
  return Math.hypot(x - x1 - share * dx, y - y1 - share * dy);
}
