//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension Race {
  /// A payment whose reply comes as the client gives up is made twice.
  public static let retry = Race(
    name: "retry",
    summary: "a reply as slow as the timeout makes the client pay twice",
    story: """
      The server charges the card at once, but its reply takes as long as the client's timeout. \
      When the timeout wins, the client cannot know that it has paid, and tries again. If every \
      attempt carries the same payment number, the server recognises the second one.
      """,
    buggy: { try await pay { attempt in "order 7, attempt \(attempt)" } },
    fixed: { try await pay { _ in "order 7" } }
  )
}

private actor CardServer {
  private var payments: Set<String> = []
  private(set) var charged = 0

  /// Charges the card once per payment number; the reply takes 100 ms.
  func charge(_ amount: Int, payment: String) async throws {
    if payments.insert(payment).inserted {
      charged += amount
      note("charges \(amount), \(charged) in all")
    } else {
      note("is recognised: \(payment) is paid")
    }
    try await Task.sleep(for: .milliseconds(100))
    note("has the reply")
  }
}

private func pay(paymentNumber: @Sendable (Int) -> String) async throws {
  let server = CardServer()
  for attempt in 1...3 {
    let payment = paymentNumber(attempt)
    do {
      try await withTimeout(.milliseconds(100)) { try await server.charge(80, payment: payment) }
      break
    } catch is TimedOut {
      note("gives up attempt \(attempt)")
    }
  }
  let charged = await server.charged
  try check(charged == 80, "a bill of 80 was charged \(charged)")
}

private struct TimedOut: Error {}

/// Runs `operation`, or throws ``TimedOut`` if it takes longer than `limit`.
private func withTimeout(
  _ limit: Duration, _ operation: @escaping @Sendable () async throws -> Void
) async throws {
  try await withThrowingTaskGroup { group in
    group.addTask(name: "request") { try await operation() }
    group.addTask(name: "timer") {
      try await Task.sleep(for: limit)
      note("fires")
      throw TimedOut()
    }
    try await group.next()
    group.cancelAll()
  }
}
