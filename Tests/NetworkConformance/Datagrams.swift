//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

extension ConformanceCase {
  static let datagrams: [ConformanceCase] = [
    ConformanceCase("a datagram arrives with its sender's address") { bed in
      let server = try await bed.server.network.bindDatagrams()
      let client = try await bed.client.network.bindDatagrams()
      let datagram = try await pass([1, 2, 3], from: client, to: server, bed)
      try requireBytes(datagram.bytes, [1, 2, 3], "received")
      try requireEqual(datagram.sender, client.localAddress, "sender")
      let answer = try await pass([4], from: server, to: client, bed)
      try requireBytes(answer.bytes, [4], "answer")
    },
    ConformanceCase("datagrams keep their bounds") { bed in
      let server = try await bed.server.network.bindDatagrams()
      let client = try await bed.client.network.bindDatagrams()
      let sizes = [0, 1, 1_472, 1_473, 9_000]
      var missing = sizes
      let sending = try await send(sizes.map { pattern($0) }, from: client, to: server, bed)
      defer { sending.cancel() }
      while !missing.isEmpty {
        let bytes = try await server.receive().bytes
        try requireBytes(bytes, pattern(bytes.count), "received")
        if let index = missing.firstIndex(of: bytes.count) {
          missing.remove(at: index)
        } else {
          let wasSentAgain = bed.patience > 1 && sizes.contains(bytes.count)
          try require(wasSentAgain, "\(bytes.count) bytes where \(missing) were missing")
        }
      }
    },
    ConformanceCase("the largest datagram has 65,507 bytes") { bed in
      let server = try await bed.server.network.bindDatagrams()
      let client = try await bed.client.network.bindDatagrams()
      try await requireFailure(.messageTooLarge, of: "send") {
        try await client.send(pattern(65_508), to: server.localAddress)
      }
      let largest = try await pass(pattern(65_507), from: client, to: server, bed)
      try requireBytes(largest.bytes, pattern(65_507), "received")
    },
    ConformanceCase("a datagram to nobody is lost without a word") { bed in
      let client = try await bed.client.network.bindDatagrams()
      let closed = try await bed.server.network.bindDatagrams()
      closed.close()
      for _ in 0..<3 { try await client.send([1], to: closed.localAddress) }
      try await bed.settle()
      let server = try await bed.server.network.bindDatagrams()
      let datagram = try await pass([2], from: client, to: server, bed)
      try requireBytes(datagram.bytes, [2], "received")
    },
    ConformanceCase("a datagram port can be its own sender") { bed in
      let port = try await bed.server.network.bindDatagrams()
      let datagram = try await pass([1], from: port, to: port, bed)
      try requireEqual(datagram, Datagram(bytes: [1], sender: port.localAddress), "received")
    },
    ConformanceCase("a cancelled receive leaves the port as it was") { bed in
      let server = try await bed.server.network.bindDatagrams()
      let client = try await bed.client.network.bindDatagrams()
      let task = Task { try await server.receive() }
      try await bed.settle()
      task.cancel()
      try await requireCancellation(of: "receive", task)
      let datagram = try await pass([1], from: client, to: server, bed)
      try requireBytes(datagram.bytes, [1], "received")
    },
    ConformanceCase("a full buffer drops what comes, and recovers") { bed in
      let server = try await bed.server.network.bindDatagrams()
      let client = try await bed.client.network.bindDatagrams()
      let block = pattern(4_000)
      for number in 0..<2_000 {
        try await client.send(block, to: server.localAddress)
        // Whoever reads although nobody receives has time for it.
        if number % 20 == 0 { try await bed.pause(.milliseconds(1)) }
      }
      try await bed.settle()
      let reader = Task {
        var count = 0
        while true {
          let bytes = try await server.receive().bytes
          if bytes == [1] { return count }
          try requireBytes(bytes, block, "received")
          count += 1
        }
      }
      try await bed.settle()
      // It finds room as soon as the reader has made some.
      let sending = try await send([[1]], from: client, to: server, bed)
      defer { sending.cancel() }
      let count = try await reader.value
      try require(count > 0 && count < 500, "\(count) of 2,000 arrived")
    },
    ConformanceCase("closing a datagram port ends what waits, and frees the port") { bed in
      let first = try await bed.server.network.bindDatagrams()
      let task = Task { try await first.receive() }
      try await bed.settle()
      first.close()
      first.close()
      try await requireFailure(.closed, of: "receive") { try await task.value }
      try await requireFailure(.closed, of: "receive") { try await first.receive() }
      try await requireFailure(.closed, of: "send") {
        try await first.send([1], to: first.localAddress)
      }
      _ = try await bed.server.network.bindDatagrams(port: first.localAddress.port)
    },
    ConformanceCase("one datagram port has one holder; streams don't matter to it") { bed in
      let port = try await bed.server.network.bindDatagrams()
      try await requireFailure(.addressInUse, of: "bind") {
        try await bed.server.network.bindDatagrams(port: port.localAddress.port)
      }
      let listener = try await bed.server.network.listen(port: port.localAddress.port)
      _ = try await bed.pair(by: listener)
      port.close()
    },
    ConformanceCase("a datagram port that nobody holds any more closes") { bed in
      func bind() async throws -> NetworkAddress {
        let port = try await bed.server.network.bindDatagrams()
        return port.localAddress
      }
      let address = try await bind()
      _ = try await bed.server.network.bindDatagrams(port: address.port)
    },
    ConformanceCase("a cut loses datagrams for good", needs: .cuts) { bed in
      let server = try await bed.server.network.bindDatagrams()
      let client = try await bed.client.network.bindDatagrams()
      bed.cut(from: bed.client, to: bed.server)
      try await client.send([1], to: server.localAddress)
      try await server.send([2], to: client.localAddress)
      try requireBytes(try await client.receive().bytes, [2], "the other way")
      try await bed.settle()
      bed.heal()
      try await client.send([3], to: server.localAddress)
      try requireBytes(try await server.receive().bytes, [3], "after the cut")
    },
  ]

