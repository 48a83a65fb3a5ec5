//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

#if NIO
  import MoonpoolCore
  import MoonpoolNIO
  import MoonpoolTransport
  import Synchronization

  /// Serves what `client.py` asks for.
  struct ForeignServer {
    private struct Pair: Codable {
      enum CodingKeys: Int, CodingKey {
        case left = 0
        case right = 1
      }
      var left: Int
      var right: Int
    }

    /// A request with one member.
    private struct Only<Member: Codable & Sendable>: Codable {
      enum CodingKeys: Int, CodingKey { case member = 0 }
      var member: Member
    }

    private struct Everything: Codable {
      var text: String
      var numbers: [Int]
      var bytes: [UInt8]
      var ratio: Double
      var third: Double
      var isOn: Bool
      var nothing: Int?
    }

    private struct NoQuotient: Error, Codable, CustomStringConvertible {
      var dividend: Int
      var description: String { "\(dividend) cannot be divided by 0" }
    }

    /// What handlers have done.
    private final class Facts: Sendable {
      let log = Mutex("")
      let isOpen = Atomic(false)
      let cancelled = Atomic(0)
      let carriedOut = Atomic(0)
    }

    let transport: Transport
    private let facts = Facts()

    var address: NetworkAddress { transport.address! }

    init() async throws {
      transport = try await Self.transport(
        on: Node.real(name: "server", address: IPAddress(127, 251, 0, 7), storage: NoStorage()))
      try serveValues()
      try serveTime()
      try serveOthers()
    }

    /// At a port that was free a moment ago.
    private static func transport(on node: Node) async throws -> Transport {
      var configuration = TransportConfiguration()
      configuration.incarnation = 5
      // Asks for signs of life at once, and waits for them on a busy machine, too.
      configuration.link.pingInterval = .milliseconds(10)
      configuration.link.pingTimeout = .seconds(60)
      while true {
        let listener = try await node.network.listen(port: 0)
        let port = listener.localAddress.port
        listener.close()
        do {
          return try await Transport.listening(on: node, port: port, configuration)
        } catch let error as NetworkError where error.code == .addressInUse {
          continue
        }
      }
    }

    // MARK: Methods, in the order of the script's

    private func serveValues() throws {
      try transport.serve(at: .wellKnown(10), name: "add") { (pair: Pair, _) in
        pair.left + pair.right
      }
      try transport.serve(at: .wellKnown(11), name: "divide") { (pair: Pair, _) throws -> Int in
        guard pair.right != 0 else { throw NoQuotient(dividend: pair.left) }
        return pair.left / pair.right
      }
      try transport.serve(at: .wellKnown(12), ServeOptions(concurrency: 1), name: "log") {
        [facts] (text: Only<String>, _) in
        facts.log.withLock { log in
          log += text.member
          return log
        }
      }
    }

    private func serveTime() throws {
      let clock = transport.node.clock
      try transport.serve(
        at: .wellKnown(13), ServeOptions(concurrency: 1, queueLimit: 1), name: "gate"
      ) { [facts] (_: Nothing, _) in
        while !facts.isOpen.load(ordering: .acquiring) {
          try await clock.sleep(for: .milliseconds(1))
        }
        return true
      }
      try transport.serve(at: .wellKnown(14), name: "open") { [facts] (_: Nothing, _) in
        // Longer than the millisecond of a request that came before.
        try await clock.sleep(for: .milliseconds(2))
        facts.isOpen.store(true, ordering: .releasing)
        return true
      }
      try transport.serve(at: .wellKnown(15), ServeOptions(concurrency: 1), name: "sleep") {
        [facts] (forever: Only<Bool>, _) in
        guard forever.member else { return facts.cancelled.load(ordering: .relaxed) }
        do {
          try await clock.sleep(for: .seconds(1 << 30))
        } catch {
          facts.cancelled.add(1, ordering: .relaxed)
        }
        return -1
      }
      try transport.serveStream(at: .wellKnown(16), ServeOptions(concurrency: 1), name: "count") {
        (count: Only<Int>, stream: ReplyStream<Int>, _) in
        for number in 0..<count.member { try await stream.send(number) }
      }
    }

    private func serveOthers() throws {
      let clock = transport.node.clock
      try transport.serve(at: .wellKnown(17), name: "caller") { (_: Nothing, context) in
        context.caller.map { "\($0)" }
      }
      try transport.serve(at: .wellKnown(18), name: "pongs") {
        [transport] (_: Nothing, context) in
        while transport.metrics(of: context.caller!).roundTrip == nil {
          try await clock.sleep(for: .milliseconds(1))
        }
        return true
      }
      try transport.serve(at: .wellKnown(19), name: "echo") { (all: Everything, _) in all }
      try transport.serve(at: .wellKnown(20), name: "forget") {
        (_: Nothing, _) throws -> Bool in throw CancellationError()
      }
      try transport.serve(at: .wellKnown(21), name: "long") { (_: Nothing, _) in
        [UInt8](repeating: 7, count: 2 << 20)
      }
      let once = ServeOptions(duplicates: DuplicateSuppression())
      try transport.serve(at: .wellKnown(22), once, name: "once") { [facts] (_: Nothing, _) in
        facts.carriedOut.add(1, ordering: .relaxed).newValue
      }
    }
  }
#endif
