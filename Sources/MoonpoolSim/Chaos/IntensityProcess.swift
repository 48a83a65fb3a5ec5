//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolRuntime

/// The factor by which the fault rates of one failure domain are multiplied, over virtual time.
///
/// Steps are drawn in order and when they are first asked for, one decision each, from a stream
/// that only this domain uses. So the factor at an instant doesn't depend on who asked before, and
/// all families of the domain see the same storms. Without volatility nothing is drawn.
package final class IntensityProcess {
  /// What the process was made from.
  package let correlation: FaultCorrelation
  private let stream: DecisionStream
  private let stepLength: UInt64
  /// How long the factor stays the same, in nanoseconds; nil if it never changes.
  var step: UInt64? { correlation.volatility > 0 ? stepLength : nil }
  private var noise: FractionalNoiseStream
  /// The factors of a row of steps, of which nobody asks for those that are over.
  private var factors: [Double] = []
  private var firstStep: UInt64 = 0
  /// When to look which steps are over.
  private var limit = 64
  private let present: () -> UInt64

  /// How many steps it remembers: those to come that were asked for, and no more than as many, or
  /// 64, that are over.
  package var rememberedSteps: Int { factors.count }

  /// Makes the process of a domain from a valid correlation and the domain's own stream.
  ///
  /// - Parameter present: The instant from which on it may be asked, in nanoseconds; by default 0.
  package init(
    _ correlation: FaultCorrelation, stream: DecisionStream,
    present: @escaping () -> UInt64 = { 0 }
  ) {
    self.correlation = correlation
    self.stream = stream
    self.present = present
    stepLength = max(correlation.step.clampedNanoseconds, 1)
    noise = FractionalNoiseStream(hurst: correlation.hurst)
  }

  /// The factor at an instant, in nanoseconds of virtual time; 1 on average over seeds.
  package func intensity(at now: UInt64) -> Double {
    correlation.volatility > 0 ? factor(ofStep: now / stepLength) : 1
  }

  /// Until when the factor stays what it is now; the end of time without volatility.
  func stepEnd(after now: UInt64) -> UInt64 {
    guard correlation.volatility > 0 else { return .max }
    let (end, isLast) = (now / stepLength * stepLength).addingReportingOverflow(stepLength)
    return isLast ? .max : end
  }

  /// When the next event of a Poisson process happens whose rate is a mean one times the factor.
  ///
  /// One decision, of which 0 is the longest wait; none at a rate of 0. The steps up to the event
  /// are drawn if they haven't been.
  ///
  /// - Parameters:
  ///   - rate: The mean number of events per second of virtual time.
  ///   - now: When to begin, in nanoseconds.
  ///   - limit: When to give up, in nanoseconds; bounds the work.
  ///   - arrivals: The stream of the family of faults.
  /// - Returns: The instant, in `now..<limit`, or nil if there is none before the limit.
  package func nextArrival(
    perSecond rate: Double, after now: UInt64, before limit: UInt64, from arrivals: DecisionStream
  ) -> UInt64? {
    precondition(rate >= 0, "a rate of events is 0 or more per second, not \(rate)")
    guard rate > 0, now < limit else { return nil }
    var remaining = arrivals.waiting()
    let perNanosecond = rate * 1e-9
    var start = now
    while start < limit {
      let segmentEnd = min(stepEnd(after: start), limit)
      let density = perNanosecond * intensity(at: start)
      let mass = density * Double(segmentEnd - start)
      if remaining < mass {
        return min(start + UInt64(remaining / density), segmentEnd - 1)
      }
      remaining -= mass
      start = segmentEnd
    }
    return nil
  }

  private func factor(ofStep step: UInt64) -> Double {
    let volatility = correlation.volatility
    while firstStep + UInt64(factors.count) <= step {
      if factors.count >= limit { forgetPast() }
      let value = noise.next(from: stream)
      factors.append(Mathematics.exp(volatility * value - 0.5 * volatility * volatility))
    }
    return factors[Int(step - firstStep)]
  }

  private func forgetPast() {
    let past = min(present() / stepLength - firstStep, UInt64(factors.count))
    factors.removeFirst(Int(past))
    firstStep += past
    limit = max(64, 2 * factors.count)
  }
}
