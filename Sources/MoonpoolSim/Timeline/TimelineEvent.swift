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
public struct TimelineEvent: @unchecked Sendable, CustomStringConvertible {
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

  @usableFromInline
  struct Fields: Sendable {
    var number = 0
    var time: Duration
    var source: String
    var kind: Kind
    var name: String
    var level = Logger.Level.info
    /// Nil: the typed event's. Most are never read, and to write one takes longer than all else.
    var metadata: Logger.Metadata?
    /// The typed event, in its page.
    @usableFromInline var value: PlacedEvent?
    var traceCount = 0
    var decisionCount: UInt64 = 0
  }

  /// Keeps alive what stands at `place`.
  @usableFromInline let page: TimelinePage
  // Safe to share: nobody writes a second time where an event stands.
  @usableFromInline let place: UnsafeMutablePointer<Fields>

  /// An event that stands in a page.
  @inline(__always)
  init(in page: TimelinePage, at place: UnsafeMutablePointer<Fields>) {
    self.page = page
    self.place = place
  }

  init(_ fields: consuming Fields, _ value: (any NodeEvent)?) {
    let page = TimelinePage(capacity: 1)
    fields.value = nil
    self = if let value { page.write(fields, value) } else { page.write(fields) }
  }

  @inline(__always)
  private func read<Value>(_ body: (UnsafeMutablePointer<Fields>) -> Value) -> Value {
    withExtendedLifetime(page) { body(place) }
  }

  private var fields: Fields {
    get { read { $0.pointee } }
    set { self = TimelineEvent(newValue, value) }
  }

  /// Position on the timeline, from 0.
  public var number: Int {
    get { read { $0.pointee.number } }
    set { fields.number = newValue }
  }
  /// Virtual time since the start of the run.
  public var time: Duration {
    get { read { $0.pointee.time } }
    set { fields.time = newValue }
  }
  /// The node's name; `simulation` for what the simulator did.
  public var source: String {
    get { read { $0.pointee.source } }
    set { fields.source = newValue }
  }
  /// Who says so.
  public var kind: Kind {
    get { read { $0.pointee.kind } }
    set { fields.kind = newValue }
  }
  /// The log line's text, the typed event's name, the fault's name.
  public var name: String {
    get { read { $0.pointee.name } }
    set { fields.name = newValue }
  }
  /// The log line's level; `info` for all else.
  public var level: Logger.Level {
    get { read { $0.pointee.level } }
    set { fields.level = newValue }
  }
  /// More about it; of a typed event what that says, when somebody reads it.
  public var metadata: Logger.Metadata {
    get { read { $0.pointee.metadata } ?? value?.metadata ?? [:] }
    set { fields.metadata = newValue }
  }
  /// The typed event.
  public var value: (any NodeEvent)? {
    get { read { $0.pointee.value?.event } }
    set { self = TimelineEvent(fields, newValue) }
  }
  /// How many events the run's trace had before it, if there is one.
  package var traceCount: Int { read { $0.pointee.traceCount } }
  /// Decisions made before it.
  package var decisionCount: UInt64 { read { $0.pointee.decisionCount } }

  /// Creates an event, such as one read from a production log.
  public init(
    number: Int = 0, time: Duration, source: String, kind: Kind = .log, name: String,
    level: Logger.Level = .info, metadata: Logger.Metadata = [:], value: (any NodeEvent)? = nil
  ) {
    self.init(
      Fields(
        number: number, time: time, source: source, kind: kind, name: name, level: level,
        metadata: metadata), value)
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
