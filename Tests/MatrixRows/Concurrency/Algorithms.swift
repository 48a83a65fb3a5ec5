//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import AsyncAlgorithms

extension Row {
  /// Elements `tag0`, `tag1`, … with pauses of `milliseconds`.
  private static func ticking(_ count: Int, _ milliseconds: Int, _ tag: String) -> AsyncStream<
    String
  > {
    AsyncStream { continuation in
      Task {
        for i in 0..<count {
          try? await Task.sleep(for: .milliseconds(milliseconds))
          continuation.yield("\(tag)\(i)")
        }
        continuation.finish()
      }
    }
  }

  static let algorithmRows: [Row] = [
    Row("AsyncChannel", .schedule) { log in
      let channel = AsyncChannel<String>()
      let producers = Task {
        await withTaskGroup { group in
          for name in ["a", "b"] {
            group.addTask {
              for i in 0..<3 { await channel.send("\(name)\(i)") }
            }
          }
        }
        channel.finish()
      }
      for await line in channel { log(line) }
      await producers.value
    },
    Row("AsyncThrowingChannel", .schedule) { log in
      let channel = AsyncThrowingChannel<Int, any Error>()
      let producers = Task {
        await withTaskGroup { group in
          for i in 0..<3 { group.addTask { await channel.send(i) } }
        }
        channel.fail(Refused(3))
      }
      do {
        for try await i in channel { log(i) }
      } catch {
        log("\(error)")
      }
      await producers.value
    },
    Row("merge", .schedule) { log in
      for await x in merge(ticking(4, 5, "a"), ticking(4, 5, "b"), ticking(4, 5, "c")) { log(x) }
    },
    Row("zip", .schedule) { log in
      for await (x, y) in zip(ticking(4, 3, "a"), ticking(4, 3, "b")) { log(x + y) }
    },
    Row("combineLatest", .schedule) { log in
      for await (x, y) in combineLatest(ticking(4, 3, "a"), ticking(4, 3, "b")) { log(x + y) }
    },
    Row("chain", .schedule) { log in
      for await x in chain(ticking(2, 3, "a"), ticking(2, 3, "b")) { log(x) }
    },
    Row("debounce", .schedule) { log in
      let (stream, continuation) = AsyncStream.makeStream(of: Int.self)
      let producer = Task {
        for i in 0..<12 {
          try? await Task.sleep(for: .milliseconds(i % 4 == 3 ? 30 : 3))
          continuation.yield(i)
        }
        continuation.finish()
      }
      for await x in stream.debounce(for: .milliseconds(10)) { log(x) }
      await producer.value
    },
    Row("throttle", .schedule) { log in
      for await x in ticking(12, 5, "t")._throttle(for: .milliseconds(10)) { log(x) }
    },
    Row("chunks by count or time", .schedule) { log in
      let ticks = ticking(12, 5, "k")
      for await chunk in ticks.chunks(ofCount: 4, or: .repeating(every: .milliseconds(15))) {
        log(chunk.joined(separator: " "))
      }
    },
    Row("chunked(by:)", .none) { log in
      for await chunk in ticking(6, 1, "k").chunked(by: { a, b in b != "k3" }) {
        log(chunk.joined(separator: " "))
      }
    },
    Row("buffer", .values) { log in
      let buffered = ticking(8, 1, "b").buffer(policy: .bufferingLatest(2))
      for await x in buffered {
        log(x)
        try await Task.sleep(for: .milliseconds(2))
      }
    },
    Row("AsyncTimerSequence", .schedule) { log in
      let other = Task {
        for _ in 0..<5 {
          try? await Task.sleep(for: .milliseconds(10))
          log("other")
        }
      }
      var ticks = 0
      for await _ in AsyncTimerSequence(interval: .milliseconds(10), clock: .continuous) {
        ticks += 1
        log("tick \(ticks)")
        if ticks == 5 { break }
      }
      await other.value
    },
    Row("removeDuplicates, compacted, adjacentPairs", .schedule) { log in
      let (stream, continuation) = AsyncStream.makeStream(of: Int?.self)
      let producer = Task {
        for i in [1, 1, nil, 2, 2, 3] {
          continuation.yield(i)
          await Task.yield()
        }
        continuation.finish()
      }
      for await (a, b) in stream.compacted().removeDuplicates().adjacentPairs() { log("\(a)\(b)") }
      await producer.value
    },
  ]
}
