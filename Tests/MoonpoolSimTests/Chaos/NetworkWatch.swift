//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Logging
import MoonpoolCore
import MoonpoolSim

/// Programs that try the network at a steady pace, whatever becomes of it, and tell by their own
/// clock what was wrong, and when.
enum NetworkWatch {
  /// Between two tries.
  static let pace = Duration.milliseconds(5)
  /// As long as there may be trouble, and a little longer.
  private static let tries = 480

  /// A try that went wrong.
  struct Trouble {
    var what: String
    /// When it began, since the start of the run.
    var at: Duration
    /// How many answers there were, or how many microseconds it took.
    var amount: Int
  }

  /// The address of the server of ``NetworkProbe``.
  static func server(_ node: Node) async throws -> NetworkAddress {
    NetworkAddress(ip: try await node.network.resolve("server")[0], port: NetworkProbe.port)
  }

  private static func begin(_ node: Node) -> NodeClock.Instant {
    node.logger.info("watching")
    return node.clock.now
  }

  private static func tell(
    _ what: String, at time: Duration, _ amount: Int, _ node: Node
  ) {
    node.logger.info(
      "trouble",
      metadata: [
        "what": "\(what)", "at_us": "\(Int(time / .microseconds(1)))", "amount": "\(amount)",
      ])
  }

  /// Sends numbered datagrams, and waits for their answers.
  struct Datagrams: Program {
    /// Safe to share because all code of a simulation runs on one thread.
    private final class Answers: @unchecked Sendable {
      var times = [[Duration]](repeating: [], count: NetworkWatch.tries)
    }

    func run(on node: Node) async throws {
      let address = try await NetworkWatch.server(node)
      let socket = try await node.network.bindDatagrams()
      let answers = Answers()
      let start = begin(node)
      let receiver = Task {
        while true {
          let bytes = try await socket.receive().bytes
          answers.times[Int(bytes[0]) << 8 | Int(bytes[1])].append(
            start.duration(to: node.clock.now))
        }
      }
      var sent: [Duration] = []
      for number in 0..<NetworkWatch.tries {
        try await node.clock.sleep(for: NetworkWatch.pace)
        sent.append(start.duration(to: node.clock.now))
        try await socket.send([UInt8(number >> 8), UInt8(number & 255)], to: address)
      }
      try await node.clock.sleep(for: .milliseconds(300))
      receiver.cancel()
      for (sent, times) in zip(sent, answers.times) {
        let delay = Int((times.first ?? sent) - sent, in: .microseconds(1))
        if times.isEmpty { tell("missing", at: sent, 0, node) }
        if times.count > 1 { tell("several", at: sent, times.count, node) }
        if delay > 1_000 { tell("late", at: sent, delay, node) }
      }
    }
  }

  /// Connects again and again, without waiting for the last one.
  struct Connects: Program {
    func run(on node: Node) async throws {
      let address = try await NetworkWatch.server(node)
      try await node.clock.sleep(for: .milliseconds(5))
      let start = begin(node)
      await withDiscardingTaskGroup { group in
        for _ in 0..<NetworkWatch.tries / 2 {
          try? await node.clock.sleep(for: NetworkWatch.pace * 2)
          group.addTask { await connect(to: address, since: start, node) }
        }
      }
    }

    private func connect(
      to address: NetworkAddress, since start: NodeClock.Instant, _ node: Node
    ) async {
      let begun = start.duration(to: node.clock.now)
      var what = "late"
      do {
        try await node.network.connect(to: address).close()
      } catch {
        what = (error as? NetworkError).map { "\($0.code)" } ?? "\(error)"
      }
      let delay = start.duration(to: node.clock.now) - begun
      if what != "late" || delay > .milliseconds(1) {
        tell(what, at: begun, Int(delay, in: .microseconds(1)), node)
      }
    }
  }
}

extension Int {
  /// How often a unit fits into a duration.
  fileprivate init(_ duration: Duration, in unit: Duration) { self = Int(duration / unit) }
}

extension SimulationReport {
  /// What a watcher had to tell of one kind, in the order of its tries.
  func troubles(_ what: String) -> [NetworkWatch.Trouble] {
    let start = events("watching").first?.time ?? .zero
    return events("trouble").filter { $0["what"] == what }.map { event in
      NetworkWatch.Trouble(
        what: what, at: start + .microseconds(event.int("at_us") ?? 0),
        amount: event.int("amount") ?? 0)
    }.sorted { $0.at < $1.at }
  }

  /// The one strike of a family, if there was only one, half a second before the end or earlier.
  func loneStrike(of family: NetworkFaultFamily) -> TimelineEvent? {
    let strikes = events("network.\(family.rawValue)").filter { $0.kind == .fault }
    guard strikes.count == 1, strikes[0].time < NetworkProbe.chaos - .milliseconds(500) else {
      return nil
    }
    return strikes[0]
  }
}
