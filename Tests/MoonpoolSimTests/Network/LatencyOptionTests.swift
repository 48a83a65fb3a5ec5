//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolSim
import NetworkConformance
import Testing

/// Every shape of a latency, and what a client sees of each of its parameters.
@Suite struct LatencyOptionTests {
  /// Two shapes that differ in one parameter, and how long 400 datagrams take.
  struct Probe: Sendable, CustomTestStringConvertible {
    var parameter: String
    var shapes: [LatencyShape]
    var seen: [String]

    var testDescription: String { parameter }

    init(
      _ parameter: String, _ first: LatencyShape, _ firstSeen: String, _ second: LatencyShape,
      _ secondSeen: String
    ) {
      self.parameter = parameter
      shapes = [first, second]
      seen = [firstSeen, secondSeen]
    }
  }

  private static func milliseconds(_ range: ClosedRange<Int>) -> ClosedRange<Duration> {
    .milliseconds(range.lowerBound) ... .milliseconds(range.upperBound)
  }

  private static func exponential(_ minimum: Int, _ mean: Int) -> LatencyShape {
    .exponential(minimum: .milliseconds(minimum), mean: .milliseconds(mean))
  }

  private static func bimodal(
    _ fast: ClosedRange<Int>, _ slow: ClosedRange<Int>, _ slowProbability: Double
  ) -> LatencyShape {
    .bimodal(
      fast: milliseconds(fast), slow: milliseconds(slow), slowProbability: slowProbability)
  }

  private static let probes: [Probe] = [
    Probe(
      "fixed", .fixed(.milliseconds(3)), "400 × 3...3 ms, 3 ms on average",
      .fixed(.milliseconds(5)), "400 × 5...5 ms, 5 ms on average"),
    Probe(
      "uniform", .uniform(milliseconds(2...6)), "400 × 2...6 ms, 4 ms on average",
      .uniform(milliseconds(4...6)), "400 × 4...6 ms, 5 ms on average"),
    Probe(
      "uniform", .uniform(milliseconds(2...6)), "400 × 2...6 ms, 4 ms on average",
      .uniform(milliseconds(2...8)), "400 × 2...8 ms, 5 ms on average"),
    Probe(
      "exponential.minimum", exponential(2, 1), "400 × 2...9 ms, 3 ms on average",
      exponential(5, 1), "400 × 5...12 ms, 6 ms on average"),
    Probe(
      "exponential.mean", exponential(2, 1), "400 × 2...9 ms, 3 ms on average",
      exponential(2, 4), "400 × 2...30 ms, 6 ms on average"),
    Probe(
      "bimodal.fast", bimodal(1...2, 20...30, 0.5),
      "192 × 1...2 ms, 2 ms on average; 208 × 20...30 ms, 25 ms on average",
      bimodal(4...8, 20...30, 0.5),
      "192 × 4...8 ms, 6 ms on average; 208 × 20...30 ms, 25 ms on average"),
    Probe(
      "bimodal.slow", bimodal(1...2, 20...30, 0.5),
      "192 × 1...2 ms, 2 ms on average; 208 × 20...30 ms, 25 ms on average",
      bimodal(1...2, 40...60, 0.5),
      "192 × 1...2 ms, 2 ms on average; 208 × 40...60 ms, 50 ms on average"),
    Probe(
      "bimodal.slowProbability", bimodal(1...2, 20...30, 0.5),
      "192 × 1...2 ms, 2 ms on average; 208 × 20...30 ms, 25 ms on average",
      bimodal(1...2, 20...30, 0.1),
      "360 × 1...2 ms, 2 ms on average; 40 × 20...30 ms, 25 ms on average"),
  ]

  /// What 400 datagrams took, one after the other, in whole milliseconds.
  private func seen(_ shape: LatencyShape) -> String {
    var configuration = NetworkConfiguration.still
    configuration.latency = shape
    return configuration.tell { bed in
      let sender = try await bed.client.network.bindDatagrams()
      let receiver = try await bed.server.network.bindDatagrams(port: 4500)
      var times: [Double] = []
      for _ in 0..<400 {
        let start = bed.now
        try await sender.send([1], to: receiver.localAddress)
        _ = try await receiver.receive()
        times.append(start.duration(to: bed.now) / .milliseconds(1))
      }
      guard case .bimodal = shape else { return Self.summary(times) }
      return [times.filter { $0 < 15 }, times.filter { $0 >= 15 }].map(Self.summary)
        .joined(separator: "; ")
    }.text
  }

  private static func summary(_ times: [Double]) -> String {
    func whole(_ time: Double) -> Int { Int(time.rounded()) }
    let mean = times.reduce(0, +) / Double(times.count)
    return "\(times.count) × \(whole(times.min() ?? 0))...\(whole(times.max() ?? 0)) ms, "
      + "\(whole(mean)) ms on average"
  }

  @Test(arguments: probes)
  func `a client sees each parameter`(probe: Probe) {
    #expect(probe.shapes.map(seen) == probe.seen)
  }

  /// One of each kind, in turn. A kind without a case here doesn't compile.
  private func next(_ shape: LatencyShape) -> LatencyShape? {
    switch shape {
    case .fixed: .uniform(.zero ... .zero)
    case .uniform: .exponential(minimum: .zero, mean: .zero)
    case .exponential: .bimodal(fast: .zero ... .zero, slow: .zero ... .zero, slowProbability: 0)
    case .bimodal: nil
    }
  }

  @Test func `every parameter of every shape has a probe above`() throws {
    let parameters = try sequence(first: .fixed(.zero), next: next).flatMap { shape in
      let kind = try #require(Mirror(reflecting: shape).children.first)
      let name = kind.label ?? ""
      let payload = Mirror(reflecting: kind.value)
      guard payload.displayStyle == .tuple else { return [name] }
      return payload.children.map { "\(name).\($0.label ?? "")" }
    }
    #expect(parameters.count == 7)
    #expect(Set(parameters) == Set(Self.probes.map(\.parameter)))
  }
}
