//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// What was recorded of a run, in typed arrays that a diagram can search by time.
//
// Messages, events, violations and faults are items of one numbering, in this order; "order" lists
// those that the filters leave, by time.

const MESSAGE_KINDS = ["connect", "accept", "data", "finish", "reset", "datagram"];
const FATES = ["in flight", "delivered", "delivered late", "refused", "lost"];
const LATE = 2, REFUSED = 3, LOST = 4;

/** Sums of differences. */
function summed(differences) {
  const result = new Float64Array(differences.length);
  let sum = 0;
  for (let i = 0; i < differences.length; i += 1) {
    sum += differences[i];
    result[i] = sum;
  }
  return result;
}

/** The first place in a sorted list of numbers, seen through "at", that is not below a value. */
function lowerBound(count, value, at) {
  let low = 0, high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at(middle) < value) low = middle + 1; else high = middle;
  }
  return low;
}

/**
 * Messages by time under way: in each level none takes longer than its span, so that what may be in
 * view is found by binary search although some messages take for ever.
 */
class Levels {
  constructor(model, wanted) {
    this.model = model;
    this.levels = [];
    for (let i = 0; i < model.messageCount; i += 1) {
      if (!wanted(i)) continue;
      const level = Math.max(0, Math.ceil(Math.log2(model.ended[i] - model.sent[i] + 1)));
      (this.levels[level] ??= []).push(i);
    }
  }

  /** Calls "each" with slices [list, first, last) of what may be in view. */
  inView(begin, end, each) {
    this.levels.forEach((list, level) => {
      const at = (place) => this.model.sent[list[place]];
      const first = lowerBound(list.length, begin - 2 ** level, at);
      const last = lowerBound(list.length, end, at);
      if (last > first) each(list, first, last);
    });
  }
}

class Model {
  constructor(data) {
    this.data = data;
    this.end = Math.max(1, data.end);
    this.strings = data.strings;
    this.dropped = [[data.droppedMessages, "message"], [data.droppedEvents, "event"],
      [data.droppedFaults, "fault"]];
    this.lanes = data.lanes.map((lane, index) => ({ ...lane, index }));
    const m = data.messages;
    this.messageCount = m.sent.length;
    this.sent = summed(m.sent);
    this.isOpen = Uint8Array.from(m.flight, (flight) => (flight < 0 ? 1 : 0));
    this.ended = Float64Array.from(m.flight, (flight, i) =>
      flight < 0 ? this.end : Math.max(this.sent[i], this.sent[i] + flight));
    this.kind = Uint8Array.from(m.kind);
    this.fate = Uint8Array.from(m.fate);
    this.from = Int32Array.from(m.from);
    this.to = Int32Array.from(m.to);
    this.bytes = Int32Array.from(m.bytes);
    this.connection = Int32Array.from(m.connection);
    const e = data.events;
    this.eventCount = e.time.length;
    this.eventTime = summed(e.time);
    this.eventLane = Int32Array.from(e.lane);
    this.violations = data.violations;
    this.faults = data.faults;
    this.firstEvent = this.messageCount;
    this.firstViolation = this.firstEvent + this.eventCount;
    this.firstFault = this.firstViolation + this.violations.length;
    this.itemCount = this.firstFault + this.faults.length;
    this.hasSimulator = this.eventLane.includes(-1) || this.violations.some((v) => v.lane < 0);
    this.stackFaults();
    this.filter(new Filter(this));
  }

  // Items

  type(item) {
    if (item < this.firstEvent) return "message";
    if (item < this.firstViolation) return "event";
    return item < this.firstFault ? "violation" : "fault";
  }

  time(item) {
    if (item < this.firstEvent) return this.sent[item];
    if (item < this.firstViolation) return this.eventTime[item - this.firstEvent];
    if (item < this.firstFault) return this.violations[item - this.firstViolation].time;
    return this.faults[item - this.firstFault].begin;
  }

  endTime(item) {
    if (item < this.firstEvent) return this.ended[item];
    if (item < this.firstFault) return this.time(item);
    return this.faults[item - this.firstFault].end;
  }

  /** Lanes that an item touches; -1 is the simulator. */
  lanesOf(item) {
    if (item < this.firstEvent) return [this.from[item], this.to[item]];
    if (item < this.firstViolation) return [this.eventLane[item - this.firstEvent]];
    if (item < this.firstFault) return [this.violations[item - this.firstViolation].lane];
    const fault = this.faults[item - this.firstFault];
    return fault.lanes.concat(fault.others);
  }

  event(item) {
    const i = item - this.firstEvent, e = this.data.events;
    return {
      time: this.eventTime[i], lane: this.eventLane[i], kind: this.strings[e.kind[i]],
      level: this.strings[e.level[i]], name: this.strings[e.name[i]],
      detail: this.strings[e.detail[i]],
    };
  }

  laneName(lane) { return lane < 0 ? "simulation" : this.lanes[lane]?.name ?? "?"; }

  /** One line about an item, without its time. */
  title(item) {
    switch (this.type(item)) {
      case "message": {
        const fate = this.fate[item] === 1 ? "" : `, ${FATES[this.fate[item]]}`;
        const kind = MESSAGE_KINDS[this.kind[item]];
        return `${kind} ${this.laneName(this.from[item])} → ${this.laneName(this.to[item])}${fate}`;
      }
      case "event": {
        const event = this.event(item);
        return `${this.laneName(event.lane)}: ${event.name}`;
      }
      case "violation":
        return this.violations[item - this.firstViolation].text;
      default: {
        const fault = this.faults[item - this.firstFault];
        return `${fault.name} on ${fault.lanes.map((lane) => this.laneName(lane)).join(", ")}`;
      }
    }
  }

