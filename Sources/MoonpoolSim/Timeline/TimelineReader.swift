//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolCore

/// What an invariant sees: a timeline, and how far it has read.
///
/// An invariant asks at each step, and mostly there is nothing new: that answer takes a comparison.
public struct TimelineReader {
  /// How far the events of one name have been read.
  private struct Cursor {
    let name: String
    let place: Int
    var position = 0
  }

  private let timeline: Timeline
  private var cursors: [Cursor] = []
  /// Cursors by name, for who reads so many names that looking through them takes longer.
  private var numbers: [String: Int] = [:]
  private var types: [(id: ObjectIdentifier, cursor: Int)] = []

  /// Creates a reader at the beginning.
  public init(_ timeline: Timeline) { self.timeline = timeline }

  /// The events of this name that came since the last call.
  public mutating func new(_ name: String) -> [TimelineEvent] {
    let (place, indices) = advance(cursor(of: name))
    return indices.isEmpty ? [] : indices.map { timeline.event(at: place, $0) }
  }

  /// The typed events that came since the last call, and where they stand.
  @inlinable
  public mutating func new<Event: NodeEvent>(_ type: Event.Type) -> NewEvents<Event> {
    NewEvents(advance(type))
  }

  /// Which events of this type's name came since the last call.
  @usableFromInline
  mutating func advance(_ type: any NodeEvent.Type) -> TimelineSlice {
    let (place, indices) = advance(cursor(of: type))
    return indices.isEmpty ? TimelineSlice() : TimelineSlice(timeline, place, indices)
  }

  private mutating func cursor(of type: any NodeEvent.Type) -> Int {
    let id = ObjectIdentifier(type)
    for index in types.indices where types[index].id == id { return types[index].cursor }
    let cursor = cursor(of: type.eventName)
    types.append((id, cursor))
    return cursor
  }

  private mutating func advance(_ cursor: Int) -> (place: Int, indices: Range<Int>) {
    let (place, position) = (cursors[cursor].place, cursors[cursor].position)
    let count = timeline.count(at: place)
    if count == position { return (place, 0..<0) }
    cursors[cursor].position = count
    return (place, timeline.since(position, at: place))
  }

  private mutating func cursor(of name: String) -> Int {
    if cursors.count <= 8 {
      if let known = cursors.firstIndex(where: { $0.name == name }) { return known }
    } else if let known = numbers[name] {
      return known
    }
    cursors.append(Cursor(name: name, place: timeline.place(of: name)))
    numbers[name] = cursors.count - 1
    return cursors.count - 1
  }

  /// All events so far that are kept.
  public var events: [TimelineEvent] { timeline.events }

  /// How many events have this name.
  public func count(_ name: String) -> Int { timeline.count(name) }

  /// All events of this name.
  public func all(_ name: String) -> [TimelineEvent] { timeline.all(name) }
}
