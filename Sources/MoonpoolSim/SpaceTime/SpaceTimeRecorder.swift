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
  private(set) var phases: [SpaceTime.Phase] = []
  /// How each machine's process stands, and since when; spans that are over come first.
  private(set) var spans: [[SpaceTime.Span]] = []
  /// The faults that may end before their time.
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
    // Twice as many as needed, so that dropping half of them costs little for each.
    if messages.count / 2 >= limits.messages {
      let surplus = messages.count - limits.messages
      messages.removeFirst(surplus)
      droppedMessages += surplus
    }
    messages.append(message)
    return Int32(truncatingIfNeeded: droppedMessages + messages.count - 1)
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
    spans[index].append(SpaceTime.Span(state, begin: now, end: .max))
    if state != .running, state != .stopping { endPause(of: host, at: now) }
  }

  private func endPause(of host: Int32, at now: UInt64) {
    open.removeAll { index in
      guard faults[index].name == "process.pause", faults[index].lanes == [host] else {
        return false
      }
      faults[index].end = min(faults[index].end, now)
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
    open.removeAll { faults[$0].end < now }
    open.append(faults.count)
    faults.append(
      SpaceTime.Fault(
        name, begin: now, end: end, lanes: lanes, others: others, isOneWay: isOneWay))
  }

  func begin(
    partition number: Int, _ some: HostSet, _ others: HostSet, isOneWay: Bool, hosts: Int,
    at now: UInt64
  ) {
    let all = 0..<Int32(hosts)
    partitions.append((number, faults.count))
    begin(
      fault: "partition", all.filter { some.contains($0) }, all.filter { others.contains($0) },
      isOneWay: isOneWay, from: now)
  }

  func end(partition number: Int, at now: UInt64) {
    for partition in partitions where partition.number == number {
      faults[partition.fault].end = min(faults[partition.fault].end, now)
    }
    partitions.removeAll { $0.number == number }
  }

  func endPartitions(at now: UInt64) {
    for (_, fault) in partitions { faults[fault].end = min(faults[fault].end, now) }
    partitions = []
  }

  /// Every fault that lasts is over.
  func endFaults(at now: UInt64) {
    for index in open { faults[index].end = min(faults[index].end, now) }
    open = []
    partitions = []
  }
}
