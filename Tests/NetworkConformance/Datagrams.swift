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
      try await client.send([1, 2, 3], to: server.localAddress)
      let datagram = try await server.receive()
      try requireBytes(datagram.bytes, [1, 2, 3], "received")
      try requireEqual(datagram.sender, client.localAddress, "sender")
      try await server.send([4], to: datagram.sender)
      try requireBytes(try await client.receive().bytes, [4], "answer")
    },
    ConformanceCase("datagrams keep their bounds") { bed in
      let server = try await bed.server.network.bindDatagrams()
      let client = try await bed.client.network.bindDatagrams()
      let sizes = [0, 1, 1_472, 1_473, 9_000]
      for size in sizes { try await client.send(pattern(size), to: server.localAddress) }
      var received: [Int] = []
      for _ in sizes {
        let bytes = try await server.receive().bytes
        try requireBytes(bytes, pattern(bytes.count), "received")
        received.append(bytes.count)
      }
      try requireEqual(received.sorted(), sizes, "sizes")
    },
    ConformanceCase("the largest datagram has 65,507 bytes") { bed in
      let server = try await bed.server.network.bindDatagrams()
      let client = try await bed.client.network.bindDatagrams()
      try await requireFailure(.messageTooLarge, of: "send") {
        try await client.send(pattern(65_508), to: server.localAddress)
      }
      try await client.send(pattern(65_507), to: server.localAddress)
      try requireBytes(try await server.receive().bytes, pattern(65_507), "received")
    },
    ConformanceCase("a datagram to nobody is lost without a word") { bed in
      let client = try await bed.client.network.bindDatagrams()
      let closed = try await bed.server.network.bindDatagrams()
      closed.close()
      for _ in 0..<3 { try await client.send([1], to: closed.localAddress) }
      try await bed.settle()
      let server = try await bed.server.network.bindDatagrams()
      try await client.send([2], to: server.localAddress)
      try requireBytes(try await server.receive().bytes, [2], "received")
    },
    ConformanceCase("a datagram port can be its own sender") { bed in
      let port = try await bed.server.network.bindDatagrams()
      try await port.send([1], to: port.localAddress)
      let datagram = try await port.receive()
      try requireEqual(datagram, Datagram(bytes: [1], sender: port.localAddress), "received")
    },
    ConformanceCase("a cancelled receive leaves the port as it was") { bed in
      let server = try await bed.server.network.bindDatagrams()
      let client = try await bed.client.network.bindDatagrams()
      let task = Task { try await server.receive() }
      try await bed.settle()
      task.cancel()
      try await requireCancellation(of: "receive", task)
      try await client.send([1], to: server.localAddress)
      try requireBytes(try await server.receive().bytes, [1], "received")
    },
    ConformanceCase("a full buffer drops what comes, and recovers") { bed in
      let server = try await bed.server.network.bindDatagrams()
      let client = try await bed.client.network.bindDatagrams()
      for _ in 0..<2_000 { try await client.send(pattern(4_000), to: server.localAddress) }
      try await bed.settle()
      let received = Counter()
      let reader = Task {
        while true {
          try requireBytes(try await server.receive().bytes, pattern(4_000), "received")
          await received.increment()
        }
      }
      try await bed.settle()
      reader.cancel()
      try await requireCancellation(of: "receive", reader)
      let count = await received.value
      try require(count > 0 && count < 2_000, "\(count) of 2,000 arrived")
      try await client.send([1], to: server.localAddress)
      // A slow reader may have left some.
      var next = try await server.receive().bytes
      while next.count > 1 { next = try await server.receive().bytes }
      try requireBytes(next, [1], "the next one")
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
      try await requireFailure(.nameNotFound, of: "resolve") {
        try await bed.client.network.resolve("no-such-name.invalid")
      }
    },
  ]
}
