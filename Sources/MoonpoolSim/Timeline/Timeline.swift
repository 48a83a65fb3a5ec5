//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import Logging
public import MoonpoolCore
import MoonpoolRuntime

/// What happened in a run, in the one order in which it did.
///
/// Built by the simulator during a run, or by you from a recorded log. Safe to share because all
/// code of a simulation runs on one thread.
public final class Timeline: @unchecked Sendable {
  /// The events so far.
  public private(set) var events: [TimelineEvent] = []
  /// Where the events of each name stand. Only looked up: no order follows from it.
  private var positions: [String: [Int]] = [:]

  /// Creates a timeline of events that were recorded elsewhere; they are numbered anew.
  public init(_ recorded: some Sequence<TimelineEvent> = []) {
    for event in recorded { append(event) }
  }

  /// Adds an event at the end and numbers it.
  public func append(_ event: TimelineEvent) {
    var event = event
    event.number = events.count
    positions[event.name, default: []].append(event.number)
    events.append(event)
  }

  /// How many events there are.
  public var count: Int { events.count }

  /// How many events have this name.
  public func count(_ name: String) -> Int { positions[name]?.count ?? 0 }

  /// All events of this name.
  public func all(_ name: String) -> [TimelineEvent] { since(0, name) }

  /// The events of this name from the `cursor`-th of them on.
  public func since(_ cursor: Int, _ name: String) -> [TimelineEvent] {
    guard let places = positions[name], cursor < places.count else { return [] }
    return places[cursor...].map { events[$0] }
  }
}

/// What an invariant sees: a timeline, and how far it has read.
public struct TimelineReader {
  private let timeline: Timeline
  private var cursors: [String: Int] = [:]

  /// Creates a reader at the beginning.
  public init(_ timeline: Timeline) { self.timeline = timeline }

  /// The events of this name that came since the last call.
  public mutating func new(_ name: String) -> [TimelineEvent] {
    let cursor = cursors[name] ?? 0
    let events = timeline.since(cursor, name)
    if !events.isEmpty { cursors[name] = cursor + events.count }
    return events
  }

  /// The typed events that came since the last call, and where they stand.
  public mutating func new<Event: NodeEvent>(
    _ type: Event.Type
  ) -> [(event: Event, at: TimelineEvent)] {
    new(type.eventName).compactMap { place in (place.value as? Event).map { ($0, place) } }
  }

  /// All events so far.
  public var events: [TimelineEvent] { timeline.events }

  /// How many events have this name.
  public func count(_ name: String) -> Int { timeline.count(name) }

  /// All events of this name.
  public func all(_ name: String) -> [TimelineEvent] { timeline.all(name) }
}
