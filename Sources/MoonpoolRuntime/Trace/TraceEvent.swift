//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime

/// One thing that happened in a run.
public struct TraceEvent: Sendable, Hashable {
  /// What kind of thing it was.
  public enum Kind: Sendable, Hashable {
    /// A job ran: `task` went on until its next suspension. With the number of jobs that could have
    /// run.
    case job(runnable: Int, isMainActor: Bool, drainsActor: Bool)
    /// A timer was due and made `task` runnable.
    case timer
    /// `task` was made by another task (number 0: by none).
    case taskCreated(by: UInt32)
    /// `task` was destroyed.
    case taskDestroyed
    /// A node started.
    case nodeStarted
    /// A node was killed, with so many live tasks.
    case nodeKilled(tasks: Int)
    /// A node's tasks were cancelled.
    case nodeStopped(tasks: Int)
    /// Something was called that a simulation cannot control.
    case uncontrolled(UncontrolledAPI)
    /// Something happened in the world beside the tasks.
    case event(WorldEvent)
    /// The verdict is final.
    case finished
  }

  /// What a ``Kind/event(_:)`` was, in the words of whoever models the world.
  public struct WorldEvent: Sendable, Hashable {
    /// The part of the world: `Network`.
    public var group: String
    /// What happened there: `DataDelivery`.
    public var name: String
    /// What it happened to, with a name for that: `connection_id: 3`.
    public var subject: (label: String, value: Int) { (subjectLabel, subjectValue) }
    /// A number that says more, with a name for it: `bytes: 64`. The name may be empty.
    public var detail: (label: String, value: Int) { (detailLabel, detailValue) }

    var subjectLabel: String
    var subjectValue: Int
    var detailLabel: String
    var detailValue: Int
  }

  /// Virtual time since the start.
  public var time: Duration
  /// Position in the trace, from 0.
  public var sequence: Int
  /// Decisions made before it.
  public var decisionCount: UInt64
  /// Who it is about; number 0 if no task.
  public var task: TaskIdentity
  /// What happened.
  public var kind: Kind

  /// One word for the kind, stable within a schema version.
  public var kindName: String {
    switch kind {
    case .job: "Job"
    case .timer: "Timer"
    case .taskCreated: "TaskCreated"
    case .taskDestroyed: "TaskDestroyed"
    case .nodeStarted: "NodeStarted"
    case .nodeKilled: "NodeKilled"
    case .nodeStopped: "NodeStopped"
    case .uncontrolled: "Uncontrolled"
    case .event(let event): event.name
    case .finished: "Finished"
    }
  }

  /// The kind's own values, by name, in a fixed order.
  package var details: [(name: String, value: Detail)] {
    switch kind {
    case .job(let runnable, let isMainActor, let drainsActor):
      var all: [(String, Detail)] = [("runnable", .number(runnable))]
      if isMainActor { all.append(("main_actor", .flag)) }
      if drainsActor { all.append(("actor", .flag)) }
      return all
    case .taskCreated(let by): return [("by", .number(Int(by)))]
    case .nodeKilled(let tasks), .nodeStopped(let tasks): return [("tasks", .number(tasks))]
    case .uncontrolled(let api): return [("api", .text(api.name))]
    case .event(let event):
      var all: [(String, Detail)] = [
        ("group", .text(event.group)), (event.subjectLabel, .number(event.subjectValue)),
      ]
      if !event.detailLabel.isEmpty { all.append((event.detailLabel, .number(event.detailValue))) }
      return all
    case .timer, .taskDestroyed, .nodeStarted, .finished: return []
    }
  }

  /// A value in an event's details.
  package enum Detail {
    case number(Int)
    case text(String)
    case flag
  }
}

extension TraceEvent: CustomStringConvertible {
  /// `Processing event at t=1.234s seq=47: Job { task: 3 "reader", node: root, runnable: 2 }`, or
  /// `…: Network { connection_id: 3, DataDelivery { bytes: 64 } }`.
  public var description: String {
    if case .event(let event) = kind {
      let detail = event.detailLabel.isEmpty ? "" : "\(event.detailLabel): \(event.detailValue) "
      return "Processing event at t=\(time.secondsText) seq=\(sequence): \(event.group) { "
        + "\(event.subjectLabel): \(event.subjectValue), \(event.name) { \(detail)} }"
    }
    var fields: [String] = []
    if task.number != 0 {
      fields.append("task: \(task.number)" + (task.name.map { " \"\($0)\"" } ?? ""))
    }
    fields.append("node: \(task.node)")
    for (name, value) in details {
      switch value {
      case .number(let number): fields.append("\(name): \(number)")
      case .text(let text): fields.append("\(name): \(text)")
      case .flag: fields.append("\(name): true")
      }
    }
    return "Processing event at t=\(time.secondsText) seq=\(sequence): "
      + "\(kindName) { \(fields.joined(separator: ", ")) }"
  }

  /// One JSON object on one line; see ``Trace/jsonLines``.
  public var json: String {
    var fields = [
      "\"t\":\(time.clampedNanoseconds)", "\"seq\":\(sequence)",
      "\"decisions\":\(decisionCount)", "\"kind\":\(quoted(kindName))",
      "\"node\":\(quoted(task.node))",
    ]
    if task.number != 0 { fields.append("\"task\":\(task.number)") }
    if let name = task.name { fields.append("\"name\":\(quoted(name))") }
    for (name, value) in details {
      switch value {
      case .number(let number): fields.append("\"\(name)\":\(number)")
      case .text(let text): fields.append("\"\(name)\":\(quoted(text))")
      case .flag: fields.append("\"\(name)\":true")
      }
    }
    return "{\(fields.joined(separator: ","))}"
  }
}

/// A JSON string.
func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    case let scalar where scalar.value < 0x20:
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
