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
/// Built by the simulator during a run, or by you from a recorded log. Of a very long run it keeps
/// the last events, as many as ``Scenario/timelineCapacity`` says; counts are of all of them.
///
/// Safe to share because all code of a simulation runs on one thread.
public final class Timeline: @unchecked Sendable {
  /// The numbers of the events of one name.
  private struct Named {
    private(set) var numbers: [Int] = []
    /// Where those begin that are kept.
    private var start = 0
    /// How many were before the first in `numbers`.
    private var forgotten = 0

    var count: Int { forgotten + numbers.count }

    mutating func append(_ number: Int) { numbers.append(number) }

    mutating func dropFirst() {
      start += 1
      guard start > 64, start > numbers.count / 2 else { return }
      numbers.removeFirst(start)
      forgotten += start
      start = 0
    }

    func since(_ cursor: Int) -> ArraySlice<Int> {
      numbers.dropFirst(max(start, cursor - forgotten))
    }
  }

  /// The events that are kept, in order.
  public private(set) var events: [TimelineEvent] = []
  /// How many older events are not kept any more.
  public private(set) var droppedCount = 0
  /// At least so many of the last events are kept.
  private let capacity: Int
  /// Where the events of each name stand. Only looked up: no order follows from it.
  private var named: [String: Named] = [:]

  /// Creates a timeline of events that were recorded elsewhere; they are numbered anew.
  public init(_ recorded: some Sequence<TimelineEvent> = []) {
    capacity = .max
    for event in recorded { append(event) }
  }

  init(capacity: Int) { self.capacity = capacity }

  /// Adds an event at the end and numbers it.
  public func append(_ event: TimelineEvent) {
    // Twice as many as needed, so that dropping half of them costs little for each.
    if events.count / 2 >= capacity { drop(events.count - capacity) }
    var event = event
    event.number = count
    named[event.name, default: Named()].append(event.number)
    events.append(event)
  }

  private func drop(_ count: Int) {
    for event in events.prefix(count) { named[event.name]?.dropFirst() }
    events.removeFirst(count)
    droppedCount += count
  }

  /// Forgets all events; whoever has a copy of them keeps it.
  func removeAll() {
    events = []
    named = [:]
  }

  /// How many events there were.
  public var count: Int { droppedCount + events.count }

  /// How many events had this name.
  public func count(_ name: String) -> Int { named[name]?.count ?? 0 }

  /// All events of this name that are kept.
  public func all(_ name: String) -> [TimelineEvent] { since(0, name) }

  /// The events of this name from the `cursor`-th of them on, as far as they are kept.
  public func since(_ cursor: Int, _ name: String) -> [TimelineEvent] {
    named[name]?.since(cursor).map { events[$0 - droppedCount] } ?? []
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
    let events = timeline.since(cursors[name] ?? 0, name)
    if !events.isEmpty { cursors[name] = timeline.count(name) }
    return events
  }

  /// The typed events that came since the last call, and where they stand.
  public mutating func new<Event: NodeEvent>(
    _ type: Event.Type
  ) -> [(event: Event, at: TimelineEvent)] {
    new(type.eventName).compactMap { place in (place.value as? Event).map { ($0, place) } }
  }

  /// All events so far that are kept.
  public var events: [TimelineEvent] { timeline.events }

  /// How many events have this name.
  public func count(_ name: String) -> Int { timeline.count(name) }

  /// All events of this name.
  public func all(_ name: String) -> [TimelineEvent] { timeline.all(name) }
}
