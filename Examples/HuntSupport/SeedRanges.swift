//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation

/// The seeds of a hunt, in order: a range, or the lines of a file.
package struct SeedRanges: Sequence, Sendable {
  package static let seedForm =
    "expected a number from 0 to 18446744073709551615, or 0x and hex digits"

  private let ranges: [ClosedRange<UInt64>]

  /// A count, `first..<end` or `first...last`.
  package init(parsing text: String) throws(Refusal) {
    if let count = Self.seed(text) {
      guard count > 0 else { throw .usage("--seeds: 0 seeds find nothing") }
      ranges = [0...count - 1]
      return
    }
    for (separator, isClosed) in [("..<", false), ("...", true)] {
      guard let gap = text.range(of: separator) else { continue }
      guard let first = Self.seed(text[..<gap.lowerBound]),
        let last = Self.seed(text[gap.upperBound...])
      else { break }
      guard isClosed ? first <= last : first < last else {
        throw .usage("--seeds: the range \(quoted(text)) is empty")
      }
      ranges = [first...(isClosed ? last : last - 1)]
      return
    }
    throw .usage("--seeds: \(quoted(text)) is neither a count nor a range such as 100..<300")
  }

  /// The seeds of a file, one a line; a # begins a comment.
  package init(file path: String) throws(Refusal) {
    guard FileManager.default.fileExists(atPath: path) else {
      throw .noInput("--seed-list: there is no file \(quoted(path))")
    }
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw .noInput("--seed-list: \(quoted(path)) cannot be read as text")
    }
    var ranges: [ClosedRange<UInt64>] = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      let word = line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
      if word.isEmpty { continue }
      guard let seed = Self.seed(word) else {
        throw .usage(
          "--seed-list: \(path):\(index + 1): \(quoted(word)) is not a seed: \(Self.seedForm)")
      }
      ranges.append(seed...seed)
    }
    guard !ranges.isEmpty else { throw .noInput("--seed-list: \(quoted(path)) holds no seeds") }
    self.ranges = ranges
  }

  /// A seed, in decimal or hexadecimal.
  package static func seed(_ text: some StringProtocol) -> UInt64? {
    let isHex = text.hasPrefix("0x")
    let digits = isHex ? String(text.dropFirst(2)) : String(text)
    guard let first = digits.first, first.isASCII, first.isHexDigit else { return nil }
    return UInt64(digits, radix: isHex ? 16 : 10)
  }

  package func makeIterator() -> Iterator { Iterator(ranges: ranges) }

  package struct Iterator: IteratorProtocol {
    private let ranges: [ClosedRange<UInt64>]
    private var index = 0
    private var following: UInt64?

    init(ranges: [ClosedRange<UInt64>]) {
      self.ranges = ranges
      following = ranges.first?.lowerBound
    }

    package mutating func next() -> UInt64? {
      guard let seed = following else { return nil }
      if seed < ranges[index].upperBound {
        following = seed + 1
      } else {
        index += 1
        following = index < ranges.count ? ranges[index].lowerBound : nil
      }
      return seed
    }
  }
}
