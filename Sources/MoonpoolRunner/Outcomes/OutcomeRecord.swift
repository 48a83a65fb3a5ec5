//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolAssertions
import MoonpoolCore
import MoonpoolRuntime

/// A line of the conversation between a worker and its campaign, as words.
enum WorkerRecord {
  /// An assertion that later outcomes call by its number.
  case site(UInt32, AssertionSite, names: [String])
  case outcome(SeedOutcome)
  /// There is nothing left to do.
  case finished

  private enum Tag: UInt64 {
    case site = 1
    case outcome = 2
    case finished = 3
  }

  /// An assertion as it travels.
  private struct SiteText: Codable {
    var kind: UInt8
    var message: String
    var file: String
    var line: Int
    var names: [String]
  }

  /// The record as words.
  var words: [UInt64] {
    switch self {
    case .site(let number, let site, let names):
      let text = SiteText(
        kind: site.kind.rawValue, message: site.message, file: site.file, line: site.line,
        names: names)
      return [Tag.site.rawValue, UInt64(number)] + Self.packed(text)
    case .outcome(let outcome): return [Tag.outcome.rawValue] + Self.words(of: outcome)
    case .finished: return [Tag.finished.rawValue]
    }
  }

  /// Reads a record; nil if the words are none.
  ///
  /// - Parameter recipe: The recipe of a place in the series.
  init?(_ words: [UInt64], recipe: (UInt64) -> Recipe) {
    var reader = WordReader(words)
    switch Tag(rawValue: reader.next()) {
    case .site:
      let number = UInt32(truncatingIfNeeded: reader.next())
      guard let text: SiteText = Self.unpacked(&reader),
        let kind = AssertionKind(rawValue: text.kind)
      else { return nil }
      let site = AssertionSite(kind, text.message, file: text.file, line: text.line)
      self = .site(number, site, names: text.names)
    case .outcome:
      guard let outcome = Self.outcome(&reader, recipe) else { return nil }
      self = .outcome(outcome)
    case .finished: self = .finished
    case nil: return nil
    }
  }

  // MARK: Outcomes

  private static func words(of outcome: SeedOutcome) -> [UInt64] {
    var words: [UInt64] = []
    words.reserveCapacity(32 + 6 * outcome.counts.sites.count)
    words += [
      outcome.index, outcome.virtualTime.clampedNanoseconds, outcome.decisionCount,
      outcome.jobCount, outcome.fingerprint, outcome.wallTime.clampedNanoseconds,
    ]
    words.append(UInt64(outcome.faults.count))
    for fault in outcome.faults {
      words += [UInt64(fault.family), fault.fired, fault.effective]
    }
    outcome.counts.append(to: &words)
    words.append(outcome.failure == nil ? 0 : 1)
    if let failure = outcome.failure { words += packed(failure) }
    return words
  }

  private static func outcome(
    _ reader: inout WordReader, _ recipe: (UInt64) -> Recipe
  ) -> SeedOutcome? {
    let index = reader.next()
    let virtualTime = Duration(nanoseconds: reader.next())
    let decisions = reader.next()
    let jobs = reader.next()
    let fingerprint = reader.next()
    let wallTime = Duration(nanoseconds: reader.next())
    var faults: [FaultStrikes] = []
    for _ in 0..<reader.count() {
      let family = Int(clamping: reader.next())
      guard FaultTable.names.indices.contains(family) else { return nil }
      faults.append(
        FaultStrikes(family: family, fired: reader.next(), effective: reader.next()))
    }
    guard let counts = RunCounts(&reader) else { return nil }
    let hasFailed = reader.next() == 1
    let failure: FailureDetails? = hasFailed ? unpacked(&reader) : nil
    guard !reader.isExhausted, hasFailed == (failure != nil) else { return nil }
    return SeedOutcome(
      index: index, recipe: recipe(index), virtualTime: virtualTime, decisionCount: decisions,
      jobCount: jobs, fingerprint: fingerprint, wallTime: wallTime, failure: failure,
      faults: faults, counts: counts)
  }

  // MARK: Texts

  /// A value as a count of bytes and words that hold them.
  private static func packed(_ value: some Encodable) -> [UInt64] {
    guard let bytes = try? BinaryCodec().encode(value) else {
      fatalError("\(type(of: value)) cannot be encoded")
    }
    var words = [UInt64](repeating: 0, count: 1 + (bytes.count + 7) / 8)
    words[0] = UInt64(bytes.count)
    for (index, byte) in bytes.enumerated() {
      words[1 + index / 8] |= UInt64(byte) << UInt64(8 * (index % 8))
    }
    return words
  }

  private static func unpacked<Value: Decodable>(_ reader: inout WordReader) -> Value? {
    let count = Int(truncatingIfNeeded: reader.next())
    guard count >= 0, count <= 8 * reader.remaining else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count {
      let word = reader.next()
      for shift in 0..<min(8, count - bytes.count) {
        bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(8 * shift)))
      }
    }
    return try? BinaryCodec().decode(Value.self, from: bytes)
  }
}

/// Reads words one after the other; zeros after the last.
struct WordReader {
  private let words: [UInt64]
  private var position = 0
  /// It was asked for more than there was.
  private(set) var isExhausted = false

  init(_ words: [UInt64]) { self.words = words }

  var remaining: Int { words.count - position }

  mutating func next() -> UInt64 {
    guard position < words.count else {
      isExhausted = true
      return 0
    }
    defer { position += 1 }
    return words[position]
  }

  /// A number of things that follow, each of at least one word.
  mutating func count() -> Int { Int(min(next(), UInt64(remaining))) }
}
