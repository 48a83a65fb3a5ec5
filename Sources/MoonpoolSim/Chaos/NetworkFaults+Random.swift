//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolRuntime

extension NetworkFaults {
  /// What a seed chooses. A fixed number of decisions; of each the lowest value is the mildest.
  ///
  /// moonpool 0.8 rolls dice per event. Here the same ranges of probability stand for rates, as if
  /// the dice were rolled by a process at a fixed pace:
  ///
  /// | family | there | rolled | here, per second |
  /// |---|---|---|---|
  /// | clog | 0–0.19 per poll, 50–500 ms | once a second | 0–0.19 |
  /// | partition | 0–0.14 per step, 100 ms–3 s | once a second, by the cluster | 0–0.14 |
  /// | bit flip | 1–19 × 10⁻⁵ per delivery | 1,000 times a second | 0.01–0.19 |
  /// | random close | 1–99 × 10⁻⁶ per poll | 1,000 times a second | 0.001–0.099 |
  /// | connect refusal, hang | 0.40–0.59 per connect | 0.1 times a second | 0.040–0.059 each |
  /// | partial read and write | 0.25 per chunk, 100–1,999 bytes | once a second | 0.25 |
  ///
  /// Ranges, cooldowns and ratios are as there, but their ends are in order. The families that it
  /// hasn't: swizzles 0–0.05, half-open 0.001–0.050, latency spikes (2 to 100 times) 0–0.1,
  /// datagram loss and doubling 0–0.19. Windows of these last as long as partitions do.
  public static func random(from stream: DecisionStream) -> NetworkFaults {
    func rate(_ range: ClosedRange<Int>, per unit: Double) -> Double {
      Double(stream.int(in: range)) / unit
    }
    func span(_ first: ClosedRange<Int>, _ last: ClosedRange<Int>) -> ClosedRange<Duration> {
      let start = stream.int(in: first)
      let end = stream.int(in: last)
      return .milliseconds(start) ... .milliseconds(max(start, end))
    }
    func windows(_ range: ClosedRange<Int>, per unit: Double) -> Windows {
      Windows(rate: rate(range, per: unit), lasting: span(100...999, 500...2_999))
    }
    var faults = NetworkFaults()
    faults.clog = Windows(rate: rate(0...19, per: 100), lasting: span(50...300, 100...500))
    faults.swizzledClog = windows(0...5, per: 100)
    faults.partition = windows(0...14, per: 100)
    let shape = stream.int(in: 0...NetworkPartitionShape.allCases.count)
    if shape > 0 { faults.partitionShapes = [NetworkPartitionShape.allCases[shape - 1]] }
    faults.bitFlip = BitFlips(
      rate: rate(1...19, per: 100), cooldown: .milliseconds(stream.int(in: 0...99)))
    faults.randomClose = Closes(
      rate: rate(1...99, per: 1_000),
      explicitRatio: rate(20...39, per: 100),
      cooldown: .milliseconds(stream.int(in: 1_000...9_999)))
    faults.halfOpenRate = rate(1...50, per: 1_000)
    faults.connectRefusal = windows(40...59, per: 1_000)
    faults.connectHang = windows(40...59, per: 1_000)
    faults.partialIO = Windows(rate: 0.25, lasting: span(100...999, 500...2_999))
    faults.partialIOMaxBytes = stream.int(in: 100...1_999)
    faults.latencySpike = windows(0...10, per: 100)
    faults.datagramLoss = windows(0...19, per: 100)
    faults.datagramLossProbability = rate(10...99, per: 100)
    faults.datagramDoubling = windows(0...19, per: 100)
    faults.datagramDoublingProbability = rate(10...99, per: 100)
    return faults
  }

  /// The figures of one run.
  func drawn(_ stream: DecisionStream) -> NetworkFaults {
    guard mode != .off else { return self }
    var drawn = NetworkFaults.random(from: stream)
    drawn.correlation = correlation
    drawn.families = mode.chosen(of: families, named: \.path)
    return drawn
  }
}
