//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

/// More than a connection takes by itself while nobody reads: of Linux's buffers only the sender's
/// grows then, up to 4 MiB.
let tooMuch = 32 << 20

extension ConformanceCase {
  static let pressure: [ConformanceCase] = [
    ConformanceCase("a write waits while nobody reads, and goes on when somebody does") { bed in
      let pair = try await bed.pair()
      let block = pattern(1 << 20)
      let progress = Counter()
      let sender = Task {
        for _ in 0..<32 {
          try await pair.client.write(block)
          await progress.increment()
        }
        pair.client.finish()
      }
      // A kernel's buffers may grow for a while.
      var before = -1
      var after = 0
      for _ in 0..<20 where before != after {
        before = after
        try await bed.pause(.milliseconds(500))
        after = await progress.value
      }
      try require(after < 32, "all was taken although nobody reads")
      try requireEqual(after, before, "mebibytes taken while nobody reads")
      var received = 0
      while let bytes = try await pair.server.read() { received += bytes.count }
      try requireEqual(received, tooMuch, "bytes")
      try await sender.value
    },
    ConformanceCase("a reader that takes crumbs keeps the writer going") { bed in
      let pair = try await bed.pair()
      let all = pattern(300_000)
      let sender = Task {
        try await pair.client.write(all)
        pair.client.finish()
      }
      try await bed.settle()
      try requireBytes(try await readAll(pair.server, atMost: 500), all, "read")
      try await sender.value
    },
    ConformanceCase("trying to write takes no more than there is room for") { bed in
      let pair = try await bed.pair()
      let block = pattern(tooMuch)
      let handler = pair.client.handler
      var taken = 0
      while taken < tooMuch {
        let count = try handler.tryWrite(block, from: taken)
        if count == 0 { break }
        taken += count
      }
      try require(taken > 0 && taken < tooMuch, "\(taken) bytes were taken")
      pair.client.finish()
      try requireBytes(try await readAll(pair.server), pattern(taken), "read")
    },
    ConformanceCase("waiting for what is already there takes no time") { bed in
      let pair = try await bed.pair()
      try await pair.client.handler.waitUntilWritable(by: nil)
      try await pair.client.write([1, 2])
      try await pair.server.handler.waitUntilReadable(by: nil)
      try await pair.server.handler.waitUntilReadable(by: nil)
      try requireBytes(try pair.server.handler.tryRead(atMost: 1), [1], "the first byte")
      try await pair.server.handler.waitUntilReadable(by: nil)
      try requireBytes(try pair.server.handler.tryRead(atMost: 9), [2], "the second byte")
      let nothing = try pair.server.handler.tryRead(atMost: 9)
      try require(nothing == nil, "bytes out of nothing")
      pair.client.finish()
      try await pair.server.handler.waitUntilReadable(by: nil)
      try await pair.server.handler.waitUntilReadable(by: nil)
      try requireBytes(try pair.server.handler.tryRead(atMost: 9), [], "the end")
    },
    ConformanceCase("waiting for room ends when there is some") { bed in
      let pair = try await bed.pair()
      let block = pattern(1 << 16)
      let handler = pair.client.handler
      try await fill(handler, with: block, bed)
      let task = Task {
        try await handler.waitUntilWritable(by: nil)
        return try handler.tryWrite([1], from: 0)
      }
      try await bed.settle()
      let reader = Task {
        while try await pair.server.read() != nil {}
      }
      try requireEqual(try await task.value, 1, "bytes that found room after waiting for it")
      pair.client.finish()
      try await reader.value
    },
  ]
}

/// Writes until nothing is taken any more, also after a while: what is between the program and the
/// network may have buffers of its own.
private func fill(
  _ handler: any ConnectionHandler, with block: [UInt8], _ bed: Testbed
) async throws {
  var idle = 0
  while idle < 20 {
    idle = try handler.tryWrite(block, from: 0) > 0 ? 0 : idle + 1
    try await bed.pause(.milliseconds(1))
  }
}

/// Counts for several tasks.
actor Counter {
  private(set) var value = 0

  func increment() { value += 1 }
}
