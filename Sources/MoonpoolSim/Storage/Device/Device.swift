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

  var timing: DeviceTiming
  /// When each place in the queue is free.
  private var places: [UInt64]
  /// When all of them are.
  private var allFree: UInt64 = 0
  /// When the last byte that was asked for has been moved.
  private var movedUntil: UInt64 = 0
  /// The last time that anything was asked for.
  private var lastTime: UInt64 = 0
  private var stalls = EpisodeTrain()
  private var throttles = EpisodeTrain()

  init(_ timing: DeviceTiming) {
    self.timing = timing
    places = Self.places(timing)
  }

  private static func places(_ timing: DeviceTiming) -> [UInt64] {
    timing.queueDepth > queueLimit ? [] : [UInt64](repeating: 0, count: timing.queueDepth)
  }

  /// Changes the speed; what was asked for before is done when it was said to be. Episodes of a
  /// kind that is switched off are over.
  mutating func change(_ timing: DeviceTiming) {
    var places = Self.places(timing)
    let busy = self.places.sorted(by: >)
    for index in places.indices.prefix(busy.count) { places[index] = busy[index] }
    self.places = places
    self.timing = timing
    if timing.stallsPerSecond == 0 { stalls = EpisodeTrain() }
    if timing.throttlesPerSecond == 0 { throttles = EpisodeTrain() }
  }

  /// Forgets what is going on, as when the power fails. Episodes go on.
  mutating func reset() {
    places = Self.places(timing)
    allFree = 0
    movedUntil = 0
  }

  /// When work is done that is asked for now.
  mutating func schedule(
    _ work: DeviceWork, now: UInt64, _ stream: DecisionStream, _ effects: inout StorageEffects,
    _ faults: inout FaultStreams
  ) -> UInt64 {
    lastTime = max(lastTime, now)
    let isQueued: Bool
    switch work {
    case .read, .write, .setLength: isQueued = true
    case .sync, .metadata: isQueued = false
    }
    let place = isQueued ? freePlace(now) : nil
    var start = max(now, place.map { places[$0] } ?? now)
    if case .sync = work { start = max(start, allFree) }
    start = endOfStall(start, &effects, &faults)
    let slowness = isThrottled(start, &effects, &faults)
    let moved = max(start, isQueued ? movedUntil : 0) + share(work, slowness, &effects)
    if isQueued { movedUntil = moved }
    let end = moved + latency(work, stream, slowness, &effects)
    if let place { places[place] = end }
    if case .metadata = work { return end }
    allFree = max(allFree, end)
    return end
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
    _ work: DeviceWork, _ isThrottled: Bool, _ effects: inout StorageEffects
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
      timing.perOperation * timing.operationDivisor
      + UInt64(Double(bytes) * timing.perByte * timing.bandwidthDivisor)
    return delayed(time, slow, &effects)
  }

  @inline(__always)
  private func latency(
    _ work: DeviceWork, _ stream: DecisionStream, _ isThrottled: Bool,
    _ effects: inout StorageEffects
  ) -> UInt64 {
    let time: UInt64
    switch work {
    case .read: return timing.read.sample(from: stream)
    case .write, .setLength: return timing.write.sample(from: stream)
    case .sync: time = timing.sync.sample(from: stream)
    case .metadata: time = timing.metadata.sample(from: stream)
    }
    // These have no share of the throughput that throttling could lengthen.
    return isThrottled ? delayed(time, time * timing.operationDivisor, &effects) : time
  }

  private func delayed(
    _ time: UInt64, _ slow: UInt64, _ effects: inout StorageEffects
  ) -> UInt64 {
    if slow > time {
      effects[.throttle].effective += 1
      effects.throttledNanoseconds += slow - time
    }
    return slow
  }

  // MARK: - Episodes

  @inline(__always)
  private mutating func endOfStall(
    _ start: UInt64, _ effects: inout StorageEffects,
    _ faults: inout FaultStreams
  ) -> UInt64 {
    guard timing.stallsPerSecond > 0 else { return start }
    let end = stalls.end(
      at: start, since: lastTime, perSecond: timing.stallsPerSecond, timing.stall, faults[.stall]
    ) { effects[.stall].fired += 1 }
    guard let end else { return start }
    effects[.stall].effective += 1
    effects.stalledNanoseconds += end - start
    return end
  }

  @inline(__always)
  private mutating func isThrottled(
    _ start: UInt64, _ effects: inout StorageEffects,
    _ faults: inout FaultStreams
  ) -> Bool {
    guard timing.throttlesPerSecond > 0 else { return false }
    return throttles.end(
      at: start, since: lastTime, perSecond: timing.throttlesPerSecond, timing.throttle,
      faults[.throttle]
    ) { effects[.throttle].fired += 1 } != nil
  }
}
