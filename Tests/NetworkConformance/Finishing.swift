//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

extension ConformanceCase {
  static let finishing: [ConformanceCase] = [
    ConformanceCase("the client finishes first, and still gets its answer") { bed in
      let pair = try await bed.pair()
      try await pair.client.write(pattern(100))
      pair.client.finish()
      try requireBytes(try await readAll(pair.server), pattern(100), "the request")
      try await bed.settle()
      try await pair.server.write(pattern(5_000, seed: 1))
      pair.server.finish()
      try requireBytes(try await readAll(pair.client), pattern(5_000, seed: 1), "the answer")
    },
    ConformanceCase("the server finishes first, and still gets what the client says") { bed in
      let pair = try await bed.pair()
      try await pair.server.write(pattern(100))
      pair.server.finish()
      try requireBytes(try await readAll(pair.client), pattern(100), "the greeting")
      try await bed.settle()
      try await pair.client.write(pattern(5_000, seed: 1))
      pair.client.close()
      try requireBytes(try await readAll(pair.server), pattern(5_000, seed: 1), "the answer")
    },
    ConformanceCase("both finish at once, and both get everything") { bed in
      let pair = try await bed.pair()
      try await pair.server.write(pattern(3_000, seed: 1))
      try await pair.client.write(pattern(3_000, seed: 2))
      pair.server.finish()
      pair.client.finish()
      try requireBytes(try await readAll(pair.client), pattern(3_000, seed: 1), "client")
      try requireBytes(try await readAll(pair.server), pattern(3_000, seed: 2), "server")
      pair.close()
    },
    ConformanceCase("writing after one's own finish is a broken pipe, again and again") { bed in
      let pair = try await bed.pair()
      pair.client.finish()
      for _ in 0..<3 {
        try await requireFailure(.brokenPipe, of: "write") { try await pair.client.write([1]) }
      }
      try await requireEnd(pair.server, "the server's read")
    },
    ConformanceCase("reading after one's own finish goes on") { bed in
      let pair = try await bed.pair()
      pair.client.finish()
      for number in 0..<5 {
        try await pair.server.write(pattern(100, seed: number))
        let bytes = try await pair.client.read(exactly: 100)
        try requireBytes(bytes, pattern(100, seed: number), "read \(number)")
      }
    },
    ConformanceCase("the end of the stream comes behind all bytes") { bed in
      let pair = try await bed.pair()
      async let received = readAll(pair.server)
      try await pair.client.write(pattern(300_000))
      pair.client.finish()
      try requireBytes(try await received, pattern(300_000), "read")
      try await requireEnd(pair.server, "once more")
    },
    ConformanceCase("finishing twice is finishing once") { bed in
      let pair = try await bed.pair()
      try await pair.client.write([1, 2])
      pair.client.finish()
      pair.client.finish()
      try requireBytes(try await readAll(pair.server), [1, 2], "read")
      try await pair.server.write([3])
      try requireBytes(try await pair.client.read(exactly: 1), [3], "answer")
      pair.client.finish()
      pair.client.close()
      try await bed.settle()
      try await requireEnd(pair.server, "the server's read")
    },
    ConformanceCase("finishing ends a pending write; what it took still arrives") { bed in
      let pair = try await bed.pair()
      let task = Task { try await pair.client.write(pattern(tooMuch)) }
      try await pair.server.handler.waitUntilReadable(by: nil)
      try await bed.settle()
      pair.client.finish()
      try await requireFailure(.brokenPipe, of: "write") { try await task.value }
      let received = try await readAll(pair.server)
      try require(!received.isEmpty, "nothing arrived")
      try requireBytes(received, pattern(received.count), "read")
    },
    ConformanceCase("who waits for bytes is woken by the end of the stream") { bed in
      let pair = try await bed.pair()
      let task = Task { try await pair.server.read() }
      try await bed.settle()
      pair.client.finish()
      let bytes = try await task.value
      try require(bytes == nil, "read gave bytes")
    },
    ConformanceCase("a stream that ends too early is an error that counts") { bed in
      let pair = try await bed.pair()
      try await pair.client.write(pattern(7))
      pair.client.finish()
      do {
        _ = try await pair.server.read(exactly: 10)
        throw ConformanceFailure("read succeeded")
      } catch let error as EndOfStream {
        try requireEqual(error, EndOfStream(received: 7, expected: 10), "the error")
      }
    },
  ]
}
