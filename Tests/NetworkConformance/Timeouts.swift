//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

extension ConformanceCase {
  private static let slow: Testbed.Capabilities = [.cuts, .virtualTime]
  /// Longer than `tcp_retries2` allows.
  private static let longCut = Duration.seconds(1_200)

  static let timeouts: [ConformanceCase] = [
    ConformanceCase("connecting through a cut fails after 127 s", needs: slow) { bed in
      let listener = try await bed.server.network.listen(port: 0)
      bed.cut()
      let start = bed.now
      try await requireFailure(.timedOut, of: "connect") {
        try await bed.client.network.connect(to: listener.localAddress)
      }
      let time = start.duration(to: bed.now)
      try require(time > .seconds(120) && time < .seconds(135), "it took \(time)")
    },
    ConformanceCase("a connect that times out half-way leaves nothing behind", needs: slow) { bed in
      let listener = try await bed.server.network.listen(port: 0, backlog: 1)
      for _ in 0..<3 {
        bed.cut(from: bed.server, to: bed.client)
        try await requireFailure(.timedOut, of: "connect") {
          try await bed.client.network.connect(to: listener.localAddress)
        }
        bed.heal()
      }
      try await bed.pause(.seconds(70))
      let start = bed.now
      let pair = try await bed.pair(by: listener)
      let time = start.duration(to: bed.now)
      try require(time < .milliseconds(900), "connecting took \(time): a request was dropped")
      try requireEqual(pair.server.remoteAddress, pair.client.localAddress, "who was accepted")
    },
    ConformanceCase("a long cut ends the connection at the sender only", needs: slow) { bed in
      let pair = try await bed.pair()
      bed.cut()
      try await pair.client.write([1])
      let start = bed.now
      try await requireFailure(.timedOut, of: "the sender's read") { try await pair.client.read() }
      let time = start.duration(to: bed.now)
      try require(time > .seconds(600) && time < longCut, "it took \(time)")
      try await requireEnd(pair.client, "the sender's next read")
      try await requireFailure(.brokenPipe, of: "its write") { try await pair.client.write([2]) }
      bed.heal()
      try await bed.settle()
      let nothing = try pair.server.handler.tryRead(atMost: 1)
      try require(nothing == nil, "the receiver noticed")
      try await pair.server.write([3])
      try await requireFailure(.connectionReset, of: "read") { try await pair.server.read() }
    },
    ConformanceCase("an idle connection survives a long cut", needs: slow) { bed in
      let pair = try await bed.pair()
      bed.cut()
      try await bed.pause(longCut)
      bed.heal()
      try await pair.client.write([1])
      try requireBytes(try await pair.server.read(exactly: 1), [1], "read")
    },
    ConformanceCase("bytes arrive, but their sender is told otherwise", needs: slow) { bed in
      let pair = try await bed.pair()
      bed.cut(from: bed.server, to: bed.client)
      try await pair.client.write(pattern(100))
      try requireBytes(try await pair.server.read(exactly: 100), pattern(100), "read")
      try await requireFailure(.timedOut, of: "the sender's read") { try await pair.client.read() }
    },
    ConformanceCase("a way that is cut in one direction stalls that direction", needs: slow) {
      bed in
      let pair = try await bed.pair()
      bed.cut(from: bed.client, to: bed.server)
      let write = Task { try await pair.client.write(pattern(10_000_000)) }
      try await requireFailure(.timedOut, of: "write") { try await write.value }
      let nothing = try pair.server.handler.tryRead(atMost: 1)
      try require(nothing == nil, "bytes got through the cut")
    },
    ConformanceCase("a closed end gives up in a long cut", needs: slow) { bed in
      let pair = try await bed.pair()
      bed.cut()
      try await pair.client.write([1])
      pair.client.close()
      try await bed.pause(longCut)
      bed.heal()
      try await bed.settle()
      try await pair.server.write([1])
      try await requireFailure(.connectionReset, of: "read") { try await pair.server.read() }
    },
    ConformanceCase("a writer without room finds out that the reader's end gave up", needs: slow) {
      bed in
      let pair = try await bed.pair()
      let task = Task { try await pair.client.write(pattern(10_000_000)) }
      try await bed.settle()
      bed.cut(from: bed.server, to: bed.client)
      try await pair.server.write([1])
      try await bed.pause(longCut)
      bed.heal()
      try await requireFailure(.connectionReset, .timedOut, of: "write") { try await task.value }
    },
    ConformanceCase("finishing after giving up reaches nobody", needs: slow) { bed in
      let pair = try await bed.pair()
      bed.cut(from: bed.server, to: bed.client)
      try await pair.client.write([1])
      try await requireFailure(.timedOut, of: "read") { try await pair.client.read() }
      pair.client.finish()
      bed.heal()
      try await bed.settle()
      try requireBytes(try await pair.server.read(exactly: 1), [1], "what had arrived")
      let nothing = try pair.server.handler.tryRead(atMost: 1)
      try require(nothing == nil, "the end of a stream that was given up")
    },
  ]

