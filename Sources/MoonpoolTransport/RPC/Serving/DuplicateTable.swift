//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

/// Which requests have been begun, and what came of them, for as long as they might come again.
struct DuplicateTable {
  /// What is to be done with a request.
  enum Ruling {
    /// It is new.
    case carryOut
    /// Nothing: it is being carried out, and its answer will come; or its sender has the answer, or
    /// another life.
    case ignore
    /// It was carried out, or there is no room to remember it.
    case answer(Answer)
  }

  /// What is known of one caller.
  fileprivate struct Record {
    var incarnation: UInt64
    /// Answers to older ones have been taken.
    var oldest: UInt64 = 0
    /// By number; nil: it is being carried out.
    var answers: [UInt64: Answer?] = [:]
    /// Their numbers, smallest first.
    var numbers: [UInt64] = []
    var heard: Duration
  }

  /// Callers that can be called are known by their address, and have one life at a time; others
  /// are somebody else in each life.
  private enum Name: Hashable {
    case address(NetworkAddress)
    case incarnation(UInt64)

    init(_ caller: Caller) {
      self = caller.address.map { .address($0) } ?? .incarnation(caller.incarnation)
    }
  }

  private let rule: DuplicateSuppression
  private var records: [Name: Record] = [:]
  /// How many requests are remembered, of all callers.
  private(set) var count = 0

  init(_ rule: DuplicateSuppression) { self.rule = rule }

  mutating func rule(on request: ReceivedRequest, at now: Duration) -> Ruling {
    let (name, number) = (Name(request.key.caller), request.head.number)
    var record =
      records.removeValue(forKey: name)
      ?? Record(
        incarnation: request.head.incarnation, heard: now)
    defer { records[name] = record }
    if request.head.incarnation < record.incarnation { return .ignore }
    if request.head.incarnation > record.incarnation {
      count -= record.numbers.count
      record = Record(incarnation: request.head.incarnation, heard: now)
    }
    record.heard = now
    count -= record.forget(before: request.head.oldest)
    if number < record.oldest { return .ignore }
    if let known = record.answers[number] {
      return known.map { Ruling.answer($0) } ?? .ignore
    }
    if count >= rule.limit { sweep(at: now) }
    if count >= rule.limit { return .answer(Answer(.overloaded)) }
    record.begin(number)
    count += 1
    return .carryOut
  }

  /// Callers that haven't been heard of for long don't come again.
  private mutating func sweep(at now: Duration) {
    // tidy:allow(unordered) the same ones go, in whatever order
    for (name, record) in records where record.heard + rule.retention < now {
      count -= record.numbers.count
      records[name] = nil
    }
  }

  /// What came of a request.
  mutating func finish(_ key: RequestKey, _ answer: Answer) {
    let name = Name(key.caller)
    guard records[name]?.incarnation == key.caller.incarnation,
      records[name]!.answers[key.number] != nil
    else { return }
    records[name]!.answers[key.number] = .some(answer)
  }

  /// A request was not begun after all.
  mutating func forget(_ key: RequestKey) {
    let name = Name(key.caller)
    guard records[name]?.incarnation == key.caller.incarnation,
      records[name]!.answers.removeValue(forKey: key.number) != nil
    else { return }
    records[name]!.numbers.removeAll { $0 == key.number }
    count -= 1
  }
}

extension DuplicateTable.Record {
  mutating func begin(_ number: UInt64) {
    answers[number] = .some(nil)
    var index = numbers.count
    // They come nearly in order.
    while index > 0, numbers[index - 1] > number { index -= 1 }
    numbers.insert(number, at: index)
  }

  /// Returns how many.
  mutating func forget(before oldest: UInt64) -> Int {
    self.oldest = max(self.oldest, oldest)
    var forgotten = 0
    while forgotten < numbers.count, numbers[forgotten] < self.oldest {
      answers[numbers[forgotten]] = nil
      forgotten += 1
    }
    numbers.removeFirst(forgotten)
    return forgotten
  }
}
