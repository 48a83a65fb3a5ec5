//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension Row {
  static let streamRows: [Row] = [
    Row("AsyncStream, buffered", .schedule) { log in
      let stream = AsyncStream<Int> { continuation in
        for i in 0..<3 { continuation.yield(i) }
        Task {
          for i in 3..<6 {
            continuation.yield(i)
            await Task.yield()
          }
          continuation.finish()
        }
      }
      for await i in stream { log(i) }
    },
    Row("AsyncStream, unbuffered (dropping)", .values) { log in
      let (stream, continuation) = AsyncStream.makeStream(
        of: Int.self, bufferingPolicy: .bufferingNewest(1))
      let producer = Task {
        for i in 0..<8 {
          log("\(continuation.yield(i))".contains("dropped") ? "dropped" : "kept")
          await Task.yield()
        }
        continuation.finish()
      }
      for await i in stream {
        log(i)
        await Task.yield()
      }
      await producer.value
    },
    Row("AsyncStream, oldest kept", .values) { log in
      let (stream, continuation) = AsyncStream.makeStream(
        of: Int.self, bufferingPolicy: .bufferingOldest(2))
      let producer = Task {
        for i in 0..<8 {
          continuation.yield(i)
          if i % 2 == 1 { await Task.yield() }
        }
        continuation.finish()
      }
      for await i in stream {
        log(i)
        await Task.yield()
      }
      await producer.value
    },
    Row("AsyncStream.makeStream, two producers", .schedule) { log in
      let (stream, continuation) = AsyncStream.makeStream(of: String.self)
      continuation.onTermination = { log("terminated: \($0)") }
      let producers = Task {
        await withTaskGroup { group in
          for name in ["a", "b"] {
            group.addTask {
              for i in 0..<3 {
                continuation.yield("\(name)\(i)")
                await Task.yield()
              }
            }
          }
        }
        continuation.finish()
      }
      for await line in stream { log(line) }
      await producers.value
    },
    Row("AsyncStream, consumer cancelled", .schedule) { log in
      let (stream, continuation) = AsyncStream.makeStream(of: Int.self)
      continuation.onTermination = { log("terminated: \($0)") }
      let consumer = Task {
        for await i in stream { log(i) }
        log("over")
      }
      continuation.yield(1)
      await Task.yield()
      consumer.cancel()
      continuation.yield(2)
      await consumer.value
    },
    Row("AsyncStream(unfolding:)", .schedule) { log in
      let counter = Counter()
      let stream = AsyncStream<Int> {
        let next = await counter.add(1)
        return next > 4 ? nil : next
      }
      let other = Task { _ = await counter.add(1) }
      for await i in stream { log(i) }
      await other.value
    },
    Row("AsyncThrowingStream", .schedule) { log in
      let (stream, continuation) = AsyncThrowingStream.makeStream(of: Int.self)
      let producer = Task {
        for i in 0..<3 {
          continuation.yield(i)
          await Task.yield()
        }
        continuation.finish(throwing: Refused(3))
      }
      do {
        for try await i in stream { log(i) }
      } catch {
        log("\(error)")
      }
      await producer.value
    },
    Row("AsyncThrowingStream(unfolding:)", .none) { log in
      let counter = Counter()
      let stream = AsyncThrowingStream<Int, any Error> {
        let next = await counter.add(1)
        if next > 3 { throw Refused(next) }
        return next
      }
      do {
        for try await i in stream { log(i) }
      } catch {
        log("\(error)")
      }
    },
    Row("AsyncSequence operators", .schedule) { log in
      let (stream, continuation) = AsyncStream.makeStream(of: Int.self)
      let producer = Task {
        for i in 0..<10 {
          continuation.yield(i)
          if i % 3 == 0 { await Task.yield() }
        }
        continuation.finish()
      }
      let sums = stream.filter { $0 % 2 == 0 }.map { $0 * 10 }.prefix(4)
      for await i in sums { log(i) }
      await producer.value
    },
  ]
}
