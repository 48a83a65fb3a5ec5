//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import Logging
import MoonpoolCore
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
    let name: String
    private(set) var numbers: [Int] = []
    /// Where those begin that are kept.
    private var start = 0
    /// How many were before the first in `numbers`.
    private var forgotten = 0

    init(_ name: String) { self.name = name }

    var count: Int { forgotten + numbers.count }

    mutating func append(_ number: Int) { numbers.append(number) }

    mutating func dropFirst() {
      start += 1
      guard start > 64, start > numbers.count / 2 else { return }
      numbers.removeFirst(start)
      forgotten += start
      start = 0
    }

    /// The indices in `numbers` from the `cursor`-th on, as far as those are kept.
    func since(_ cursor: Int) -> Range<Int> {
      min(numbers.count, max(start, cursor - forgotten))..<numbers.count
    }
  }

  /// What is known of a type of events, so that its name is made once and not for each event.
  private struct Typed {
    let id: ObjectIdentifier
    let named: UnsafeMutablePointer<Named>
    /// What an object tells may be something else later.
    let isObject: Bool
    /// The one that became known before.
    let next: UnsafeMutablePointer<Typed>?
  }

  private struct State {
    var events: [TimelineEvent] = []
    var droppedCount = 0
    /// Where the next event is written, if it isn't full.
    var page = TimelinePage(capacity: 32)
    /// Where the events of each name stand.
    var named: [UnsafeMutablePointer<Named>] = []
    /// The places of names in that list. Only looked up: no order follows from it.
    var places: [String: Int] = [:]
    /// A run has few types of events: going through them takes less time than a hash.
    var typed: UnsafeMutablePointer<Typed>?

    var count: Int { droppedCount + events.count }
  }

  /// Behind a pointer: each event would register half a dozen accesses to properties otherwise.
  private let state: UnsafeMutablePointer<State>
  /// At least so many of the last events are kept.
  private let capacity: Int

  /// Creates a timeline of events that were recorded elsewhere; they are numbered anew.
  public convenience init(_ recorded: some Sequence<TimelineEvent> = []) {
    self.init(capacity: .max)
    for event in recorded { append(event) }
  }

  init(capacity: Int) {
    self.capacity = capacity
    state = .allocate(capacity: 1)
    state.initialize(to: State())
  }

  deinit {
    for named in state.pointee.named {
      named.deinitialize(count: 1)
      named.deallocate()
    }
    while let typed = state.pointee.typed {
      state.pointee.typed = typed.pointee.next
      typed.deallocate()
    }
    state.deinitialize(count: 1)
    state.deallocate()
  }

  // MARK: Adding

  /// Adds an event at the end and numbers it.
  public func append(_ event: TimelineEvent) {
    var event = event
    event.number = next(state.pointee.named[place(of: event.name)])
    state.pointee.events.append(event)
  }

  /// Adds what happens now: `fields` makes the event of its number.
  @inline(__always)
  func append(_ name: String, _ fields: (_ number: Int) -> TimelineEvent.Fields) {
    let number = next(state.pointee.named[place(of: name)])
    state.pointee.events.append(page.write(fields(number)))
  }

  /// Adds a typed event: `fields` makes it of its number, its name and, if they can't wait until
  /// somebody reads them, what it says.
  @inline(__always)
  func append<Value: NodeEvent>(
    _ value: Value,
    _ fields: (_ number: Int, _ name: String, _ metadata: Logger.Metadata?) -> TimelineEvent.Fields
  ) {
    var type = known(Value.self)
    var metadata: Logger.Metadata?
    if type.pointee.isObject {
      // Only of an object the type may be another than the one that it goes by.
      type = known(Swift.type(of: value))
      metadata = value.metadata
    }
    let number = next(type.pointee.named)
    state.pointee.events.append(
      page.write(fields(number, type.pointee.named.pointee.name, metadata), value))
  }

  /// What is known of a type.
  @inline(__always)
  private func known(_ type: any NodeEvent.Type) -> UnsafeMutablePointer<Typed> {
    let id = ObjectIdentifier(type)
    var next = state.pointee.typed
    while let known = next {
      if known.pointee.id == id { return known }
      next = known.pointee.next
    }
    return add(type)
  }

  @inline(__always)
  private var page: TimelinePage {
    if state.pointee.page.isFull { state.pointee.page = TimelinePage(capacity: 32) }
    return state.pointee.page
  }

  /// Makes room for an event of a name, and numbers it.
  @inline(__always)
  private func next(_ named: UnsafeMutablePointer<Named>) -> Int {
    // Twice as many as needed, so that dropping half of them costs little for each.
    if state.pointee.events.count / 2 >= capacity { drop(state.pointee.events.count - capacity) }
    let number = state.pointee.count
    named.pointee.append(number)
    return number
  }

  @inline(never)
  private func drop(_ count: Int) {
    for event in events.prefix(count) {
      state.pointee.named[place(of: event.name)].pointee.dropFirst()
    }
    state.pointee.events.removeFirst(count)
    state.pointee.droppedCount += count
  }

  /// Forgets all events; whoever has a copy of them keeps it.
  func removeAll() {
    state.pointee.events = []
    state.pointee.page = TimelinePage(capacity: 0)
    // Names keep their places: readers know them.
    for named in state.pointee.named { named.pointee = Named(named.pointee.name) }
  }

  private func add(_ type: any NodeEvent.Type) -> UnsafeMutablePointer<Typed> {
    let name = type.eventName
    let new = UnsafeMutablePointer<Typed>.allocate(capacity: 1)
    new.initialize(
      to: Typed(
        id: ObjectIdentifier(type), named: state.pointee.named[place(of: name)],
        isObject: type is any (NodeEvent & AnyObject).Type, next: state.pointee.typed))
    state.pointee.typed = new
    return new
  }

  /// The place of a name, which it keeps, whether or not there are events of that name.
  func place(of name: String) -> Int {
    if let place = state.pointee.places[name] { return place }
    let place = state.pointee.named.count
    state.pointee.places[name] = place
    let named = UnsafeMutablePointer<Named>.allocate(capacity: 1)
    named.initialize(to: Named(name))
    state.pointee.named.append(named)
    return place
  }

  // MARK: Reading

  /// The events that are kept, in order.
  public var events: [TimelineEvent] { state.pointee.events }

  /// How many older events are not kept any more.
  public var droppedCount: Int { state.pointee.droppedCount }

  /// How many events there were.
  public var count: Int { state.pointee.count }

  /// How many events had this name.
  public func count(_ name: String) -> Int {
    state.pointee.places[name].map { count(at: $0) } ?? 0
  }

  func count(at place: Int) -> Int { state.pointee.named[place].pointee.count }

  /// All events of this name that are kept.
  public func all(_ name: String) -> [TimelineEvent] { since(0, name) }

  /// The events of this name from the `cursor`-th of them on, as far as they are kept.
  public func since(_ cursor: Int, _ name: String) -> [TimelineEvent] {
    guard let place = state.pointee.places[name] else { return [] }
    return since(cursor, at: place).map { event(at: place, $0) }
  }

  /// Which events of the name at a place those are, among the ones whose numbers are known.
  func since(_ cursor: Int, at place: Int) -> Range<Int> {
    state.pointee.named[place].pointee.since(cursor)
  }

  /// The numbers of the events of the name at a place that are known.
  func numbers(at place: Int) -> [Int] { state.pointee.named[place].pointee.numbers }

  /// The event that one of those indices stands for.
  func event(at place: Int, _ index: Int) -> TimelineEvent {
    let number = state.pointee.named[place].pointee.numbers[index]
    return state.pointee.events[number - state.pointee.droppedCount]
  }
}