  static let keepAlive: [ConformanceCase] = [
    ConformanceCase("keep-alive keeps an idle connection") { bed in
      let pair = try await bed.pair()
      let setting = KeepAlive(idle: .seconds(1), interval: .seconds(1), count: 2)
      pair.client.setKeepAlive(setting)
      pair.server.setKeepAlive(setting)
      try await bed.pause(.seconds(8))
      try await pair.client.write([1])
      try requireBytes(try await pair.server.read(exactly: 1), [1], "read")
    },
    ConformanceCase("keep-alive notices that the other end is gone", needs: .cuts) { bed in
      let pair = try await bed.pair()
      pair.server.setKeepAlive(KeepAlive(idle: .seconds(2), interval: .seconds(1), count: 3))
      bed.cut()
      let start = bed.now
      try await requireFailure(.timedOut, of: "read") { try await pair.server.read() }
      let time = start.duration(to: bed.now)
      try require(time > .seconds(4) && time < .seconds(7), "it took \(time)")
      try await requireEnd(pair.server, "the next read")
    },
    ConformanceCase("keep-alive forgives a short cut", needs: .cuts) { bed in
      let pair = try await bed.pair()
      pair.server.setKeepAlive(KeepAlive(idle: .seconds(1), interval: .seconds(1), count: 4))
      bed.cut()
      try await bed.pause(.milliseconds(2_500))
      bed.heal()
      try await bed.pause(.seconds(8))
      try await pair.client.write([1])
      try requireBytes(try await pair.server.read(exactly: 1), [1], "read")
    },
    ConformanceCase("keep-alive can be set shorter, and switched off", needs: .cuts) { bed in
      let pair = try await bed.pair()
      pair.server.setKeepAlive(KeepAlive(idle: .seconds(1_000), interval: .seconds(1), count: 1))
      pair.server.setKeepAlive(nil)
      pair.server.setKeepAlive(KeepAlive(idle: .seconds(1), interval: .seconds(1), count: 1))
      pair.client.setKeepAlive(KeepAlive(idle: .seconds(1), interval: .seconds(1), count: 1))
      pair.client.setKeepAlive(nil)
      bed.cut()
      let start = bed.now
      try await requireFailure(.timedOut, of: "read") { try await pair.server.read() }
      let time = start.duration(to: bed.now)
      try require(time < .seconds(5), "it took \(time)")
      try await bed.pause(.seconds(5))
      let nothing = try pair.client.handler.tryRead(atMost: 1)
      try require(nothing == nil, "switched off, it spoke")
    },
    ConformanceCase("keep-alive finds out that the other end has been reset", needs: .cuts) { bed in
      let pair = try await bed.pair()
      pair.server.setKeepAlive(KeepAlive(idle: .seconds(1), interval: .seconds(1), count: 3))
      bed.cut()
      pair.client.reset()
      try await bed.settle()
      bed.heal()
      try await requireFailure(.connectionReset, of: "read") { try await pair.server.read() }
    },
  ]
}
