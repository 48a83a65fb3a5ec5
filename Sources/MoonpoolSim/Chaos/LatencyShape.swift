//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolRuntime

/// How long something takes: a distribution of whole nanoseconds.
///
/// All durations are from 0 to 2^63 - 1 ns, and so is what is drawn. How many decisions a draw
/// takes depends on the shape alone; the decision 0 always gives the shortest time.
public enum LatencyShape: Sendable, Hashable {
  /// Always the same. No decision.
  case fixed(Duration)
  /// Any whole number of nanoseconds in a range, each as likely. One decision.
  case uniform(ClosedRange<Duration>)
  /// A minimum, and on top of it an exponentially distributed time with a mean. One decision.
  ///
  /// What is drawn is at most 36.8 means above the minimum.
  case exponential(minimum: Duration, mean: Duration)
  /// Uniform in the fast range, or, with a probability in `0...1`, in the slow one. Two decisions.
  case bimodal(
    fast: ClosedRange<Duration>, slow: ClosedRange<Duration>, slowProbability: Double)

  /// Draws a latency in whole nanoseconds.
  public func sample(from stream: DecisionStream) -> Duration {
    Duration(nanoseconds: LatencySampler(self).nanoseconds(from: stream))
  }

  /// Refuses negative durations, ones over 2^63 - 1 ns, and a probability outside of `0...1`.
  ///
  /// - Parameter field: The path to this shape, for the error.
  public func validate(_ field: String) throws(InvalidConfiguration) {
    switch self {
    case .fixed(let duration):
      try InvalidConfiguration.check(duration: duration, field)
    case .uniform(let range):
      try InvalidConfiguration.check(durations: range, field)
    case .exponential(let minimum, let mean):
      try InvalidConfiguration.check(duration: minimum, "\(field).minimum")
      try InvalidConfiguration.check(duration: mean, "\(field).mean")
    case .bimodal(let fast, let slow, let slowProbability):
      try InvalidConfiguration.check(durations: fast, "\(field).fast")
      try InvalidConfiguration.check(durations: slow, "\(field).slow")
      try InvalidConfiguration.check(probability: slowProbability, "\(field).slowProbability")
    }
  }

  /// The largest duration that it is made from: an exponential one may take 36.8 times that more.
  var largestFigure: Duration {
    switch self {
    case .fixed(let duration): duration
    case .uniform(let range): range.upperBound
    case .exponential(let minimum, let mean): max(minimum, mean)
    case .bimodal(let fast, let slow, _): max(fast.upperBound, slow.upperBound)
    }
  }
}
