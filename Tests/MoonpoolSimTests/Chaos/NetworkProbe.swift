//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Logging
import MoonpoolCore
import MoonpoolRuntime
import MoonpoolSim

/// Programs that use the network as any other would, and log what no healthy network does.
enum NetworkProbe {
  static let port: UInt16 = 4500
  static let message = (0..<64).map { UInt8($0) }
  /// When chaos is over, and when the programs stop: nothing that was struck stays unseen.
  static let chaos = Duration.seconds(2)
  static let end = Duration.milliseconds(2_600)
  /// Between two calls.
  static let interval = Duration.milliseconds(25)

  /// A server, a caller or several, and nothing wrong but `faults`.
  static func scenario(
    _ faults: NetworkFaults, keepAlive: KeepAlive? = nil,
    _ callers: [@Sendable () -> any Program] = [{ Caller() }]
  ) -> Scenario {
    Scenario("network probe") {
      Processes(named: "server") { Server(keepAlive: keepAlive) }
      Processes(callers.count...callers.count, named: "caller") { callers[$0]() }
      Clients { node, _ in try await node.clock.sleep(for: .seconds(6)) }
      Chaos(for: chaos) { faults }
      Budget(run: .seconds(10), settle: .zero)
      NetworkConfiguration.ideal
    }
  }

  /// Writes all, telling of each write that took a part.
  static func write(_ bytes: [UInt8], to connection: Connection, _ node: Node) async throws {
    var written = 0
    while written < bytes.count {
      let count = try connection.handler.tryWrite(bytes, from: written)
      if count < bytes.count - written { node.saw("short write", bytes: count) }
      written += count
    }
  }

  /// Reads a message, telling of each read that returned a part.
  static func read(from connection: Connection, _ node: Node) async throws -> [UInt8]? {
    var bytes: [UInt8] = []
    while bytes.count < message.count {
      let wanted = message.count - bytes.count
      guard let piece = try await connection.read(atMost: wanted) else { return nil }
      if piece.count < wanted { node.saw("short read", bytes: piece.count) }
      bytes += piece
    }
    return bytes
  }

  /// Sends back what it gets, by stream and datagram.
  struct Server: Program {
    var keepAlive: KeepAlive?

    func run(on node: Node) async throws {
      let port = try await node.network.bindDatagrams(port: NetworkProbe.port)
      let echo = Task {
        while true {
          let datagram = try await port.receive()
          try await port.send(datagram.bytes, to: datagram.sender)
        }
      }
      defer { echo.cancel() }
      try await node.network.serve(port: NetworkProbe.port) { connection in
        connection.setKeepAlive(keepAlive)
        do {
          while let bytes = try await NetworkProbe.read(from: connection, node) {
            try await NetworkProbe.write(bytes, to: connection, node)
          }
        } catch let error as NetworkError {
          node.saw("server: \(error.code)")
        }
      }
    }
  }

  /// Calls the server on one connection, or on a new one each time.
  struct Caller: Program {
    var isFresh = false
    var interval = NetworkProbe.interval

    func run(on node: Node) async throws {
      let server = try await node.network.resolve("server")[0]
      let address = NetworkAddress(ip: server, port: NetworkProbe.port)
      var connection: Connection?
      try await node.clock.sleep(for: .milliseconds(5))
      while Simulation.elapsed < NetworkProbe.end {
        do {
          let open: Connection
          if let connection { open = connection } else { open = try await connect(address, node) }
          connection = isFresh ? nil : open
          try await call(open, node)
        } catch let error as NetworkError {
          node.saw("\(error.code)")
          connection = nil
        }
        try await node.clock.sleep(for: interval)
      }
    }

    private func connect(_ address: NetworkAddress, _ node: Node) async throws -> Connection {
      let start = Simulation.elapsed
      let connection = try await node.network.connect(to: address)
      if Simulation.elapsed - start > .milliseconds(900) { node.saw("slow connect") }
      return connection
    }

    private func call(_ connection: Connection, _ node: Node) async throws {
      let start = Simulation.elapsed
      try await NetworkProbe.write(NetworkProbe.message, to: connection, node)
      guard let answer = try await NetworkProbe.read(from: connection, node) else {
        return node.saw("end of stream")
      }
      if Simulation.elapsed - start > .milliseconds(2) { node.saw("slow call") }
      let bits = zip(answer, NetworkProbe.message).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
      if bits > 0 { node.saw("wrong bits", bits) }
    }
  }

  /// Sends numbered datagrams, and counts the answers.
  struct DatagramCaller: Program {
    var interval = NetworkProbe.interval

    func run(on node: Node) async throws {
      let server = try await node.network.resolve("server")[0]
      let address = NetworkAddress(ip: server, port: NetworkProbe.port)
      let port = try await node.network.bindDatagrams(port: 0)
      let answers = Answers()
      let receiver = Task {
        while true { answers.counts[Int(try await port.receive().bytes[0])] += 1 }
      }
      var sent = 0
      try await node.clock.sleep(for: .milliseconds(5))
      while Simulation.elapsed < NetworkProbe.end {
        try await port.send([UInt8(sent)], to: address)
        sent += 1
        try await node.clock.sleep(for: interval)
      }
      receiver.cancel()
      let counts = answers.counts[..<sent]
      let missing = counts.count { $0 == 0 }
      let extra = counts.reduce(0) { $0 + max(0, $1 - 1) }
      if missing > 0 { node.saw("missing datagrams", missing) }
      if extra > 0 { node.saw("extra datagrams", extra) }
    }

    /// Safe to share because all code of a simulation runs on one thread.
    private final class Answers: @unchecked Sendable {
      var counts = [Int](repeating: 0, count: 256)
    }
  }
}

extension Sequence<TimelineEvent> {
  /// How often a program saw something.
  func seen(_ what: String) -> Int {
    reduce(0) { $0 + ($1.name == "saw" && $1["what"] == what ? $1.int("count") ?? 1 : 0) }
  }
}

extension SimulationReport {
  /// How often a program saw something.
  func seen(_ what: String) -> Int { timeline.seen(what) }

  /// All lines about faults, as a person reads them.
  func faultLines(where isWanted: (String) -> Bool = { _ in true }) -> [String] {
    timeline.filter { $0.kind == .fault && isWanted($0.name) }.map(\.description)
  }

  /// The same without the times.
  var untimedFaultLines: [Substring] {
    faultLines().map { $0[($0.firstIndex(of: "]") ?? $0.startIndex)...] }
  }
}
