//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime

extension Row {
  /// A thousand tasks with actors, groups, streams, sleeps, the main actor, cancellation,
  /// continuations, entropy and hashing: a program of the size that people run.
  public static let thousandTasks = Row("thousand tasks", .schedule) { log in
    let world = Crowd(log)
    let (stream, feed) = AsyncStream.makeStream(of: Int.self)
    let consumer = Task {
      var sum = 0
      for await number in stream { sum += number }
      return sum
    }
    await withTaskGroup(of: Int.self) { group in
      for batch in 0..<10 {
        group.addTask {
          await withTaskGroup(of: Int.self) { children in
            for i in 0..<80 { children.addTask { await world.work(batch * 80 + i, feed) } }
            return await children.reduce(0, +)
          }
        }
      }
      for await sum in group { log(sum) }
    }
    feed.finish()
    log("consumed \(await consumer.value)")
    log("counted \(await world.total)")
  }
}

/// What the tasks share.
private struct Crowd: Sendable {
  private let counters = (0..<8).map { _ in SleepyCounter() }
  private let board: Board
  private let log: RowLog

  init(_ log: RowLog) {
    self.log = log
    board = Board()
  }

  var total: Int {
    get async {
      var total = await board.count
      for counter in counters { total += await counter.count }
      return total
    }
  }

  func work(_ i: Int, _ feed: AsyncStream<Int>.Continuation) async -> Int {
    let counter = counters[i % counters.count]
    switch i % 10 {
    case 0: try? await Task.sleep(for: .milliseconds(i % 13))
    case 1: return await counter.add(i)
    case 2: return await counter.addSlowly(i)
    case 3:
      async let quick = counters[0].add(1)
      async let slow = counter.addSlowly(2)
      return await quick + slow
    case 4:
      for k in 0..<3 {
        feed.yield(i * 10 + k)
        await Task.yield()
      }
    case 5: await board.pin()
    case 6: return await cancelled(i)
    case 7: await resumed(after: .microseconds(i))
    case 8: return Int.random(in: 0..<1_000)
    default: log("\(Set((0..<6).map { $0 &* 7919 &+ i }).map { $0 })")
    }
    return i
  }

  private func cancelled(_ i: Int) async -> Int {
    let task = Task.detached { try await Task.sleep(for: .seconds(100)) }
    await Task.yield()
    task.cancel()
    if case .failure = await task.result { return i }
    return 0
  }

  private func resumed(after delay: Duration) async {
    await withCheckedContinuation { continuation in
      Task {
        try? await SimulationClock().sleep(for: delay)
        continuation.resume()
      }
    }
  }
}

private actor SleepyCounter {
  private(set) var count = 0

  func add(_ more: Int) -> Int {
    count += more
    return count
  }

  func addSlowly(_ more: Int) async -> Int {
    let seen = count
    try? await Task.sleep(for: .microseconds(more % 7))
    count = seen + more
    return count
  }
}

private final class Board: Sendable {
  @MainActor private(set) var count = 0
  nonisolated init() {}
  @MainActor func pin() { count += 1 }
}
