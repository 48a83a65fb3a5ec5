//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

extension ConformanceCase {
  static let cancellation: [ConformanceCase] = [
    ConformanceCase("a cancelled read leaves the connection as it was") { bed in
      let pair = try await bed.pair()
      let task = Task { try await pair.server.read() }
      try await bed.settle()
      task.cancel()
      try await requireCancellation(of: "read", task)
      try await pair.client.write(pattern(100))
      try requireBytes(try await pair.server.read(exactly: 100), pattern(100), "the next read")
    },
    ConformanceCase("a cancelled write leaves the connection as it was") { bed in
      let pair = try await bed.pair()
      let all = pattern(tooMuch)
      let task = Task { try await pair.client.write(all) }
      try await bed.settle()
      task.cancel()
      try await requireCancellation(of: "write", task)
      pair.client.finish()
      let received = try await readAll(pair.server)
      try requireBytes(received, Array(all[0..<received.count]), "what was taken")
      try await pair.server.write([1])
      try requireBytes(try await pair.client.read(exactly: 1), [1], "the other direction")
    },
    ConformanceCase("a read that is cancelled in advance doesn't wait") { bed in
      let pair = try await bed.pair()
      let task = Task {
        while !Task.isCancelled { try? await bed.pause(.milliseconds(1)) }
        return try await pair.server.read()
      }
      task.cancel()
      try await requireCancellation(of: "read", task)
    },
    ConformanceCase("a cancelled accept leaves the listener as it was") { bed in
      let listener = try await bed.server.network.listen(port: 0)
      let task = Task { try await listener.accept() }
      try await bed.settle()
      task.cancel()
      try await requireCancellation(of: "accept", task)
      let pair = try await bed.pair(by: listener)
      try await pair.client.write([1])
      try requireBytes(try await pair.server.read(exactly: 1), [1], "read")
    },
    ConformanceCase("an accept that is cancelled as somebody comes loses nobody") { bed in
      let listener = try await bed.server.network.listen(port: 0)
      for step in 0..<15 {
        let task = Task { try await listener.accept() }
        let connecting = Task {
          try await bed.client.network.connect(to: listener.localAddress)
        }
        try await bed.pause(.microseconds(step * step * 120))
        task.cancel()
        let client = try await connecting.value
        let server: Connection
        switch await task.result {
        case .success(let accepted): server = accepted
        case .failure: server = try await listener.accept()
        }
        try requireEqual(server.remoteAddress, client.localAddress, "step \(step)")
      }
    },
    ConformanceCase("cancelled connects take no place in the backlog") { bed in
      let listener = try await bed.server.network.listen(port: 0, backlog: 4)
      for step in 0..<70 {
        let task = Task { try await bed.client.network.connect(to: listener.localAddress) }
        try await bed.pause(.nanoseconds(step * step * 200))
        task.cancel()
        _ = try? await task.value
        try await bed.pause(.milliseconds(20))
        let start = bed.now
        let client = try await bed.client.network.connect(to: listener.localAddress)
        let time = start.duration(to: bed.now)
        // How long a machine takes that has other things to do says nothing.
        if bed.capabilities.contains(.virtualTime) {
          try require(time < .milliseconds(900), "connecting took \(time): a request was dropped")
        }
        // Those that got so far as to be accepted stand before it, and must not fill it either.
        while try await listener.accept().remoteAddress != client.localAddress {}
      }
    },
    ConformanceCase("a cancelled connect can be done again") { bed in
      let listener = try await bed.server.network.listen(port: 0)
      let task = Task { try await bed.client.network.connect(to: listener.localAddress) }
      task.cancel()
      _ = try? await task.value
      var pair = try await bed.pair(by: listener)
      if pair.server.remoteAddress != pair.client.localAddress {
        pair = Pair(
          listener: listener, client: pair.client, server: try await listener.accept())
      }
      try requireEqual(pair.server.remoteAddress, pair.client.localAddress, "who was accepted")
    },
    ConformanceCase("a read with a time limit can be tried again") { bed in
      let pair = try await bed.pair()
      for _ in 0..<3 {
        do {
          _ = try await bed.server.clock.withTimeout(.milliseconds(20)) {
            try await pair.server.read()
          }
          throw ConformanceFailure("a read of nothing ended in time")
        } catch is TimeoutError {}
      }
      try await pair.client.write([1])
      try requireBytes(try await pair.server.read(exactly: 1), [1], "read")
    },
  ]
}
