//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

extension ConformanceCase {
  static let cuts: [ConformanceCase] = [
    ConformanceCase("a cut stalls a stream and loses nothing of it", needs: .cuts) { bed in
      let pair = try await bed.pair()
      try await pair.client.write(pattern(1_000))
      try requireBytes(try await pair.server.read(exactly: 1_000), pattern(1_000), "before")
      bed.cut()
      try await pair.client.write(pattern(2_000, seed: 1))
      pair.client.finish()
      let task = Task { try await readAll(pair.server) }
      try await bed.pause(.seconds(2))
      bed.heal()
      try requireBytes(try await task.value, pattern(2_000, seed: 1), "after")
    },
    ConformanceCase("cuts in a long transfer lose nothing and double nothing", needs: .cuts) {
      bed in
      let pair = try await bed.pair()
      let all = pattern(1_000_000)
      let sender = Task {
        var start = 0
        while start < all.count {
          try await pair.client.write(Array(all[start..<min(start + 20_000, all.count)]))
          start += 20_000
          try await bed.pause(.milliseconds(10))
        }
        pair.client.finish()
      }
      let cutter = Task {
        for number in 0..<6 {
          try await bed.pause(.milliseconds(70))
          switch number % 3 {
          case 0: bed.cut()
          case 1: bed.cut(from: bed.client, to: bed.server)
          default: bed.cut(from: bed.server, to: bed.client)
          }
          try await bed.pause(.milliseconds(40))
          bed.heal()
        }
      }
      try requireBytes(try await readAll(pair.server), all, "read")
      try await sender.value
      try await cutter.value
    },
    ConformanceCase("a cut does not keep the other way from being read", needs: .cuts) { bed in
      let pair = try await bed.pair()
      bed.cut(from: bed.client, to: bed.server)
      try await pair.server.write(pattern(100))
      try requireBytes(try await pair.client.read(exactly: 100), pattern(100), "read")
      try await pair.client.write([1])
      let task = Task { try await pair.server.read(exactly: 1) }
      try await bed.pause(.seconds(1))
      bed.heal()
      try requireBytes(try await task.value, [1], "after the cut")
    },
    ConformanceCase("the end of a stream gets through after a cut", needs: .cuts) { bed in
      let pair = try await bed.pair()
      bed.cut()
      pair.client.close()
      try await bed.pause(.seconds(1))
      let nothing = try pair.server.handler.tryRead(atMost: 1)
      try require(nothing == nil, "it got through the cut")
      bed.heal()
      try await requireEnd(pair.server, "read")
    },
    ConformanceCase("connecting through a cut succeeds when it heals", needs: .cuts) { bed in
      for way in 0..<3 {
        let listener = try await bed.server.network.listen(port: 0)
        if way != 1 { bed.cut(from: bed.client, to: bed.server) }
        if way != 0 { bed.cut(from: bed.server, to: bed.client) }
        let task = Task { try await bed.client.network.connect(to: listener.localAddress) }
        try await bed.pause(.milliseconds(2_500))
        bed.heal()
        let client = try await task.value
        let server = try await listener.accept()
        try requireEqual(server.remoteAddress, client.localAddress, "who was accepted")
        try await client.write([1])
        try requireBytes(try await server.read(exactly: 1), [1], "read")
      }
    },
    ConformanceCase("a connect that is given up in a cut leaves nothing behind", needs: .cuts) {
      bed in
      let listener = try await bed.server.network.listen(port: 0, backlog: 1)
      for _ in 0..<5 {
        bed.cut(from: bed.server, to: bed.client)
        let task = Task { try await bed.client.network.connect(to: listener.localAddress) }
        try await bed.settle()
        task.cancel()
        try await requireCancellation(of: "connect", task)
        bed.heal()
        try await bed.pause(.seconds(2))
      }
      let start = bed.now
      let client = try await bed.client.network.connect(to: listener.localAddress)
      let time = start.duration(to: bed.now)
      try require(time < .milliseconds(900), "connecting took \(time): a request was dropped")
      let server = try await listener.accept()
      try requireEqual(server.remoteAddress, client.localAddress, "who was accepted")
    },
    ConformanceCase("a refusal is lost in a cut, and comes when it heals", needs: .cuts) { bed in
      let address = try await bed.freePort()
      bed.cut(from: bed.server, to: bed.client)
      let start = bed.now
      let task = Task { try await bed.client.network.connect(to: address) }
      try await bed.pause(.milliseconds(500))
      bed.heal()
      try await requireFailure(.connectionRefused, of: "connect") { try await task.value }
      let time = start.duration(to: bed.now)
      try require(time > .milliseconds(500), "the refusal got through the cut")
    },
    ConformanceCase("who misses a reset in a cut learns of it by writing", needs: .cuts) { bed in
      let pair = try await bed.pair()
      bed.cut()
      pair.client.reset()
      try await bed.settle()
      bed.heal()
      try await bed.pause(.seconds(2))
      let nothing = try pair.server.handler.tryRead(atMost: 1)
      try require(nothing == nil, "the reset got through, or was sent again")
      try await pair.server.write([1])
      try await requireFailure(.connectionReset, of: "read") { try await pair.server.read() }
    },
    ConformanceCase("a listener that closes in a cut refuses who got half-way", needs: .cuts) {
      bed in
      let listener = try await bed.server.network.listen(port: 0)
      bed.cut(from: bed.server, to: bed.client)
      let task = Task {
        try await bed.client.network.connect(to: listener.localAddress).read()
      }
      try await bed.settle()
      listener.close()
      bed.heal()
      try await requireFailure(.connectionRefused, of: "connect") { try await task.value }
    },
    ConformanceCase("a writer without room waits through a cut", needs: .cuts) { bed in
      let pair = try await bed.pair()
      let all = pattern(1_000_000)
      let sender = Task {
        try await pair.client.write(all)
        pair.client.finish()
      }
      try await bed.settle()
      bed.cut()
      var received = try await pair.server.read(atMost: 500)!
      let reader = Task { [received] in
        var received = received
        while let bytes = try await pair.server.read() { received += bytes }
        return received
      }
      try await bed.pause(.seconds(2))
      bed.heal()
      received = try await reader.value
      try requireBytes(received, all, "read")
      try await sender.value
    },
  ]
}
