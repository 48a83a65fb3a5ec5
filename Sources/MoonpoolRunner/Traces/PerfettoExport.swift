//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime

extension MergedTrace {
  /// The trace in the Trace Event Format, which <https://ui.perfetto.dev> and `chrome://tracing`
  /// show.
  ///
  /// Processes are processes, through all their restarts; tasks are threads, jobs slices; all else
  /// is an instant, on thread 0 if it is of no task. `ts` and `dur` are microseconds of virtual
  /// time.
  public var perfetto: String {
    var export = PerfettoExport(longestJob: longestJob)
    for (index, event) in events.enumerated() {
      let rest = event.isJob ? events[(index + 1)...] : []
      export.add(event, next: rest.first { $0.time > event.time })
    }
    let entries = (export.names + export.entries).map { JSONText.line($0) }
    let other = PerfettoExport.Other(
      outcome: outcome, recipe: "\(recipe)", scenario: scenario)
    return "{\"displayTimeUnit\":\"ns\",\"otherData\":\(JSONText.line(other)),\"traceEvents\":[\n"
      + entries.joined(separator: ",\n") + "\n]}\n"
  }
}

private struct PerfettoExport {
  /// An element of `traceEvents`.
  struct Entry: Encodable {
    var name: String
    var cat: String?
    /// `X` a slice, `i` an instant, `M` a name.
    var ph: String
    var ts: Double?
    var dur: Double?
    var pid: Int
    var tid: Int
    /// How far an instant goes: `t` its thread, `p` its process, `g` everything.
    var s: String?
    var args: [String: MergedEvent.Value]?
  }

  struct Other: Encodable {
    var outcome: String
    var recipe: String
    var scenario: String
  }

  private let longestJob: Duration
  /// What processes and threads are called.
  private(set) var names: [Entry] = []
  private(set) var entries: [Entry] = []
  /// Only looked up: no order follows from these.
  private var processes: [String: Int] = [:]
  private var threads: [Int: Set<Int>] = [:]

  init(longestJob: Duration) { self.longestJob = longestJob }

  /// - Parameter next: What comes at a later time.
  mutating func add(_ event: MergedEvent, next: MergedEvent?) {
    // A fault is shown where it struck, if that is one process.
    let victim = event.kind == "fault" ? event["process"].flatMap { processes[$0] } : nil
    let pid = victim ?? process(event.processName)
    let tid = thread(event, pid)
    var arguments = Dictionary(event.details.map { ($0.name, $0.value) }) { first, _ in first }
    arguments["n"] = .number(event.number)
    arguments["decisions"] = .number(Int(clamping: event.decisionCount))
    if event.process != event.processName { arguments["node"] = .text(event.process) }
    var entry = Entry(
      name: event.name?.withoutControls ?? event.kind, cat: event.kind, ph: "i",
      ts: event.time.microseconds, pid: pid, tid: tid, args: arguments)
    if event.isJob {
      entry.name = event.taskName ?? "task \(tid)"
      entry.ph = "X"
      entry.dur = min(next.map { $0.time - event.time } ?? .zero, longestJob).microseconds
    } else {
      entry.s = event.task != nil ? "t" : event.kind == "fault" && victim == nil ? "g" : "p"
    }
    entries.append(entry)
  }

  private mutating func process(_ name: String) -> Int {
    if let known = processes[name] { return known }
    let pid = processes.count + 1
    processes[name] = pid
    names.append(
      Entry(name: "process_name", ph: "M", pid: pid, tid: 0, args: ["name": .text(name)]))
    names.append(
      Entry(
        name: "process_sort_index", ph: "M", pid: pid, tid: 0, args: ["sort_index": .number(pid)])
    )
    return pid
  }

  private mutating func thread(_ event: MergedEvent, _ pid: Int) -> Int {
    let tid = event.task.map { Int($0) } ?? 0
    guard threads[pid, default: []].insert(tid).inserted else { return tid }
    let name = tid == 0 ? "events" : event.taskName.map { "\($0) (\(tid))" } ?? "task \(tid)"
    names.append(
      Entry(name: "thread_name", ph: "M", pid: pid, tid: tid, args: ["name": .text(name)]))
    return tid
  }
}

extension MergedEvent {
  fileprivate var isJob: Bool { kind == "Job" }
}

extension Duration {
  fileprivate var microseconds: Double { Double(clampedNanoseconds) / 1_000 }
}
