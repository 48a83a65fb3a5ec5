//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// Where things stand on the canvas: which part of the run is in view, and where the lanes are.

const GUTTER = 148, AXIS = 30, PHASES = 20, BOTTOM = 10;
const SHORTEST_VIEW = 100;  // nanoseconds

class View {
  constructor(model) {
    this.model = model;
    this.width = 800;
    this.height = 400;
    this.scroll = 0;
    this.begin = 0;
    this.end = 1;
    this.fit();
  }

  // Time

  get span() { return this.end - this.begin; }
  get plotWidth() { return Math.max(50, this.width - GUTTER - 14); }

  x(time) { return GUTTER + (time - this.begin) / this.span * this.plotWidth; }
  timeAt(x) { return this.begin + (x - GUTTER) / this.plotWidth * this.span; }

  fit() { this.show(-this.model.end * 0.01, this.model.end * 1.02); }

  /** Shows a part of the run; a little room beyond its ends is allowed. */
  show(begin, end) {
    const room = this.model.end * 0.04;
    const longest = this.model.end + 2 * room;
    const span = Math.min(Math.max(end - begin, SHORTEST_VIEW), longest);
    const middle = (begin + end) / 2;
    this.begin = Math.min(Math.max(middle - span / 2, -room), this.model.end + room - span);
    this.end = this.begin + span;
  }

  pan(share) { this.show(this.begin + share * this.span, this.end + share * this.span); }

  /** Zooms so that what is at a time stays where it is. */
  zoom(factor, time = (this.begin + this.end) / 2) {
    const span = Math.max(this.span / factor, SHORTEST_VIEW);
    const share = (time - this.begin) / this.span;
    const begin = time - share * span;
    this.show(begin, begin + span);
  }

  /** Brings a stretch of time into view, without zooming if it can be helped. */
  reveal(begin, end) {
    if (begin >= this.begin && end <= this.end) return;
    const span = Math.max(this.span, Math.min((end - begin) * 1.5, this.model.end));
    const middle = end - begin < span ? (begin + end) / 2 : begin + span * 0.4;
    this.show(middle - span / 2, middle + span / 2);
  }

  // Lanes

  /** The lanes that are shown, from the top; -1 is the simulator. */
  layOut() {
    const hidden = this.model.active.hiddenLanes;
    const shown = this.model.lanes.map((lane) => lane.index).filter((lane) => !hidden.has(lane));
    this.rows = this.model.hasSimulator ? [-1, ...shown] : shown;
    const room = this.height - AXIS - PHASES - BOTTOM;
    this.rowHeight = Math.min(96, Math.max(38, room / Math.max(1, this.rows.length)));
    this.rowOf = new Map(this.rows.map((lane, row) => [lane, row]));
    this.contentHeight = this.rowHeight * this.rows.length;
    this.scroll = Math.min(Math.max(0, this.scroll), Math.max(0, this.contentHeight - room));
  }

  /** The middle of a lane, or nothing if it is hidden. */
  y(lane) {
    const row = this.rowOf.get(lane);
    if (row === undefined) return undefined;
    return AXIS + PHASES + (row + 0.5) * this.rowHeight - this.scroll;
  }

  /** How high the canvas would like to be. */
  get wantedHeight() {
    const rows = this.model.lanes.length + (this.model.hasSimulator ? 1 : 0);
    return AXIS + PHASES + BOTTOM + Math.min(Math.max(rows * 64, 200), 560);
  }
}

// Text

const UNITS = [["s", 1e9], ["ms", 1e6], ["µs", 1e3], ["ns", 1]];

/** A span of time as people say it. */
function durationText(nanoseconds) {
  const [name, unit] = UNITS.find(([, size]) => Math.abs(nanoseconds) >= size) ?? UNITS[3];
  return `${Number((nanoseconds / unit).toPrecision(4))} ${name}`;
}

/** An instant, to the nanosecond, as reports print it. */
function instantText(nanoseconds) {
  const whole = Math.floor(nanoseconds / 1e9);
  const rest = String(Math.round(nanoseconds - whole * 1e9)).padStart(9, "0");
  return `${whole}.${rest.replace(/0+$/, "") || "0"} s`;
}

function countText(count, one, many = `${one}s`) {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}

/** Where the marks of a time axis are, and how they are labelled. */
function ticks(begin, end, wanted) {
  const rough = (end - begin) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough));
  // The unit of the latest instant: "9.95 s" is easier to place than "9,950 ms".
  const [name, unit] = UNITS.find(([, size]) => Math.max(end, step) >= size) ?? UNITS[3];
  const digits = Math.max(0, -Math.floor(Math.log10(step / unit) + 1e-9));
  const result = [];
  for (let time = Math.ceil(begin / step) * step + 0; time <= end; time += step) {
    const value = (time / unit).toLocaleString("en-US", {
      minimumFractionDigits: time === 0 ? 0 : digits, maximumFractionDigits: digits });
    result.push([time, `${value} ${name}`]);
  }
  return result;
}
