//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import Logging
public import MoonpoolCore
import MoonpoolRuntime

/// One thing that happened in a run, as somebody would tell it: a log line, a typed event, a fault.
public struct TimelineEvent: Sendable, CustomStringConvertible {
  /// Who says so.
  public enum Kind: String, Sendable, Hashable {
    /// A node logged it.
    case log
    /// A node emitted it as a typed event.
    case event
    /// The simulator did it to the system under test.
    case fault
    /// A process or a phase began or ended.
    case lifecycle
  }

  /// Position on the timeline, from 0.
  public var number: Int
  /// Virtual time since the start of the run.
  public var time: Duration
  /// The node's name; `simulation` for what the simulator did.
  public var source: String
  /// Who says so.
  public var kind: Kind
  /// The log line's text, the typed event's name, the fault's name.
  public var name: String
  /// The log line's level; `info` for all else.
  public var level: Logger.Level
  /// More about it.
  public var metadata: Logger.Metadata
  /// The typed event.
  public var value: (any NodeEvent)?
  /// How many events the run's trace had before it, if there is one.
  package var traceCount = 0
  /// Decisions made before it.
  package var decisionCount: UInt64 = 0

  /// Creates an event, such as one read from a production log.
  public init(
    number: Int = 0, time: Duration, source: String, kind: Kind = .log, name: String,
    level: Logger.Level = .info, metadata: Logger.Metadata = [:], value: (any NodeEvent)? = nil
  ) {
    self.number = number
    self.time = time
    self.source = source
    self.kind = kind
    self.name = name
    self.level = level
    self.metadata = metadata
    self.value = value
  }

  /// The text of a metadata entry.
  public subscript(key: String) -> String? { metadata[key]?.description }

  /// A metadata entry that is an integer.
  public func int(_ key: String) -> Int? { metadata[key].flatMap { Int($0.description) } }

  /// `[12.4s] kv-1: applied key=a version=3`.
  public var description: String {
    let entries = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
    return "[\(time.secondsText)] \(source): \(name)\(entries.joined())"
  }
}