  /** Gives faults that overlap on a lane rows of their own; partitions are drawn otherwise. */
  stackFaults() {
    const ends = this.lanes.map(() => []);
    const first = [];  // the fault in the first row of each lane
    for (const fault of this.faults) {
      fault.isAlone = true;
      fault.rows = fault.name === "partition" ? [] : fault.lanes.map((lane) => {
        const rows = ends[lane] ?? [];
        let row = rows.findIndex((end) => end <= fault.begin);
        if (row < 0) row = Math.min(rows.length, 2);
        rows[row] = fault.end;
        if (row === 0) first[lane] = fault; else first[lane].isAlone = false;
        return row;
      });
    }
  }

  // Filters

  /** Works out anew what is shown. One pass over all items. */
  filter(filter) {
    this.active = filter;
    const visible = new Uint8Array(this.itemCount);
    filter.begin(this);
    let count = 0;
    for (let item = 0; item < this.itemCount; item += 1) {
      if (!filter.shows(this, item)) continue;
      visible[item] = 1;
      count += 1;
    }
    this.visible = visible;
    const isTrouble = (i) => this.fate[i] !== 1 || this.kind[i] === 4;
    this.troubled = new Levels(this, (i) => visible[i] === 1 && isTrouble(i));
    this.ordinary = new Levels(this, (i) => visible[i] === 1 && !isTrouble(i));
    this.merge(visible, count);
    this.visibleEvents = Array.from(
      { length: this.eventCount }, (_, i) => i).filter((i) => visible[this.firstEvent + i]);
  }

  /** All kinds of items are sorted by time already: merges them. */
  merge(visible, count) {
    const next = [0, this.firstEvent, this.firstViolation, this.firstFault];
    const last = [this.firstEvent, this.firstViolation, this.firstFault, this.itemCount];
    this.order = new Uint32Array(count);
    for (let place = 0; place < count; place += 1) {
      let best = -1;
      for (let run = 0; run < 4; run += 1) {
        while (next[run] < last[run] && !visible[next[run]]) next[run] += 1;
        if (next[run] === last[run]) continue;
        if (best < 0 || this.time(next[run]) < this.time(next[best])) best = run;
      }
      this.order[place] = next[best];
      next[best] += 1;
    }
  }

  /** Where an item of this time would stand among those shown. */
  placeOf(time) { return lowerBound(this.order.length, time, (i) => this.time(this.order[i])); }
}

const KINDS = [
  ["data", "Data", "bytes of a stream, and its end"],
  ["connect", "Connects", "requests to connect, and their answers"],
  ["reset", "Resets", "connections that are refused or closed forcibly"],
  ["datagram", "Datagrams", "datagrams"],
  ["log", "Logs", "what nodes log"],
  ["event", "Events", "typed events of nodes"],
  ["lifecycle", "Lifecycle", "starts and ends of processes and phases"],
  ["fault", "Faults", "what the simulator does to the system"],
];
const KIND_OF_MESSAGE = ["connect", "connect", "data", "data", "reset", "datagram"];

/** What the user wants to see. */
class Filter {
  constructor(model) {
    this.kinds = new Set(KINDS.map(([kind]) => kind));
    this.hiddenLanes = new Set();
    this.onlyTrouble = false;
    this.connection = null;
    this.query = "";
    this.laneCount = model.lanes.length;
  }

  begin(model) {
    const query = this.query.toLowerCase();
    this.words = query;
    if (query === "") return;
    this.matches = Uint8Array.from(model.strings, (text) =>
      (text.toLowerCase().includes(query) ? 1 : 0));
    this.laneMatches = model.lanes.map((lane) => lane.name.toLowerCase().includes(query));
    const says = (texts) => texts.map((text) => text.includes(query));
    this.kindMatches = says(MESSAGE_KINDS);
    this.fateMatches = says(FATES);
  }

  shows(model, item) {
    const lanes = model.lanesOf(item);
    if (this.hiddenLanes.size > 0 && this.isHidden(model, item, lanes)) return false;
    if (item < model.firstEvent) return this.showsMessage(model, item);
    if (this.connection !== null) return item >= model.firstViolation && item < model.firstFault;
    if (item < model.firstViolation) return this.showsEvent(model, item - model.firstEvent);
    if (item < model.firstFault) return true;  // a violation is why one is here
    if (!this.kinds.has("fault")) return false;
    return this.words === "" || model.title(item).toLowerCase().includes(this.words);
  }

  isHidden(model, item, lanes) {
    const hidden = (lane) => this.hiddenLanes.has(lane);
    if (item < model.firstEvent) return lanes.some(hidden);
    if (item >= model.firstViolation && item < model.firstFault) return false;
    return lanes.length > 0 && lanes.every(hidden);
  }

  showsMessage(model, i) {
    if (!this.kinds.has(KIND_OF_MESSAGE[model.kind[i]])) return false;
    if (this.onlyTrouble && model.fate[i] === 1 && model.kind[i] !== 4) return false;
    if (this.connection !== null && model.connection[i] !== this.connection) return false;
    return this.words === "" || this.kindMatches[model.kind[i]]
      || this.fateMatches[model.fate[i]] || this.laneMatches[model.from[i]]
      || this.laneMatches[model.to[i]];
  }

  showsEvent(model, i) {
    const e = model.data.events;
    const kind = model.strings[e.kind[i]];
    if (!this.kinds.has(kind)) return false;
    const level = model.strings[e.level[i]];
    if (this.onlyTrouble && kind !== "fault"
      && !["warning", "error", "critical"].includes(level)) return false;
    return this.words === "" || this.matches[e.name[i]] === 1 || this.matches[e.detail[i]] === 1
      || this.laneMatches[model.eventLane[i]] === true;
  }
}
