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

/// Every option of a healthy network, and what a client sees of it.
@Suite struct NetworkOptionTests {
  /// An option that is changed, and what a client tells without and with the change.
  struct Probe: Sendable, CustomTestStringConvertible {
    typealias Change = @Sendable (inout NetworkConfiguration) -> Void

    var option: String
    var without: String
    var with: String
    /// What holds in both cases.
    var given: Change = { _ in }
    var change: Change
    var see: @Sendable (Testbed) async throws -> String

    var testDescription: String { "\(option): \(with)" }

    init(
      _ option: String, _ without: String, _ with: String, given: @escaping Change = { _ in },
      change: @escaping Change, see: @escaping @Sendable (Testbed) async throws -> String
    ) {
      self.option = option
      self.without = without
      self.with = with
      self.given = given
      self.change = change
      self.see = see
    }

    func seen(isChanged: Bool) -> String {
      var configuration = NetworkConfiguration.still
      given(&configuration)
      if isChanged { change(&configuration) }
      let (text, effects) = configuration.tell(see)
      // What chance did to datagrams is known to the client and to the network alike.
      let counts = [effects.datagramsLost, effects.datagramsDoubled, effects.datagramsOverflowed]
      return counts == [0, 0, 0] ? text : "\(text); counted \(counts)"
    }
  }

  private static let latencies: [Probe] = [
    Probe("latency", "0.0 seconds, 0.0 seconds", "0.021 seconds, 0.007 seconds") {
      $0.latency = .fixed(.milliseconds(7))
    } see: { bed in
      // Three ways until a connection can be accepted, and one for a byte.
      let start = bed.now
      let pair = try await bed.pair()
      let accepted = start.duration(to: bed.now)
      return "\(accepted), \(try await time(of: pair, bed))"
    },
    Probe("distance", "0.005 seconds", "0.012 seconds") {
      $0.latency = .fixed(.milliseconds(5))
    } change: {
      $0.distance = .milliseconds(7) ... .milliseconds(7)
    } see: {
      "\(try await time(of: try await $0.pair(), $0))"
    },
    Probe("loopbackLatency", "0.0 seconds", "0.007 seconds") {
      $0.loopbackLatency = .milliseconds(7)
    } see: { bed in
      let socket = try await bed.client.network.bindDatagrams()
      let start = bed.now
      try await socket.send([1], to: socket.localAddress)
      _ = try await socket.receive()
      return "\(start.duration(to: bed.now))"
    },
    Probe("bindLatency", "0.0 seconds", "0.007 seconds") {
      $0.bindLatency = .fixed(.milliseconds(7))
    } see: { bed in
      let start = bed.now
      _ = try await bed.client.network.listen(port: 4500)
      return "\(start.duration(to: bed.now))"
    },
    Probe("connectLatency", "0.0 seconds", "0.007 seconds") {
      $0.connectLatency = .fixed(.milliseconds(7))
    } see: { bed in
      let listener = try await bed.server.network.listen(port: 4500)
      let start = bed.now
      _ = try await bed.client.network.connect(to: listener.localAddress)
      return "\(start.duration(to: bed.now))"
    },
    // Whether or not something is sent at once.
    Probe("acceptLatency", "0.0 seconds, 0.0 seconds", "0.0 seconds, 0.007 seconds") {
      $0.acceptLatency = .fixed(.milliseconds(7))
    } see: {
      try await acceptance($0, ofWriter: false)
    },
    Probe("acceptLatency", "0.0 seconds, 0.0 seconds", "0.0 seconds, 0.007 seconds") {
      $0.acceptLatency = .fixed(.milliseconds(7))
    } see: {
      try await acceptance($0, ofWriter: true)
    },
    Probe("nameLatency", "0.0 seconds", "0.007 seconds") {
      $0.nameLatency = .fixed(.milliseconds(7))
    } see: { bed in
      let start = bed.now
      _ = try await bed.client.network.resolve("10.0.1.1")
      return "\(start.duration(to: bed.now))"
    },
  ]

