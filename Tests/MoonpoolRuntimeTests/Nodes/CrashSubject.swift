//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime
import Synchronization

/// What a node hands to others that outlive it.
final class Outsiders: Sendable {
  struct Contents {
    var continuations: [UnsafeContinuation<Void, Never>] = []
    var checked: [CheckedContinuation<Void, any Error>] = []
    var streams: [AsyncStream<Int>.Continuation] = []
    var tasks: [Task<Void, any Error>] = []
  }
  let contents = Mutex<Contents>(Contents())

  func take() -> Contents {
    contents.withLock { contents in
      defer { contents = Contents() }
      return contents
    }
  }
}

/// The code of a node that will be crashed: tasks that wait in every way there is.
struct CrashSubject: Sendable {
  let ledger: CrashLedger
  let shelf: SharedShelf
  let outsiders: Outsiders
  let node: SimulatedNode

  static let kinds = 14

  /// Starts `count` tasks on the node, of each kind in turn.
  func start(_ count: Int) {
    for index in 0..<count {
      let task = node.run { try await live(index % Self.kinds) }
      outsiders.contents.withLock { $0.tasks.append(task) }
    }
  }

  private func touch(_ place: String) { ledger.touch(node, place) }

  private func live(_ kind: Int) async throws {
    let sentinel = Sentinel(ledger, node, "kind \(kind)")
    defer { touch("defer of kind \(kind)") }
    touch("kind \(kind)")
    do {
      try await wait(kind)
      touch("after the wait of kind \(kind)")
    } catch {
      touch("catch of kind \(kind)")
      throw error
    }
    withExtendedLifetime(sentinel) {}
  }

  private func wait(_ kind: Int) async throws {
    // Nobody would resume a continuation that is made while being run out.
    try Task.checkCancellation()
    switch kind {
    case 0: while true { try await sleepNatively() }
    case 1: while true { try await sleepCheaply() }
    case 2: try await Holder(subject: self).hold()
    case 3: await useShelf()
    case 4: await useShelfTwice()
    case 5: await waitForContinuation()
    case 6: try await waitForCheckedContinuation()
    case 7: await waitForStream()
    case 8: try await waitForGroup()
    case 9: await waitForAsyncLets()
    case 10: await waitForOtherTask()
    case 11: try await waitOnMainActor()
    case 12: await dropOnShelf()
    default: try await waitForCancellation()
    }
  }

  private func sleepNatively() async throws {
    try await Task.sleep(for: .microseconds(70))
    touch("Task.sleep")
  }

  private func sleepCheaply() async throws {
    try await Simulation.clock.sleep(for: .microseconds(50))
    touch("SimulationClock.sleep")
  }

  private func useShelf() async {
    while !Task.isCancelled {
      await shelf.use(ledger, node)
      touch("after the shared actor")
      await Task.yield()
    }
  }

  private func useShelfTwice() async {
    while !Task.isCancelled { await shelf.useTwice(ledger, node) }
  }

  private func waitForContinuation() async {
    await withUnsafeContinuation { continuation in
      outsiders.contents.withLock { $0.continuations.append(continuation) }
    }
    touch("continuation")
  }

  private func waitForCheckedContinuation() async throws {
    try await withCheckedThrowingContinuation { continuation in
      outsiders.contents.withLock { $0.checked.append(continuation) }
    }
    touch("checked continuation")
  }

  private func waitForStream() async {
    let (stream, feed) = AsyncStream.makeStream(of: Int.self)
    outsiders.contents.withLock { $0.streams.append(feed) }
    for await _ in stream { touch("stream element") }
    touch("end of stream")
  }

  private func waitForGroup() async throws {
    try await withThrowingTaskGroup { group in
      defer { touch("defer in a group") }
      for _ in 0..<3 {
        group.addTask {
          defer { touch("defer of a group child") }
          while true { try await sleepNatively() }
        }
      }
      try await group.waitForAll()
    }
  }

  private func waitForAsyncLets() async {
    while !Task.isCancelled {
      async let first: Void = shelf.use(ledger, node)
      async let second: Void = shelf.useTwice(ledger, node)
      async let third: Void = nested()
      _ = await (first, second, third)
      touch("async let")
    }
  }

  private func nested() async {
    touch("async let child")
    async let deeper: Void = shelf.use(ledger, node)
    await deeper
    touch("nested async let")
  }

  private func waitForOtherTask() async {
    let other = Task {
      defer { touch("defer of an awaited task") }
      while !Task.isCancelled { await Task.yield() }
    }
    await other.value
    touch("value of a task")
  }

  @MainActor private func waitOnMainActor() async throws {
    while true {
      touch("main actor")
      await Task.yield()
      try Task.checkCancellation()
    }
  }

  private func dropOnShelf() async {
    while !Task.isCancelled {
      _ = IsolatedSentinel(ledger, node)
      await Task.yield()
      touch("after dropping")
    }
  }

  private func waitForCancellation() async throws {
    try await withTaskCancellationHandler {
      defer { touch("defer under a handler") }
      while true { try await sleepCheaply() }
    } onCancel: {
      touch("onCancel")
    }
  }

  /// Suspended inside an actor of the node's own.
  private actor Holder {
    let subject: CrashSubject
    var holding = 0

    init(subject: CrashSubject) { self.subject = subject }

    func hold() async throws {
      holding += 1
      defer {
        holding -= 1
        subject.touch("defer in an actor")
      }
      async let again: Void = enter()
      while true {
        try await subject.sleepCheaply()
        subject.touch("actor")
      }
      try await again
    }

    private func enter() async throws {
      while holding > 0 { try await subject.sleepNatively() }
    }
  }
}
