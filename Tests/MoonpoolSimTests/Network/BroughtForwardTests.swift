//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolRuntime
import MoonpoolSim
import Testing

/// What the end of all faults brings forward stays in the queue at its old place, too; it must be
/// taken once, in its new one.
///
/// A datagram that has arrived leaves its number to the next that is sent. So an old place that is
/// not skipped shows as the arrival, too early, of one that was sent after the end.
@Suite struct BroughtForwardTests {
  private static let chaos = Duration.seconds(1)
  /// What a datagram takes over a healthy way, and over a slow one: half a millisecond more than a
  /// multiple of the sender's pace, so that old places come while its jobs run.
  private static let normal = Duration.microseconds(20_005)
  private static let slow = normal * 100
  /// From the first to past the last old place.
  private static let count = 500

  /// A datagram as sender and receiver know it.
  private struct Delivery {
    var sent: Duration
    var arrivals: [Duration] = []
  }

  /// Numbers every 8 ms.
  private struct Sender: Program {
    func run(on node: Node) async throws {
      let receiver = NetworkAddress(ip: try await node.network.resolve("receiver")[0], port: 9)
      let socket = try await node.network.bindDatagrams()
      for number in 0..<BroughtForwardTests.count {
        try await node.clock.sleep(for: .milliseconds(8))
        node.logger.info("sent", metadata: ["n": "\(number)"])
        try await socket.send([UInt8(number >> 8), UInt8(number & 255)], to: receiver)
      }
    }
  }

  private struct Receiver: Program {
    func run(on node: Node) async throws {
      let socket = try await node.network.bindDatagrams(port: 9)
      while true {
        let bytes = try await socket.receive().bytes
        node.logger.info("arrived", metadata: ["n": "\(Int(bytes[0]) << 8 | Int(bytes[1]))"])
      }
    }
  }

  private static func scenario(_ jobCost: ClosedRange<Duration>) -> Scenario {
    var faults = NetworkFaults()
    faults.latencySpike = NetworkFaults.Windows(rate: 5, lasting: .seconds(60) ... .seconds(60))
    faults.latencySpikeFactor = 100...100
    var scenario = Scenario("brought forward") {
      Processes(named: "receiver") { Receiver() }
      Processes(named: "sender") { Sender() }
      Clients { node, _ in try await node.clock.sleep(for: .seconds(6)) }
      Chaos(for: chaos) { faults }
      Budget(run: .seconds(10), settle: .zero)
      NetworkConfiguration.still
    }
    scenario.world.network.latency = .fixed(normal)
    scenario.options.jobCost = jobCost
    return scenario
  }

  private static func deliveries(_ report: SimulationReport) -> [Delivery] {
    var deliveries = report.events("sent").map { Delivery(sent: $0.time) }
    for event in report.events("arrived") {
      deliveries[event.int("n") ?? 0].arrivals.append(event.time)
    }
    return deliveries
  }

  /// When the way from the sender to the receiver became slow.
  private static func start(_ report: SimulationReport) -> Duration? {
    let ways: Set = ["sender write", "receiver read"]
    return report.events("network.latencySpike").first {
      ways.contains("\($0["process"] ?? "") \($0["direction"] ?? "")")
    }?.time
  }

  /// Jobs that take long move the time past the places of events, which are then taken late.
  @Test(arguments: [10, 1_500])
  func `what was under way when the faults ended arrives once, and when it should`(jobCost: Int) {
    let longest = Duration.microseconds(jobCost)
    var broughtForward = 0
    let reports = Self.scenario(longest / 10...longest).reports(1...40)
    for report in reports {
      #expect(report.passed, "\(report.line)")
      let deliveries = Self.deliveries(report)
      let end = report.start(of: "quiet") ?? .zero
      #expect(deliveries.count == Self.count && end > .zero)
      guard let start = Self.start(report) else { continue }
      for (number, delivery) in deliveries.enumerated() {
        guard delivery.arrivals.count == 1 else {
          Issue.record("seed \(report.seed): \(number) arrived at \(delivery.arrivals)")
          continue
        }
        let isSlow = (start..<end).contains(delivery.sent)
        let due =
          isSlow ? min(delivery.sent + Self.slow, end + Self.normal) : delivery.sent + Self.normal
        if isSlow { broughtForward += 1 }
        // A job or two later than it came, and some more behind those that came together.
        let late = delivery.arrivals[0] - due
        #expect(
          late >= .zero - longest && late < longest * (isSlow ? 500 : 20),
          "seed \(report.seed): \(number), sent at \(delivery.sent), is \(late) late")
      }
    }
    #expect(broughtForward > 2_000)
  }
}
