//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import MoonpoolRuntime

/// Episodes that begin at random times and last a while, one after the other.
///
/// They are a matter of time alone: how busy the disk is changes neither when they come nor how
/// long they last.
struct EpisodeTrain {
  private var begin: UInt64?
  private var end: UInt64 = 0

  /// When the episode ends that `time` lies in, or nil. Times never go back.
  ///
  /// - Parameters:
  ///   - rate: Above 0.
  ///   - onBegin: Called for each episode that has begun by then.
  mutating func end(
    at time: UInt64, since origin: UInt64, perSecond rate: Double, _ duration: DurationSampler,
    _ stream: @autoclosure () -> DecisionStream, onBegin: () -> Void
  ) -> UInt64? {
    let stream = stream()
    var next = begin ?? origin &+ interval(perSecond: rate, stream)
    while next <= time {
      onBegin()
      end = next &+ duration.sample(from: stream)
      next = end &+ interval(perSecond: rate, stream)
    }
    begin = next
    return time < end ? end : nil
  }

  private func interval(perSecond rate: Double, _ stream: DecisionStream) -> UInt64 {
    UInt64(min(stream.waiting() / rate * 1e9, 0x1p62))
  }
}

/// Draws durations uniformly from a range, in nanoseconds.
struct DurationSampler: Hashable {
  let low: UInt64
  /// How many choices there are, less one.
  let width: UInt64

  init(_ range: ClosedRange<Duration>) {
    low = range.lowerBound.clampedNanoseconds
    width = range.upperBound.clampedNanoseconds - low
  }

  /// One decision, or none if there is no choice.
  @inline(__always)
  func sample(from stream: DecisionStream) -> UInt64 {
    width == 0 ? low : low + stream.uint64(below: width + 1)
  }
}
