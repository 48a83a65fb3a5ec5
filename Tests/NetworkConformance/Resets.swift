//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

extension ConformanceCase {
  static let resets: [ConformanceCase] = [
    ConformanceCase("a reset wakes a pending read") { bed in
      let pair = try await bed.pair()
      let task = Task { try await pair.server.read() }
      try await bed.settle()
      pair.client.reset()
      try await requireFailure(.connectionReset, of: "read") { try await task.value }
    },
    ConformanceCase("a reset wakes a pending write") { bed in
      let pair = try await bed.pair()
      let task = Task { try await pair.server.write(pattern(tooMuch)) }
      try await bed.settle()
      pair.client.reset()
      try await requireFailure(.connectionReset, of: "write") { try await task.value }
    },
    ConformanceCase("a reset is told once: to the reader, if that one asks first") { bed in
      let pair = try await bed.pair()
      pair.client.reset()
      try await requireFailure(.connectionReset, of: "read") { try await pair.server.read() }
      try await requireEnd(pair.server, "after the error, read")
      for _ in 0..<2 {
        try await requireFailure(.brokenPipe, of: "write") { try await pair.server.write([1]) }
      }
    },
    ConformanceCase("a reset is told once: to the writer, if that one asks first") { bed in
      let pair = try await bed.pair()
      pair.client.reset()
      try await pair.server.handler.waitUntilReadable(by: nil)
      try await requireFailure(.connectionReset, of: "write") { try await pair.server.write([1]) }
      try await requireFailure(.brokenPipe, of: "write") { try await pair.server.write([1]) }
      try await requireEnd(pair.server, "after the error, read")
    },
    ConformanceCase("what arrived before the reset can be read before the error") { bed in
      let pair = try await bed.pair()
      try await pair.client.write(pattern(1_000))
      try await pair.server.handler.waitUntilReadable(by: nil)
      try await bed.settle()
      pair.client.reset()
      try await bed.settle()
      try requireBytes(try await pair.server.read(exactly: 600), pattern(600), "read")
      _ = try await pair.server.read(exactly: 400)
      try await requireFailure(.connectionReset, of: "read") { try await pair.server.read() }
    },
    ConformanceCase("a reset behind the end of the stream: reads end, writes find it broken") {
      bed in
      let pair = try await bed.pair()
      pair.client.finish()
      try await requireEnd(pair.server, "read")
      pair.client.reset()
      try await bed.settle()
      try await requireEnd(pair.server, "read after the reset")
      try await requireFailureOnceSettled(.brokenPipe, of: "write", bed) {
        try await pair.server.write([1])
      }
    },
    ConformanceCase("one's own reset closes this end at once") { bed in
      let pair = try await bed.pair()
      let task = Task { try await pair.client.read() }
      try await bed.settle()
      pair.client.reset()
      pair.client.reset()
      try await requireFailure(.closed, of: "the pending read") { try await task.value }
      try await requireFailure(.closed, of: "read") { try await pair.client.read() }
      try await requireFailure(.closed, of: "write") { try await pair.client.write([1]) }
    },
    ConformanceCase("both reset at once") { bed in
      let pair = try await bed.pair()
      pair.client.reset()
      pair.server.reset()
      try await bed.settle()
      try await requireFailure(.closed, of: "read") { try await pair.server.read() }
    },
    ConformanceCase("a reset crosses bytes and the end of the stream") { bed in
      let pair = try await bed.pair()
      try await pair.server.write(pattern(100))
      pair.server.finish()
      pair.client.reset()
      try await requireFailure(.connectionReset, of: "read") { try await pair.server.read() }
    },
    ConformanceCase("finishing after the error is nothing") { bed in
      let pair = try await bed.pair()
      pair.client.reset()
      try await requireFailure(.connectionReset, of: "read") { try await pair.server.read() }
      pair.server.finish()
      try await requireEnd(pair.server, "read")
      try await requireFailure(.brokenPipe, of: "write") { try await pair.server.write([1]) }
      pair.server.reset()
      try await requireFailure(.closed, of: "read") { try await pair.server.read() }
    },
    ConformanceCase("a reset in the middle of a long transfer cuts nothing out of it") { bed in
      let pair = try await bed.pair()
      let sender = Task { try await pair.client.write(pattern(tooMuch)) }
      var received = try await pair.server.read(exactly: 100_000)
      pair.client.reset()
      try await requireFailure(.closed, of: "write") { try await sender.value }
      try await requireFailure(.connectionReset, of: "read") {
        while let bytes = try await pair.server.read() { received += bytes }
      }
      try requireBytes(received, pattern(received.count), "what arrived")
    },
  ]
}
