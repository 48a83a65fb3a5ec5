//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

extension ConformanceCase {
  static let closing: [ConformanceCase] = [
    ConformanceCase("after closing, everything says closed") { bed in
      let pair = try await bed.pair()
      try await pair.server.write([1])
      pair.client.close()
      pair.client.close()
      pair.client.finish()
      pair.client.reset()
      for _ in 0..<2 {
        try await requireFailure(.closed, of: "read") { try await pair.client.read() }
        try await requireFailure(.closed, of: "write") { try await pair.client.write([1]) }
        try await bed.settle()
      }
    },
    ConformanceCase("closing ends a pending read") { bed in
      let pair = try await bed.pair()
      let task = Task { try await pair.client.read() }
      try await bed.settle()
      pair.client.close()
      try await requireFailure(.closed, of: "read") { try await task.value }
      try await requireEnd(pair.server, "the server's read")
    },
    ConformanceCase("closing ends a pending write; what it took still arrives") { bed in
      let pair = try await bed.pair()
      let task = Task { try await pair.client.write(pattern(tooMuch)) }
      try await pair.server.handler.waitUntilReadable(by: nil)
      try await bed.settle()
      pair.client.close()
      try await requireFailure(.closed, of: "write") { try await task.value }
      let received = try await readAll(pair.server)
      try require(!received.isEmpty, "nothing arrived")
      try requireBytes(received, pattern(received.count), "read")
    },
    ConformanceCase("closing delivers what was written before, and then the end") { bed in
      let pair = try await bed.pair()
      try await pair.client.write(pattern(100_000))
      pair.client.close()
      try await bed.settle()
      try requireBytes(try await readAll(pair.server, atMost: 999), pattern(100_000), "read")
      try await requireEnd(pair.server, "once more")
    },
    ConformanceCase("closing with unread bytes resets the other end") { bed in
      let pair = try await bed.pair()
      try await pair.server.write(pattern(100))
      try await pair.client.handler.waitUntilReadable(by: nil)
      pair.client.close()
      try await requireFailure(.connectionReset, of: "read") { try await pair.server.read() }
    },
    ConformanceCase("closing half-way through what arrived resets the other end") { bed in
      let pair = try await bed.pair()
      try await pair.server.write(pattern(100))
      _ = try await pair.client.read(exactly: 99)
      pair.client.close()
      try await pair.server.handler.waitUntilReadable(by: nil)
      try await requireFailure(.connectionReset, of: "write") { try await pair.server.write([1]) }
    },
    ConformanceCase("bytes that arrive after the close are answered with a reset") { bed in
      let pair = try await bed.pair()
      pair.client.close()
      try await requireEnd(pair.server, "the server's read")
      try await pair.server.write([1])
      // The end of the stream had been seen: a broken pipe, not a reset.
      try await requireFailureOnceSettled(.brokenPipe, of: "write", bed) {
        try await pair.server.write([2])
      }
      try await requireFailure(.brokenPipe, of: "write") { try await pair.server.write([3]) }
      try await requireEnd(pair.server, "once more")
    },
    ConformanceCase("writing into a closing connection ends in a broken pipe at some time") { bed in
      let pair = try await bed.pair()
      pair.client.close()
      var writes = 0
      do {
        while writes < 100 * bed.patience {
          try await pair.server.write(pattern(100))
          writes += 1
          try await bed.pause(.milliseconds(5))
        }
        throw ConformanceFailure("\(writes) writes to a closed end succeeded")
      } catch let error as NetworkError {
        try requireEqual(error.code, .brokenPipe, "write \(writes)")
      }
    },
    ConformanceCase("both close at once") { bed in
      let pair = try await bed.pair()
      pair.client.close()
      pair.server.close()
      try await bed.settle()
      try await requireFailure(.closed, of: "read") { try await pair.client.read() }
    },
    ConformanceCase("both close at once with bytes under way to each other") { bed in
      let pair = try await bed.pair()
      try await pair.client.write(pattern(70_000))
      try await pair.server.write(pattern(70_000))
      pair.client.close()
      pair.server.close()
      try await bed.settle()
      let again = try await bed.pair(by: pair.listener)
      try await again.client.write([1])
      try requireBytes(try await again.server.read(exactly: 1), [1], "the next connection")
    },
    ConformanceCase("closing after the other end has closed is the end of it") { bed in
      let pair = try await bed.pair()
      try await pair.client.write([9])
      pair.client.close()
      try requireBytes(try await readAll(pair.server), [9], "read")
      pair.server.close()
      try await bed.settle()
    },
    ConformanceCase("a sender whose bytes meet a closed end with more to say gets those first") {
      bed in
      let pair = try await bed.pair()
      try await pair.client.write(pattern(1_000))
      pair.client.close()
      try await pair.server.write([1])  // crosses the client's last bytes
      let bytes = try await pair.server.read(exactly: 1_000)
      try requireBytes(bytes, pattern(1_000), "read")
      try await requireEnd(pair.server, "the server's read")
      try await requireFailureOnceSettled(.brokenPipe, of: "write", bed) {
        try await pair.server.write([2])
      }
    },
  ]
}
