//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension Race {
  /// A caller who has waited for the rate limiter does not look again.
  public static let rateLimiter = Race(
    name: "rate-limiter",
    summary: "a caller who has waited for the limiter goes without a second look",
    story: """
      One request per 100 ms. Bob waits until the limiter is free, but on his way back into the \
      actor Eve may arrive and take the turn. With `if`, Bob goes all the same; with `while`, he \
      looks again and waits for the next turn.
      """,
    buggy: { try await askThrice { try await $0.acquire() } },
    fixed: { try await askThrice { try await $0.acquireLookingAgain() } }
  )
}

private actor RateLimiter {
  private let clock = ContinuousClock()
  private let interval = Duration.milliseconds(100)
  private var last: ContinuousClock.Instant?
  private(set) var shortestGap: Duration?

  /// Wrong: what was true before the sleep need not be true after it.
  func acquire() async throws {
    if let last, clock.now < last + interval {
      note("waits")
      try await clock.sleep(until: last + interval)
    }
    go()
  }

  /// Right: after each sleep, the question is asked again.
  func acquireLookingAgain() async throws {
    while let last, clock.now < last + interval {
      note("waits")
      try await clock.sleep(until: last + interval)
    }
    go()
  }

  private func go() {
    let now = clock.now
    if let last { shortestGap = min(shortestGap ?? now - last, now - last) }
    last = now
    note("goes")
  }
}

private func askThrice(
  _ acquire: @escaping @Sendable (RateLimiter) async throws -> Void
) async throws {
  let limiter = RateLimiter()
  try await withThrowingTaskGroup { group in
    group.addTask(name: "Ann") { try await acquire(limiter) }
    group.addTask(name: "Bob") { try await acquire(limiter) }
    group.addTask(name: "Eve") {
      try await Task.sleep(for: .milliseconds(100))
      note("arrives")
      try await acquire(limiter)
    }
    try await group.waitForAll()
  }
  let gap = await limiter.shortestGap ?? .zero
  try check(gap >= .milliseconds(100), "two requests went \(Int(gap / .microseconds(1))) µs apart")
}
