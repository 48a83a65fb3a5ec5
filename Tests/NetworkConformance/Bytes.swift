//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

extension ConformanceCase {
  static let bytes: [ConformanceCase] = [
    ConformanceCase("a thousand writes of one byte are a thousand bytes in order") { bed in
      let pair = try await bed.pair()
      let all = pattern(1_000)
      let sender = Task {
        for byte in all { try await pair.client.write([byte]) }
        pair.client.finish()
      }
      try requireBytes(try await readAll(pair.server), all, "read")
      try await sender.value
    },
    ConformanceCase("ten mebibytes in one write") { bed in
      let pair = try await bed.pair()
      let all = pattern(10 << 20)
      let sender = Task {
        try await pair.client.write(all)
        pair.client.finish()
      }
      try requireBytes(try await readAll(pair.server), all, "read")
      try await sender.value
    },
    ConformanceCase("pieces of a mebibyte to a slow reader") { bed in
      let pair = try await bed.pair()
      let sender = Task {
        for number in 0..<4 { try await pair.client.write(pattern(1 << 20, seed: number)) }
        pair.client.finish()
      }
      for number in 0..<4 {
        try await bed.pause(.milliseconds(10))
        let piece = try await pair.server.read(exactly: 1 << 20)
        try requireBytes(piece, pattern(1 << 20, seed: number), "piece \(number)")
      }
      try await requireEnd(pair.server, "read")
      try await sender.value
    },
    ConformanceCase("several pieces in one write arrive one behind the other") { bed in
      let pair = try await bed.pair()
      let pieces = [pattern(10), [], pattern(5_000, seed: 1), pattern(1, seed: 2), []]
      try await pair.client.write(pieces)
      pair.client.finish()
      try requireBytes(try await readAll(pair.server), Array(pieces.joined()), "read")
    },
    ConformanceCase("read(exactly:) gathers what comes in many pieces") { bed in
      let pair = try await bed.pair()
      let sender = Task {
        for number in 0..<50 {
          try await pair.client.write(Array(pattern(5_000)[(number * 100)..<(number * 100 + 100)]))
          try await bed.pause(.microseconds(100))
        }
      }
      try requireBytes(try await pair.server.read(exactly: 5_000), pattern(5_000), "read")
      try await sender.value
    },
    ConformanceCase("a read gives no more than was asked for, and loses nothing") { bed in
      let pair = try await bed.pair()
      let all = pattern(20_000)
      try await pair.client.write(all)
      pair.client.finish()
      var received: [UInt8] = []
      var wanted = 1
      while let bytes = try await pair.server.read(atMost: wanted) {
        try require((1...wanted).contains(bytes.count), "read(\(wanted)) gave \(bytes.count)")
        received += bytes
        wanted = wanted % 700 + 13
      }
      try requireBytes(received, all, "all reads")
    },
    ConformanceCase("reading nothing takes nothing") { bed in
      let pair = try await bed.pair()
      try requireBytes(try await pair.server.read(exactly: 0), [], "read of nothing")
      try await pair.client.write([5])
      try requireBytes(try await pair.server.read(exactly: 0), [], "read of nothing")
      try requireBytes(try await pair.server.read(exactly: 1), [5], "read")
    },
    ConformanceCase("writing nothing sends nothing") { bed in
      let pair = try await bed.pair()
      try await pair.client.write([UInt8]())
      try await pair.client.write([[UInt8]]())
      try await pair.client.write([5])
      try await pair.client.write([UInt8]())
      pair.client.finish()
      try requireBytes(try await readAll(pair.server), [5], "read")
    },
    ConformanceCase("both directions at once, each in its own order") { bed in
      let pair = try await bed.pair()
      let up = pattern(400_000, seed: 1)
      let down = pattern(400_000, seed: 2)
      async let first: Void = pair.client.write(up)
      async let second: Void = pair.server.write(down)
      async let atServer = pair.server.read(exactly: up.count)
      async let atClient = pair.client.read(exactly: down.count)
      try requireBytes(try await atServer, up, "at the server")
      try requireBytes(try await atClient, down, "at the client")
      _ = try await (first, second)
    },
    ConformanceCase("sizes around those of buffers") { bed in
      let pair = try await bed.pair()
      for size in [1_459, 1_460, 1_461, 4_095, 4_096, 65_535, 65_536, 65_537, 131_072, 131_073] {
        let all = pattern(size, seed: size)
        let sender = Task { try await pair.client.write(all) }
        try requireBytes(try await pair.server.read(exactly: size), all, "\(size) bytes")
        try await sender.value
      }
    },
    ConformanceCase("question and answer, two hundred times") { bed in
      let pair = try await bed.pair()
      let echo = Task {
        for try await bytes in pair.server.inbound { try await pair.server.outbound.write(bytes) }
        pair.server.outbound.finish()
      }
      for number in 0..<200 {
        let question = pattern(1 + number % 50, seed: number)
        try await pair.client.write(question)
        let answer = try await pair.client.read(exactly: question.count)
        try requireBytes(answer, question, "answer \(number)")
      }
      pair.client.finish()
      try await requireEnd(pair.client, "read")
      try await echo.value
    },
    ConformanceCase("an echo of everything, cut in any way, is everything") { bed in
      let pair = try await bed.pair()
      let echo = Task {
        while let bytes = try await pair.server.read(atMost: 777) {
          try await pair.server.write(bytes)
        }
        pair.server.close()
      }
      let all = pattern(150_000)
      let sender = Task {
        var start = 0
        var size = 1
        while start < all.count {
          let end = min(all.count, start + size)
          try await pair.client.write(Array(all[start..<end]))
          start = end
          size = size * 7 % 9_001 + 1
        }
        pair.client.finish()
      }
      try requireBytes(try await readAll(pair.client), all, "the echo")
      try await sender.value
      try await echo.value
    },
  ]
}
