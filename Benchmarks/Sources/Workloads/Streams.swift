//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension Workload {
  /// One task puts numbers into an `AsyncStream` that buffers without bound, another takes them
  /// out.
  ///
  /// Source: executor.md section 7, workload e1.
  static let streamBuffered = Workload("stream-buffered", per: "element", count: 300_000) { count in
    let (stream, continuation) = AsyncStream<Int>.makeStream()
    let consumer = Task {
      var sum = 0
      for await element in stream { sum &+= element }
      return sum
    }
    for element in 0..<count { continuation.yield(element) }
    continuation.finish()
    blackHole(await consumer.value)
  }

  /// Two tasks send one number to and fro through two streams. One operation is one element; a
  /// round trip is two.
  ///
  /// Source: executor.md section 7, workload e2.
  static let streamPingPong = Workload(
    "stream-pingpong", per: "element", count: 200_000, granularity: 2
  ) { count in
    let (requests, requester) = AsyncStream<Int>.makeStream()
    let (replies, replier) = AsyncStream<Int>.makeStream()
    let server = Task {
      for await request in requests { replier.yield(request) }
      replier.finish()
    }
    var iterator = replies.makeAsyncIterator()
    for element in 0..<count / 2 {
      requester.yield(element)
      blackHole(await iterator.next() ?? 0)
    }
    requester.finish()
    await server.value
  }
}