  private static let sizes: [Probe] = [
    Probe("bandwidth", "0.0 seconds", "0.5 seconds") {
      $0.bandwidth = 2_000
    } see: { bed in
      let pair = try await bed.pair()
      let start = bed.now
      try await pair.client.write([UInt8](repeating: 1, count: 1_000))
      _ = try await pair.server.read(exactly: 1_000)
      return "\(start.duration(to: bed.now))"
    },
    Probe("sendBuffer", "131072 written, 65536 arrived", "66536 written, 65536 arrived") {
      $0.sendBuffer = 1_000
    } see: {
      try await room($0)
    },
    Probe("receiveWindow", "131072 written, 65536 arrived", "66536 written, 1000 arrived") {
      $0.receiveWindow = 1_000
    } see: {
      try await room($0)
    },
    // What travels as one arrives as one, after the time that it occupies the link.
    Probe("segmentSize", "4000 after 4.0 seconds", "1460 1460 1080 after 1.46 seconds") {
      $0.bandwidth = 1_000
    } change: {
      $0.segmentSize = 1_460
    } see: { bed in
      let pair = try await bed.pair()
      let start = bed.now
      var first: Duration?
      try await pair.client.write([UInt8](repeating: 1, count: 4_000))
      pair.client.finish()
      var pieces: [String] = []
      while let bytes = try await pair.server.read() {
        first = first ?? start.duration(to: bed.now)
        pieces.append("\(bytes.count)")
      }
      return "\(pieces.joined(separator: " ")) after \(first ?? .zero)"
    },
    Probe("ephemeralPorts", "32768 32769 32770", "50000 50001 addressNotAvailable") {
      $0.ephemeralPorts = 50_000...50_001
    } see: { bed in
      let listener = try await bed.server.network.listen(port: 4500)
      var connections: [Connection] = []
      var ports: [String] = []
      for _ in 0..<3 {
        do {
          connections.append(try await bed.client.network.connect(to: listener.localAddress))
          ports.append("\(connections.last!.localAddress.port)")
        } catch let error as NetworkError {
          ports.append("\(error.code)")
        }
      }
      return ports.joined(separator: " ")
    },
  ]

  private static let patience: [Probe] = [
    Probe("connectTimeout", "timedOut after 127.0 seconds", "timedOut after 10.0 seconds") {
      $0.connectTimeout = .seconds(10)
    } see: { bed in
      let listener = try await bed.server.network.listen(port: 4500)
      bed.cut()
      let start = bed.now
      return try await failure(bed, since: start) {
        _ = try await bed.client.network.connect(to: listener.localAddress)
      }
    },
    Probe("retransmission", "0.2 seconds", "0.07 seconds") {
      $0.retransmission = .milliseconds(70)
    } see: {
      "\(try await time(of: try await $0.pair(), $0, cutFor: .milliseconds(50)))"
    },
    // 0.2 + 0.4 + 0.8 + … s; and no more than a second each.
    Probe("longestRetransmission", "12.6 seconds", "10.4 seconds") {
      $0.longestRetransmission = .seconds(1)
    } see: {
      "\(try await time(of: try await $0.pair(), $0, cutFor: .seconds(10)))"
    },
    // Noticed when it would be sent again: after 0.2 + 0.4 + 0.8 s.
    Probe("giveUp", "timedOut after 924.6 seconds", "timedOut after 1.4 seconds") {
      $0.giveUp = .seconds(1)
    } see: { bed in
      let pair = try await bed.pair()
      bed.cut()
      let start = bed.now
      return try await failure(bed, since: start) {
        try await pair.client.write([1])
        _ = try await pair.client.read()
      }
    },
  ]

  private static let datagrams: [Probe] = [
    Probe("datagramLoss", "200 of 200", "0 of 200; counted [200, 0, 0]") {
      $0.datagramLoss = 1
    } see: {
      "\(try await arrivals($0).count) of 200"
    },
    Probe("datagramLoss", "200 of 200", "154 of 200; counted [46, 0, 0]") {
      $0.datagramLoss = 0.25
    } see: {
      "\(try await arrivals($0).count) of 200"
    },
    Probe("datagramDoubling", "1 each", "2 each; counted [0, 200, 0]") {
      $0.datagramDoubling = 1
    } see: { bed in
      let arrivals = try await arrivals(bed)
      return Set((0..<200).map { number in "\(arrivals.count { $0 == number })" }).sorted()
        .joined(separator: " or ") + " each"
    },
    Probe("datagramDoubling", "200 of 200", "246 of 200; counted [0, 46, 0]") {
      $0.datagramDoubling = 0.25
    } see: {
      "\(try await arrivals($0).count) of 200"
    },
    Probe("datagramBuffer", "200 of 200", "100 of 200; counted [0, 0, 100]") {
      $0.datagramBuffer = 1_000
    } see: {
      "\(try await arrivals($0).count) of 200"
    },
  ]

