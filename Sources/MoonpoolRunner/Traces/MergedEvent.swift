//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime
import MoonpoolSim

/// One event of a run: of its trace, or of its timeline.
public struct MergedEvent: Sendable, Hashable {
  /// A value that says more about an event.
  public enum Value: Sendable, Hashable {
    /// Such as a count of bytes.
    case number(Int)
    /// Such as a log line's metadata.
    case text(String)
    /// Such as that a job ran on the main actor.
    case flag(Bool)
  }

  /// A value with its name.
  public struct Detail: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// The value.
    public var value: Value
  }

  /// Position in the run, from 0.
  public var number: Int
  /// Virtual time since the start.
  public var time: Duration
  /// Decisions made before it.
  public var decisionCount: UInt64
  /// `Job`, `DataDelivery` and their like of the trace; `log`, `event`, `fault`, `lifecycle` of the
  /// timeline.
  public var kind: String
  /// The node that it is about, with its incarnation from the second on: `server.1`; `root` and
  /// `simulation` are no node.
  public var process: String
  /// Birth number of the task that it is about; nil: of none.
  public var task: UInt32?
  /// That task's name.
  public var taskName: String?
  /// Of the timeline's events, the log line's text, or the name of the event or fault.
  public var name: String?
  /// What else there is to say, ordered by name, none twice.
  public var details: [Detail]

  /// Whether it comes from the timeline.
  public var isOnTimeline: Bool { name != nil }

  /// The node's name without its incarnation.
  public var processName: String {
    guard let dot = process.lastIndex(of: "."), dot != process.startIndex else { return process }
    let suffix = process[process.index(after: dot)...]
    let isIncarnation = !suffix.isEmpty && suffix.allSatisfy { $0.isASCII && $0.isNumber }
    return isIncarnation ? String(process[..<dot]) : process
  }

  /// A detail's text.
  subscript(name: String) -> String? { details.first { $0.name == name }?.value.description }
}

extension MergedEvent {
  init(_ event: TraceEvent, number: Int) {
    self.init(
      number: number, time: event.time, decisionCount: event.decisionCount, kind: event.kindName,
      process: event.task.node, task: event.task.number == 0 ? nil : event.task.number,
      taskName: event.task.name, name: nil,
      details: event.details.map { Detail(name: $0.name, value: Value($0.value)) }
        .sorted { $0.name < $1.name })
  }

  init(_ event: TimelineEvent, number: Int) {
    var details = event.metadata.sorted { $0.key < $1.key }.map {
      Detail(name: $0.key, value: .text("\($0.value)"))
    }
    // One of that name in the metadata says more.
    if event.kind == .log, event.metadata["level"] == nil {
      details.append(Detail(name: "level", value: .text("\(event.level)")))
      details.sort { $0.name < $1.name }
    }
    self.init(
      number: number, time: event.time, decisionCount: event.decisionCount,
      kind: event.kind.rawValue, process: event.source, task: nil, taskName: nil,
      name: event.name, details: details)
  }
}

extension MergedEvent.Value: CustomStringConvertible {
  fileprivate init(_ detail: TraceEvent.Detail) {
    switch detail {
    case .number(let number): self = .number(number)
    case .text(let text): self = .text(text)
    case .flag: self = .flag(true)
    }
  }

  /// The value alone.
  public var description: String {
    switch self {
    case .number(let number): "\(number)"
    case .text(let text): text
    case .flag(let flag): "\(flag)"
    }
  }
}

extension MergedEvent: CustomStringConvertible {
  /// `#19  1.003896795s  client  DataDelivery  bytes=3 connection_id=0 group=Network`.
  public var description: String {
    cells.filter { !$0.isEmpty }.joined(separator: "  ")
  }

  /// What stands in columns: number, time, process, kind, and all else.
  var cells: [String] {
    var words: [String] = []
    if let task { words.append("task \(task)" + (taskName.map { " \"\($0)\"" } ?? "")) }
    if let name { words.append(name) }
    words += details.map { "\($0.name)=\($0.value)" }
    return [
      "#\(number)", time.secondsText, process, kind,
      words.joined(separator: " ").inOneLine,
    ]
  }
}

extension MergedEvent: Codable {
  private enum CodingKeys: String, CodingKey {
    case number = "n"
    case time = "t"
    case decisionCount = "decisions"
    case kind
    case process = "node"
    case task
    case taskName = "task_name"
    case name
    case details
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let details = try values.decodeIfPresent([String: Value].self, forKey: .details) ?? [:]
    self.init(
      number: try values.decode(Int.self, forKey: .number),
      time: Duration(nanoseconds: try values.decode(UInt64.self, forKey: .time)),
      decisionCount: try values.decode(UInt64.self, forKey: .decisionCount),
      kind: try values.decode(String.self, forKey: .kind),
      process: try values.decode(String.self, forKey: .process),
      task: try values.decodeIfPresent(UInt32.self, forKey: .task),
      taskName: try values.decodeIfPresent(String.self, forKey: .taskName),
      name: try values.decodeIfPresent(String.self, forKey: .name),
      details: details.sorted { $0.key < $1.key }.map { Detail(name: $0.key, value: $0.value) })
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(number, forKey: .number)
    try values.encode(time.clampedNanoseconds, forKey: .time)
    try values.encode(decisionCount, forKey: .decisionCount)
    try values.encode(kind, forKey: .kind)
    try values.encode(process, forKey: .process)
    try values.encodeIfPresent(task, forKey: .task)
    try values.encodeIfPresent(taskName, forKey: .taskName)
    try values.encodeIfPresent(name, forKey: .name)
    if details.isEmpty { return }
    try values.encode(
      Dictionary(details.map { ($0.name, $0.value) }) { first, _ in first }, forKey: .details)
  }
}

extension MergedEvent.Value: Codable {
  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let number = try? value.decode(Int.self) {
      self = .number(number)
    } else if let flag = try? value.decode(Bool.self) {
      self = .flag(flag)
    } else {
      self = .text(try value.decode(String.self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .number(let number): try container.encode(number)
    case .text(let text): try container.encode(text)
    case .flag(let flag): try container.encode(flag)
    }
  }
}
