//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Writes down what becomes a ``SpaceTime``. There is one only in runs that are to be recorded.
///
/// It knows machines by their numbers on the network: the positions of lanes.
final class SpaceTimeRecorder {
  typealias Message = SpaceTime.Message

  private let limits: SpaceTime.Limits
  private(set) var messages: [Message] = []
  private(set) var droppedMessages = 0
  private(set) var faults: [SpaceTime.Fault] = []
  private(set) var droppedFaults = 0
  private(set) var phases: [SpaceTime.Phase] = []
  /// How each machine's process stands, and since when; spans that are over come first.
  private(set) var spans: [[SpaceTime.Span]] = []
  /// The numbers of the faults that may end before their time.
  private var open: [Int] = []
  /// What partitions in force are among the faults, by their first number.
  private var partitions: [(number: Int, fault: Int)] = []
  private var connections: Int32 = 0

  init(_ limits: SpaceTime.Limits) { self.limits = limits }

  // MARK: Messages

  /// The number of a new connection.
  func newConnection() -> Int32 {
    defer { connections += 1 }
    return connections
  }

  /// Something is under way. Returns its number.
  func send(_ message: Message) -> Int32 {
    droppedMessages += Self.shorten(&messages, to: limits.messages)
    messages.append(message)
    return Int32(truncatingIfNeeded: droppedMessages + messages.count - 1)
  }

  /// Makes room in a list that keeps at least so many of its last elements. Returns how many went.
  private static func shorten<Element>(_ list: inout [Element], to limit: Int) -> Int {
    // Twice as many as needed, so that dropping half of them costs little for each.
    guard list.count / 2 >= limit else { return 0 }
    let surplus = list.count - limit
    list.removeFirst(surplus)
    return surplus
  }

  /// What became of a message, if it is kept and that is open.
  func end(_ number: Int32, _ fate: Message.Fate, at now: UInt64) {
    let index = Int(number) - droppedMessages
    guard number >= 0, index >= 0, messages[index].ended == 0 else { return }
    let isLate = fate == .delivered && messages[index].fate == .deliveredLate
    messages[index].fate = isLate ? .deliveredLate : fate
    messages[index].ended = max(1, now)
  }

  /// Something holds a message up.
  func hold(_ number: Int32) {
    let index = Int(number) - droppedMessages
    guard number >= 0, index >= 0, messages[index].ended == 0 else { return }
    messages[index].fate = .deliveredLate  // if it arrives
  }

  // MARK: Processes

  /// The process on a machine stands otherwise from now on.
  func enter(_ host: Int32, _ state: SpaceTime.LifeState, at now: UInt64) {
    while spans.count <= host { spans.append([]) }
    let index = Int(host)
    if let last = spans[index].indices.last {
      if spans[index][last].state == state { return }
      spans[index][last].end = now
    }
    _ = Self.shorten(&spans[index], to: limits.events)
    spans[index].append(SpaceTime.Span(state, begin: now, end: .max))
    if state != .running, state != .stopping { endPause(of: host, at: now) }
  }

  private func endPause(of host: Int32, at now: UInt64) {
    open.removeAll { number in
      guard let fault = fault(number) else { return true }
      guard fault.name == "process.pause", fault.lanes == [host] else { return false }
      end(fault: number, at: now)
      return true
    }
  }

  func begin(phase: String, at now: UInt64) {
    phases.append(SpaceTime.Phase(name: phase, begin: now))
  }

  // MARK: Faults

  /// A fault begins, and ends at an instant unless all do before.
  func begin(
    fault name: String, _ lanes: [Int32], _ others: [Int32] = [], isOneWay: Bool = false,
    from now: UInt64, until end: UInt64 = .max
  ) {
    open.removeAll { (fault($0)?.end ?? 0) < now }
    droppedFaults += Self.shorten(&faults, to: limits.events)
    open.append(droppedFaults + faults.count)
    faults.append(
      SpaceTime.Fault(
        name, begin: now, end: end, lanes: lanes, others: others, isOneWay: isOneWay))
  }

  private func fault(_ number: Int) -> SpaceTime.Fault? {
    number < droppedFaults ? nil : faults[number - droppedFaults]
  }

  private func end(fault number: Int, at now: UInt64) {
    guard let fault = fault(number) else { return }
    faults[number - droppedFaults].end = min(fault.end, now)
  }

  func begin(
    partition number: Int, _ some: HostSet, _ others: HostSet, isOneWay: Bool, hosts: Int,
    at now: UInt64
  ) {
    let all = 0..<Int32(hosts)
    defer { partitions.append((number, droppedFaults + faults.count - 1)) }
    begin(
      fault: "partition", all.filter { some.contains($0) }, all.filter { others.contains($0) },
      isOneWay: isOneWay, from: now)
  }

  func end(partition number: Int, at now: UInt64) {
    for partition in partitions where partition.number == number {
      end(fault: partition.fault, at: now)
    }
    partitions.removeAll { $0.number == number }
  }

  func endPartitions(at now: UInt64) {
    for partition in partitions { end(fault: partition.fault, at: now) }
    partitions = []
  }

  /// Every fault that lasts is over.
  func endFaults(at now: UInt64) {
    for number in open { end(fault: number, at: now) }
    open = []
    partitions = []
  }
}
