//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import MoonpoolRuntime

/// When a disk is done with what it is asked to do.
///
/// An operation waits for one of `queueDepth` places, then for the operations before it to be
/// moved at `iops` and `bandwidth`, one after the other; then it takes its latency. So latencies
/// overlap, and throughput has an upper bound. A sync waits for everything before it. Operations
/// on names are served from memory: they wait for stalls only.
struct Device {
  /// Above this, the queue is taken to be unlimited.
  private static let queueLimit = 4_096

  private var timing: DeviceTiming
  /// When each place in the queue is free.
  private var places: [UInt64]
  /// When all of them are.
  private var allFree: UInt64 = 0
  /// When the last byte that was asked for has been moved.
  private var movedUntil: UInt64 = 0
  /// Until when the disk does nothing.
  private(set) var stalledUntil: UInt64 = 0
  /// Until when it is slow, and by how much.
  private var throttledUntil: UInt64 = 0
  private var operationDivisor: UInt64 = 1
  private var bandwidthDivisor = 1.0

  init(_ timing: DeviceTiming) {
    self.timing = timing
    places = Self.places(timing)
  }

  private static func places(_ timing: DeviceTiming) -> [UInt64] {
    timing.queueDepth > queueLimit ? [] : [UInt64](repeating: 0, count: timing.queueDepth)
  }

  /// Changes the speed; what was asked for before is done when it was said to be.
  mutating func change(_ timing: DeviceTiming) {
    var places = Self.places(timing)
    let busy = self.places.sorted(by: >)
    for index in places.indices.prefix(busy.count) { places[index] = busy[index] }
    self.places = places
    self.timing = timing
  }

  /// Forgets what is going on, as when the power fails. Stalls and throttling go on.
  mutating func reset() {
    places = Self.places(timing)
    allFree = 0
    movedUntil = 0
  }

  /// When work is done that is asked for now.
  mutating func schedule(
    _ work: DeviceWork, now: UInt64, _ stream: DecisionStream
  ) -> DeviceSchedule {
    let isQueued: Bool
    switch work {
    case .read, .write, .setLength: isQueued = true
    case .sync, .metadata: isQueued = false
    }
    let place = isQueued ? freePlace(now) : nil
    var start = max(now, stalledUntil, place.map { places[$0] } ?? now)
    if case .sync = work { start = max(start, allFree) }
    var result = DeviceSchedule(end: 0, stalled: stalledUntil > now ? stalledUntil - now : 0)
    let isThrottled = start < throttledUntil
    let moved = max(start, isQueued ? movedUntil : 0) + share(work, isThrottled, &result)
    if isQueued { movedUntil = moved }
    result.end = moved + latency(work, stream, isThrottled, &result)
    if let place { places[place] = result.end }
    if case .metadata = work { return result }
    allFree = max(allFree, result.end)
    return result
  }

  /// The place that is free first; nil if there is no limit.
  @inline(__always)
  private func freePlace(_ now: UInt64) -> Int? {
    if places.isEmpty { return nil }
    if allFree <= now { return 0 }
    var best = 0
    for index in places.indices where places[index] < places[best] { best = index }
    return best
  }

  /// What work takes of the disk's throughput.
  @inline(__always)
  private func share(
    _ work: DeviceWork, _ isThrottled: Bool, _ result: inout DeviceSchedule
  ) -> UInt64 {
    let bytes: Int
    switch work {
    case .read(let count), .write(let count): bytes = count
    case .setLength: bytes = 0
    case .sync, .metadata: return 0
    }
    let time = timing.perOperation + UInt64(Double(bytes) * timing.perByte)
    guard isThrottled else { return time }
    let slow =
      timing.perOperation * operationDivisor
      + UInt64(Double(bytes) * timing.perByte * bandwidthDivisor)
    result.slowed = slow - time
    return slow
  }

  @inline(__always)
  private func latency(
    _ work: DeviceWork, _ stream: DecisionStream, _ isThrottled: Bool,
    _ result: inout DeviceSchedule
  ) -> UInt64 {
    let time: UInt64
    switch work {
    case .read: return timing.read.drawIfUncertain(from: stream)
    case .write, .setLength: return timing.write.drawIfUncertain(from: stream)
    case .sync: time = timing.sync.drawIfUncertain(from: stream)
    case .metadata: time = timing.metadata.drawIfUncertain(from: stream)
    }
    guard isThrottled else { return time }
    // These have no share of the throughput that throttling could lengthen.
    result.slowed = time * (operationDivisor - 1)
    return time * operationDivisor
  }

  // MARK: - Stalls and throttling

  /// Does nothing until an instant. Returns by how much what it was asked for before is late.
  mutating func stall(until end: UInt64, now: UInt64) -> UInt64 {
    let begin = max(now, stalledUntil)
    guard end > begin else { return 0 }
    stalledUntil = end
    let delay = end - begin
    shift(now) { $0 + delay }
    return delay
  }

  mutating func throttle(until end: UInt64, iops: Int, bandwidth: Int) {
    throttledUntil = max(throttledUntil, end)
    operationDivisor = UInt64(iops)
    bandwidthDivisor = Double(bandwidth)
  }

  /// Stalls and throttling are over. Returns how much sooner the disk goes on.
  mutating func heal(_ now: UInt64) -> UInt64 {
    let left = stalledUntil > now ? stalledUntil - now : 0
    stalledUntil = min(stalledUntil, now)
    throttledUntil = min(throttledUntil, now)
    return left
  }

  /// What it was asked for before will be done sooner by so much.
  mutating func hasten(by time: UInt64, now: UInt64) {
    shift(now) { max(now, $0 - min($0, time)) }
  }

  private mutating func shift(_ now: UInt64, _ move: (UInt64) -> UInt64) {
    for index in places.indices where places[index] > now { places[index] = move(places[index]) }
    if allFree > now { allFree = move(allFree) }
    if movedUntil > now { movedUntil = move(movedUntil) }
  }
}
