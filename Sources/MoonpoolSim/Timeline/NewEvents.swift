//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolCore

/// Typed events that a reader hasn't seen before, in order, each with its place on the timeline.
///
/// A view of the timeline as it was when the reader asked. To keep events from check to check, make
/// an array of them: a view that is kept costs the run a copy of its timeline.
public struct NewEvents<Event: NodeEvent>: BidirectionalCollection, Sendable {
  /// A typed event, and where it stands.
  public typealias Element = (event: Event, at: TimelineEvent)

  @usableFromInline let slice: TimelineSlice

  @inlinable
  init(_ slice: TimelineSlice) { self.slice = slice }

  /// Where one of the events is.
  public struct Index: Comparable, Sendable {
    @usableFromInline let position: Int

    @inlinable
    init(_ position: Int) { self.position = position }

    @inlinable
    public static func < (a: Index, b: Index) -> Bool { a.position < b.position }
  }

  /// Goes through the events.
  public struct Iterator: IteratorProtocol {
    @usableFromInline let slice: TimelineSlice
    @usableFromInline var position: Int

    @inlinable
    init(_ slice: TimelineSlice) {
      self.slice = slice
      position = slice.indices.lowerBound
    }

    @inlinable
    public mutating func next() -> Element? {
      while position < slice.indices.upperBound {
        let current = position
        position += 1
        // Others may go by the same name.
        if let event = slice.value(current, as: Event.self) { return (event, slice[current]) }
      }
      return nil
    }
  }

  @inlinable
  public func makeIterator() -> Iterator { Iterator(slice) }

  @inlinable
  public var startIndex: Index { first(from: slice.indices.lowerBound) }

  @inlinable
  public var endIndex: Index { Index(slice.indices.upperBound) }

  @inlinable
  public func index(after index: Index) -> Index { first(from: index.position + 1) }

  @inlinable
  public func index(before index: Index) -> Index {
    var position = index.position - 1
    while slice.value(position, as: Event.self) == nil { position -= 1 }
    return Index(position)
  }

  /// The event at an index, and where it stands.
  @inlinable
  public subscript(index: Index) -> Element {
    (slice.value(index.position, as: Event.self)!, slice[index.position])
  }

  @inlinable
  func first(from start: Int) -> Index {
    var position = start
    while position < slice.indices.upperBound, slice.value(position, as: Event.self) == nil {
      position += 1
    }
    return Index(position)
  }
}

/// Some events of one name.
@usableFromInline
struct TimelineSlice: Sendable {
  @usableFromInline let events: [TimelineEvent]
  /// The number of the first of them.
  @usableFromInline let firstNumber: Int
  /// The numbers of those with the name.
  @usableFromInline let numbers: [Int]
  /// Which of these it is about.
  @usableFromInline let indices: Range<Int>

  init() { (events, firstNumber, numbers, indices) = ([], 0, [], 0..<0) }

  init(_ timeline: Timeline, _ place: Int, _ indices: Range<Int>) {
    events = timeline.events
    firstNumber = timeline.droppedCount
    numbers = timeline.numbers(at: place)
    self.indices = indices
  }

  /// The event at an index.
  @inlinable
  @inline(__always)
  subscript(index: Int) -> TimelineEvent { events[numbers[index] - firstNumber] }

  /// The typed event at an index, if it has this type.
  @inlinable
  @inline(__always)
  func value<Event: NodeEvent>(_ index: Int, as type: Event.Type) -> Event? {
    // Without counting a reference to its page, which the list has.
    withExtendedLifetime(events) { self[index].place.pointee.value?.event(as: type) }
  }
}
