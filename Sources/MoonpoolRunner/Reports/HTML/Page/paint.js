//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Draws a diagram on its canvas. What is out of view is found by binary search and never looked at;
// of more than a screen can show, every second, fourth, … is drawn, troubles first.

const MESSAGE_CAP = 4000, MOVING_CAP = 250, EVENT_CAP = 1500;

/** Colours of the style sheet, for light and dark. */
function readColors(element) {
  const style = getComputedStyle(element);
  const color = (name) => style.getPropertyValue(`--${name}`).trim();
  const names = ["paper", "ink", "muted", "faint", "line", "grid", "accent", "data", "connect",
    "datagram", "reset", "bad", "bad-soft", "warn", "warn-soft", "good", "network", "storage", "process",
    "clock", "row"];
  return Object.fromEntries(names.map((name) => [name, color(name)]));
}

class Painter {
  constructor(canvas, model, view) {
    this.canvas = canvas;
    this.model = model;
    this.view = view;
    this.cap = MESSAGE_CAP;
    this.drawn = { messages: 0, events: 0, stride: 1, eventStride: 1 };
    this.restyle();
  }

  restyle() {
    this.colors = readColors(this.canvas);
    this.font = getComputedStyle(this.canvas).fontFamily;
  }

  paint(selected) {
    const { view, canvas } = this;
    const scale = window.devicePixelRatio || 1;
    const width = Math.round(view.width * scale), height = Math.round(view.height * scale);
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    view.layOut();
    const c = canvas.getContext("2d", { alpha: false });
    this.c = c;
    c.setTransform(scale, 0, 0, scale, 0, 0);
    c.fillStyle = this.colors.paper;
    c.fillRect(0, 0, view.width, view.height);
    this.shownMessages = [];
    this.shownEvents = [];
    c.save();
    c.beginPath();
    c.rect(GUTTER, AXIS, view.width - GUTTER, view.height - AXIS);
    c.clip();
    this.rows();
    this.grid();
    this.partitions();
    this.messages(selected);
    this.lives();
    this.faults();
    this.events();
    this.violations();
    if (selected !== null) this.selection(selected);
    c.restore();
    this.phases();
    this.axis();
    this.gutter();
    this.drawn.messages = this.shownMessages.length;
    this.drawn.events = this.shownEvents.length;
  }

  text(text, x, y, color, { size = 11, weight = 400, align = "left", most } = {}) {
    const c = this.c;
    c.font = `${weight} ${size}px ${this.font}`;
    c.textAlign = align;
    c.textBaseline = "middle";
    c.fillStyle = color;
    c.fillText(most === undefined ? text : this.shortened(text, most), x, y);
  }

  shortened(text, most) {
    if (this.c.measureText(text).width <= most) return text;
    let length = Math.min(text.length, 80);
    while (length > 0 && this.c.measureText(`${text.slice(0, length)}…`).width > most) length -= 1;
    return length > 0 ? `${text.slice(0, length)}…` : "";
  }

  // Ground

  rows() {
    const { view, c } = this;
    c.fillStyle = this.colors.row;
    view.rows.forEach((lane, row) => {
      if (row % 2 === 1) return;
      c.fillRect(GUTTER, view.y(lane) - view.rowHeight / 2, view.width, view.rowHeight);
    });
  }

  grid() {
    const { view, c } = this;
    this.ticks = ticks(view.begin, view.end, Math.max(2, view.plotWidth / 130));
    c.strokeStyle = this.colors.grid;
    c.lineWidth = 1;
    c.beginPath();
    for (const [time] of this.ticks) {
      const x = Math.round(view.x(time)) + 0.5;
      c.moveTo(x, AXIS);
      c.lineTo(x, view.height);
    }
    c.stroke();
    for (const time of [0, this.model.end]) {  // before and after there is nothing
      const x = view.x(time);
      c.fillStyle = this.colors.grid;
      c.globalAlpha = 0.6;
      if (time === 0) c.fillRect(GUTTER, AXIS, x - GUTTER, view.height);
      else c.fillRect(x, AXIS, view.width - x, view.height);
      c.globalAlpha = 1;
    }
  }

  axis() {
    const { view, c, colors } = this;
    c.fillStyle = colors.paper;
    c.fillRect(0, 0, view.width, AXIS);
    for (const [time, label] of this.ticks) {
      const x = view.x(time);
      if (x < GUTTER - 1) continue;
      const width = c.measureText(label).width;
      if (x + width / 2 > view.width) continue;
      this.text(label, Math.max(x, GUTTER + width / 2), AXIS / 2, colors.muted, { align: "center" });
    }
    c.fillStyle = colors.line;
    c.fillRect(0, AXIS - 1, view.width, 1);
    this.text("virtual time", 12, AXIS / 2, colors.faint);
  }

  phases() {
    const { view, c, colors, model } = this;
    c.fillStyle = colors.paper;
    c.fillRect(0, AXIS, view.width, PHASES);
    const phases = model.data.phases;
    c.save();
    c.beginPath();
    c.rect(GUTTER, AXIS, view.width - GUTTER, PHASES);
    c.clip();
    phases.forEach(([name, begin], i) => {
      const end = phases[i + 1]?.[1] ?? model.end;
      const left = Math.max(view.x(begin), GUTTER), right = Math.min(view.x(end), view.width);
      if (right <= left) return;
      c.fillStyle = name === "run" ? colors["warn-soft"] : colors.grid;
      c.fillRect(left + 0.5, AXIS + 3, Math.max(1, right - left - 1), PHASES - 6);
      if (right - left > 40) {
        this.text(name, left + 7, AXIS + PHASES / 2, colors.muted, { size: 10, most: right - left - 10 });
      }
    });
    c.restore();
    this.text("phase", 12, AXIS + PHASES / 2, colors.faint);
  }

