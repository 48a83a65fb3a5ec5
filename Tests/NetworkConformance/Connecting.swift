//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

extension ConformanceCase {
  static let connecting: [ConformanceCase] = [
    ConformanceCase("connecting where nobody listens is refused") { bed in
      let address = try await bed.freePort()
      try await requireFailure(.connectionRefused, of: "connect") {
        try await bed.client.network.connect(to: address)
      }
    },
    ConformanceCase("connecting to a closed listener is refused") { bed in
      let listener = try await bed.server.network.listen(port: 0)
      let pair = try await bed.pair(by: listener)
      listener.close()
      try await requireFailure(.connectionRefused, of: "connect") {
        try await bed.client.network.connect(to: listener.localAddress)
      }
      try await pair.client.write([1])  // the one that was accepted lives on
      try requireBytes(try await pair.server.read(exactly: 1), [1], "read")
    },
    ConformanceCase("one port has one listener") { bed in
      let listener = try await bed.server.network.listen(port: 0)
      try await requireFailure(.addressInUse, of: "listen") {
        try await bed.server.network.listen(port: listener.localAddress.port)
      }
      listener.close()
    },
    ConformanceCase("a port can be taken again after its listener has closed") { bed in
      let first = try await bed.server.network.listen(port: 0)
      let old = try await bed.pair(by: first)
      first.close()
      let second = try await bed.server.network.listen(port: first.localAddress.port)
      let new = try await bed.pair(by: second)
      try await old.client.write([1])
      try await new.client.write([2])
      try requireBytes(try await old.server.read(exactly: 1), [1], "the old one's read")
      try requireBytes(try await new.server.read(exactly: 1), [2], "the new one's read")
    },
    ConformanceCase("listening on an address that isn't one's own fails") { bed in
      let foreign = NetworkAddress(ip: try IPAddress(parsing: "192.0.2.1"), port: 0)
      try await requireFailure(.addressNotAvailable, of: "listen") {
        try await bed.server.network.listen(on: foreign)
      }
    },
    ConformanceCase("port 0 gives free ports, each another") { bed in
      var listeners: [Listener] = []
      for _ in 0..<20 { listeners.append(try await bed.server.network.listen(port: 0)) }
      let ports = listeners.map(\.localAddress.port)
      try require(!ports.contains(0), "port 0 was given out")
      try requireEqual(Set(ports).count, 20, "different ports")
      for listener in listeners { _ = try await bed.pair(by: listener) }
    },
    ConformanceCase("connecting ends get ephemeral ports, each another") { bed in
      let listener = try await bed.server.network.listen(port: 0)
      var pairs: [Pair] = []
      for _ in 0..<20 { pairs.append(try await bed.pair(by: listener)) }
      let ports = pairs.map(\.client.localAddress.port)
      try requireEqual(Set(ports).count, 20, "different ports")
      for port in ports { try require(port >= 32_768 && port < 61_000, "port \(port)") }
    },
    ConformanceCase("both ends agree on their addresses") { bed in
      let pair = try await bed.pair()
      try requireEqual(pair.client.remoteAddress, pair.listener.localAddress, "client's remote")
      try requireEqual(pair.server.localAddress, pair.listener.localAddress, "server's local")
      try requireEqual(pair.server.remoteAddress, pair.client.localAddress, "server's remote")
      try requireEqual(pair.client.localAddress.ip, bed.client.address, "client's address")
    },
    ConformanceCase("a node can connect to itself") { bed in
      let listener = try await bed.server.network.listen(port: 0)
      async let accepted = listener.accept()
      let near = try await bed.server.network.connect(to: listener.localAddress)
      let far = try await accepted
      try await near.write(pattern(100))
      near.finish()
      try requireBytes(try await readAll(far), pattern(100), "read")
    },
    ConformanceCase("connections of one listener don't mix") { bed in
      let listener = try await bed.server.network.listen(port: 0)
      let first = try await bed.pair(by: listener)
      async let accepted = listener.accept()
      let third = try await bed.other.network.connect(to: listener.localAddress)
      let fourth = try await accepted
      try await third.write(pattern(5_000, seed: 3))
      try await first.client.write(pattern(5_000, seed: 1))
      third.finish()
      first.client.finish()
      try requireBytes(try await readAll(first.server), pattern(5_000, seed: 1), "first")
      try requireBytes(try await readAll(fourth), pattern(5_000, seed: 3), "second")
    },
    ConformanceCase("a connection can be closed and made again at once, a thousand times") { bed in
      let listener = try await bed.server.network.listen(port: 0)
      for round in 0..<10 {
        var pairs: [Pair] = []
        for _ in 0..<100 { pairs.append(try await bed.pair(by: listener)) }
        for (number, pair) in pairs.enumerated() {
          try await pair.client.write([UInt8(truncatingIfNeeded: number), UInt8(round)])
        }
        for (number, pair) in pairs.enumerated() {
          let expected = [UInt8(truncatingIfNeeded: number), UInt8(round)]
          try requireBytes(try await pair.server.read(exactly: 2), expected, "number \(number)")
          pair.client.close()
          pair.server.close()
        }
      }
    },
  ]
}