  private static let all = latencies + sizes + patience + datagrams

  // MARK: What clients do

  /// How long a byte takes.
  private static func time(
    of pair: Pair, _ bed: Testbed, cutFor outage: Duration? = nil
  ) async throws -> Duration {
    let start = bed.now
    if let outage {
      bed.cut()
      try await pair.client.write([1])
      try await bed.pause(outage)
      bed.heal()
    } else {
      try await pair.client.write([1])
    }
    _ = try await pair.server.read(exactly: 1)
    return start.duration(to: bed.now)
  }

  /// How long it takes until a client is connected, and until it is accepted.
  private static func acceptance(_ bed: Testbed, ofWriter writes: Bool) async throws -> String {
    let listener = try await bed.server.network.listen(port: 4500)
    let start = bed.now
    let connection = try await bed.client.network.connect(to: listener.localAddress)
    let connected = start.duration(to: bed.now)
    if writes { try await connection.write([1]) }
    _ = try await listener.accept()
    return "\(connected), \(start.duration(to: bed.now))"
  }

  /// How much can be written while nobody reads, and how much of it the reader finds then.
  private static func room(_ bed: Testbed) async throws -> String {
    let pair = try await bed.pair()
    let written = try pair.client.handler.tryWrite([UInt8](repeating: 1, count: 1 << 20), from: 0)
    try await bed.pause(.seconds(1))
    var arrived = 0
    while let bytes = try pair.server.handler.tryRead(atMost: 1 << 20) { arrived += bytes.count }
    return "\(written) written, \(arrived) arrived"
  }

  private static func failure(
    _ bed: Testbed, since start: NodeClock.Instant, _ operation: () async throws -> Void
  ) async throws -> String {
    do {
      try await operation()
      return "no failure"
    } catch let error as NetworkError {
      return "\(error.code) after \(start.duration(to: bed.now))"
    }
  }

  /// The numbers of the datagrams, 200 of 10 bytes each, that a receiver finds when all have come.
  private static func arrivals(_ bed: Testbed) async throws -> [UInt8] {
    let socket = try await bed.server.network.bindDatagrams(port: 4500)
    let sender = try await bed.client.network.bindDatagrams()
    for number in 0..<200 as Range<UInt8> {
      try await sender.send([UInt8](repeating: number, count: 10), to: socket.localAddress)
    }
    try await bed.pause(.seconds(1))
    let receiver = Task {
      var numbers: [UInt8] = []
      while let datagram = try? await socket.receive() { numbers.append(datagram.bytes[0]) }
      return numbers
    }
    try await bed.pause(.seconds(1))
    receiver.cancel()
    return await receiver.value
  }

  // MARK: Tests

  @Test(arguments: all)
  func `an option takes effect`(probe: Probe) {
    #expect(probe.seen(isChanged: false) == probe.without)
    #expect(probe.seen(isChanged: true) == probe.with)
  }

  @Test func `a distance is drawn once for each way`() {
    var configuration = NetworkConfiguration.still
    configuration.distance = .nanoseconds(1) ... .nanoseconds(1_000_000)
    var distances: [Int] = []
    for seed in 1...20 as ClosedRange<UInt64> {
      let (text, _) = configuration.tell(seed: seed) { bed in
        let pair = try await bed.pair()
        let back = Pair(listener: pair.listener, client: pair.server, server: pair.client)
        var times: [Set<Duration>] = [[], []]
        for _ in 0..<10 {
          times[0].insert(try await Self.time(of: pair, bed))
          times[1].insert(try await Self.time(of: back, bed))
        }
        return times.joined().map { "\(Int($0 / .nanoseconds(1)))" }.joined(separator: " ")
      }
      distances += text.split(separator: " ").compactMap { Int($0) }
    }
    #expect(distances.count == 40 && Set(distances).count == 40, "\(distances)")
    #expect(distances.allSatisfy { 1...1_000_000 ~= $0 }, "\(distances)")
  }

  @Test func `every option has a probe above`() {
    let options = Mirror(reflecting: NetworkConfiguration()).children.compactMap(\.label)
    #expect(options.count > 15)
    #expect(Set(options) == Set(Self.all.map(\.option)))
  }
}
