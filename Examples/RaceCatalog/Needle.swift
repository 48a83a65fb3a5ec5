//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Synchronization

extension Race {
  /// Four tasks of twenty must act in one order, the opposite of the likely one.
  public static let needle = Race(
    name: "needle",
    summary: "a stale hint: four of twenty tasks in the one order of twenty-four that breaks it",
    story: """
      Twenty tasks work on a store. The prefetcher remembers where a record lives, the writer \
      moves the record, the compactor frees the page that it left, and the reader follows the \
      hint. It takes all four in just this order, three ordering constraints, and each has to \
      overtake the next, which has less to do before. A reader who asks for the record's home is \
      safe.
      """,
    buggy: { try await useStore { $0.read() } },
    fixed: { try await useStore { $0.readAtHome() } }
  )
}

/// A record that moves from page 1 to page 2. Each method is atomic; only their order can go wrong.
private final class PageStore: Sendable {
  private struct State {
    var pages: Set = [1, 2]
    var home = 1
    var hint: Int?
  }
  private let state = Mutex(State())

  /// Remembers where the record lives.
  func prefetch() {
    let page = state.withLock { state in
      state.hint = state.home
      return state.home
    }
    note("remembers page \(page)")
  }

  /// Moves the record to page 2.
  func move() {
    state.withLock { $0.home = 2 }
    note("moves the record to page 2")
  }

  /// Frees page 1 if the record has left it.
  func compact() {
    let freed = state.withLock { $0.home == 2 && $0.pages.remove(1) != nil }
    note(freed ? "frees page 1" : "finds nothing to free")
  }

  /// Wrong: follows the hint. Returns whether the page was there.
  func read() -> Bool {
    state.withLock { $0.pages.contains($0.hint ?? $0.home) }
  }

  /// Right: asks where the record lives now.
  func readAtHome() -> Bool {
    state.withLock { $0.pages.contains($0.home) }
  }
}

private func useStore(_ read: @escaping @Sendable (PageStore) -> Bool) async throws {
  let store = PageStore()
  try await withThrowingTaskGroup { group in
    group.addTask(name: "prefetcher") {
      await work(steps: 4)
      store.prefetch()
    }
    group.addTask(name: "writer") {
      await work(steps: 3)
      store.move()
    }
    group.addTask(name: "compactor") {
      await work(steps: 2)
      store.compact()
    }
    group.addTask(name: "reader") {
      await work(steps: 1)
      let found = read(store)
      note(found ? "reads the record" : "reads a freed page")
      try check(found, "the reader followed a stale hint to a freed page")
    }
    for client in 1...16 {
      group.addTask(name: "client \(client)") { await work(steps: 3) }
    }
    try await group.waitForAll()
  }
}

/// Other work: so many times, any other task may go first.
private func work(steps: Int) async {
  for _ in 0..<steps { await Task.yield() }
}