  static let names: [ConformanceCase] = [
    ConformanceCase("an address is its own name") { bed in
      let addresses = try await bed.client.network.resolve("127.0.0.1")
      try requireEqual(addresses, [try IPAddress(parsing: "127.0.0.1")], "addresses")
      let own = try await bed.client.network.resolve("\(bed.server.address)")
      try requireEqual(own, [bed.server.address], "addresses")
    },
    ConformanceCase("a name that stands for nothing is not found") { bed in
      // Longer than a label can be: no resolver asks a server, which might not answer.
      let name = String(repeating: "n", count: 64) + ".invalid"
      try await requireFailure(.nameNotFound, of: "resolve") {
        try await bed.client.network.resolve(name)
      }
    },
  ]
}

/// Sends datagrams, and sends them again until it is cancelled: a kernel that is busy may lose
/// some, also between its own ports. A simulated network that is whole loses none: there, once is
/// enough.
private func send(
  _ datagrams: [[UInt8]], from sender: DatagramSocket, to receiver: DatagramSocket, _ bed: Testbed
) async throws -> Task<Void, any Error> {
  for bytes in datagrams { try await sender.send(bytes, to: receiver.localAddress) }
  return Task {
    for _ in 1..<bed.patience {
      try await bed.settle()
      for bytes in datagrams { try await sender.send(bytes, to: receiver.localAddress) }
    }
  }
}

/// Sends a datagram, again where that is needed, until the receiver has one.
private func pass(
  _ bytes: [UInt8], from sender: DatagramSocket, to receiver: DatagramSocket, _ bed: Testbed
) async throws -> Datagram {
  let sending = try await send([bytes], from: sender, to: receiver, bed)
  defer { sending.cancel() }
  return try await receiver.receive()
}