  gutter() {
    const { view, c, colors, model } = this;
    c.save();
    c.beginPath();
    c.rect(0, AXIS + PHASES, GUTTER, view.height);
    c.clip();
    c.fillStyle = colors.paper;
    c.fillRect(0, AXIS + PHASES, GUTTER, view.height);
    for (const lane of view.rows) {
      const y = view.y(lane);
      const about = model.lanes[lane];
      const isRoomy = view.rowHeight >= 44 && about !== undefined;
      this.text(model.laneName(lane), 12, isRoomy ? y - 7 : y, lane < 0 ? colors.muted : colors.ink,
        { size: 12.5, weight: 600, most: GUTTER - 24 });
      if (isRoomy) {
        this.text(`${about.kind} · ${about.address}`, 12, y + 8, colors.muted,
          { size: 10.5, most: GUTTER - 20 });
      }
    }
    c.fillStyle = colors.line;
    c.fillRect(GUTTER - 1, AXIS, 1, view.height);
    c.restore();
  }

  // Lives and faults

  lives() {
    const { view, c, colors, model } = this;
    for (const lane of view.rows) {
      const y = view.y(lane);
      c.lineWidth = 1;
      c.strokeStyle = colors.line;
      c.setLineDash([2, 4]);
      this.segment(view.x(0), y, view.x(model.end), y);
      c.setLineDash([]);
      for (const [state, begin, end] of model.lanes[lane]?.spans ?? []) {
        if (end < view.begin || begin > view.end) continue;
        const left = Math.max(view.x(begin), GUTTER - 4), right = Math.min(view.x(end), view.width + 4);
        if (state === "running" || state === "stopping") {
          c.lineWidth = 2;
          c.strokeStyle = state === "running" ? colors.muted : colors.warn;
          if (state === "stopping") c.setLineDash([6, 4]);
          this.segment(left, y, right, y);
          c.setLineDash([]);
        } else {
          this.down(state, left, right, y);
        }
      }
    }
  }

  down(state, left, right, y) {
    const { c, colors, view } = this;
    const half = Math.min(11, view.rowHeight / 4);
    const isBad = state !== "exited" && state !== "stopped";
    c.fillStyle = isBad ? colors["bad-soft"] : colors.grid;
    c.fillRect(left, y - half, Math.max(2, right - left), 2 * half);
    c.fillStyle = isBad ? colors.bad : colors.muted;
    c.fillRect(left, y - half, 2, 2 * half);
    if (right - left > 60) {
      const label = { powerLost: "power lost" }[state] ?? state;
      this.text(label, left + 8, y, isBad ? colors.bad : colors.muted,
        { size: 10.5, weight: 600, most: right - left - 12 });
    }
  }

  segment(x1, y1, x2, y2) {
    const c = this.c;
    c.beginPath();
    c.moveTo(x1, y1);
    c.lineTo(x2, y2);
    c.stroke();
  }

  familyColor(name) {
    const family = name.split(".")[0];
    return this.colors[["storage", "process", "clock"].includes(family) ? family : "network"];
  }

  faults() {
    const { view, c, model } = this;
    model.faults.forEach((fault, i) => {
      if (!model.visible[model.firstFault + i] || fault.name === "partition") return;
      if (fault.end < view.begin || fault.begin > view.end) return;
      const left = Math.max(view.x(fault.begin), GUTTER - 4);
      const width = Math.max(2, Math.min(view.x(fault.end), view.width + 4) - left);
      fault.lanes.forEach((lane, place) => {
        const y = view.y(lane);
        if (y === undefined) return;
        const top = y + Math.min(view.rowHeight / 2 - 18, 9) + fault.rows[place] * 6;
        c.fillStyle = this.familyColor(fault.name);
        c.fillRect(left, top, width, 4);
        c.font = `400 9.5px ${this.font}`;
        const start = Math.max(left, GUTTER) + 3;
        const isRoomy = left + width - start > c.measureText(fault.name).width;
        if (isRoomy && fault.isAlone && fault.rows[place] === 0 && view.rowHeight > 56) {
          this.text(fault.name, start, top + 11, this.familyColor(fault.name), { size: 9.5 });
        }
      });
    });
  }

  /** One side of a partition is tinted; dashes at its begin and end say who is concerned. */
  partitions() {
    const { view, c, model, colors } = this;
    model.faults.forEach((fault, i) => {
      if (!model.visible[model.firstFault + i] || fault.name !== "partition") return;
      if (fault.end < view.begin || fault.begin > view.end) return;
      const left = Math.max(view.x(fault.begin), GUTTER - 4);
      const right = Math.min(view.x(fault.end), view.width + 4);
      c.fillStyle = colors["warn-soft"];
      for (const lane of fault.lanes) {
        const y = view.y(lane);
        if (y === undefined) continue;
        c.fillRect(left, y - view.rowHeight / 2 + 1, Math.max(2, right - left), view.rowHeight - 2);
        if (right - left > 110) {
          const way = fault.oneWay ? "partition, from here" : "partition";
          this.text(way, left + 6, y - view.rowHeight / 2 + 9, colors.network,
            { size: 9.5, weight: 600, most: right - left - 8 });
        }
      }
      const ys = fault.lanes.concat(fault.others).map((lane) => view.y(lane))
        .filter((y) => y !== undefined);
      if (ys.length === 0) return;
      c.strokeStyle = colors.network;
      c.lineWidth = 1;
      c.setLineDash([3, 3]);
      for (const time of [fault.begin, fault.end]) {
        const x = view.x(time);
        this.segment(x, Math.min(...ys) - view.rowHeight / 2, x, Math.max(...ys) + view.rowHeight / 2);
      }
      c.setLineDash([]);
    });
  }
}
