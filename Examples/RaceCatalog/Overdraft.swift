//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension Race {
  /// Two withdrawals pass the same balance check.
  public static let overdraft = Race(
    name: "overdraft",
    summary: "two withdrawals pass the same balance check",
    story: """
      An actor runs one piece of code at a time, but at every await another call may enter. Both \
      withdrawals check the balance, then wait for the audit log, then take the money. Taking the \
      money before the first await closes the gap.
      """,
    buggy: { try await withdrawTwice { await $0.withdraw(80) } },
    fixed: { try await withdrawTwice { await $0.withdrawAtOnce(80) } }
  )
}

private actor Account {
  private(set) var balance = 100
  private let audit = AuditLog()

  /// Wrong: the balance that was checked is not the balance that is reduced.
  func withdraw(_ amount: Int) async {
    note("sees \(balance)")
    guard balance >= amount else { return note("is refused") }
    await audit.record("withdraw \(amount)")
    balance -= amount
    note("takes \(amount), leaving \(balance)")
  }

  /// Right: check and reduction with no await in between.
  func withdrawAtOnce(_ amount: Int) async {
    note("sees \(balance)")
    guard balance >= amount else { return note("is refused") }
    balance -= amount
    note("takes \(amount), leaving \(balance)")
    await audit.record("withdraw \(amount)")
  }
}

private actor AuditLog {
  private var lines: [String] = []

  func record(_ line: String) {
    note("is audited")
    lines.append(line)
  }
}

private func withdrawTwice(
  _ withdraw: @escaping @Sendable (Account) async -> Void
) async throws {
  let account = Account()
  await withTaskGroup { group in
    group.addTask(name: "Ann") { await withdraw(account) }
    group.addTask(name: "Bob") { await withdraw(account) }
  }
  let balance = await account.balance
  try check(balance >= 0, "the balance is \(balance)")
}
