//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// How a coding key stands in a map: as text, or as an integer.
enum BinaryKey {
  case text(String)
  case integer(Int)

  /// The integer of a key, if its type says that it means this very key.
  ///
  /// A dictionary's key "007" has the integer 7 too, but 7 would come back as "7".
  @inline(__always)
  static func number<Key: CodingKey>(of key: Key) -> Int? {
    guard let number = key.intValue, isKey(key, number) else { return nil }
    return number
  }

  /// Apart, so that most keys are spared the look for the type `Key?`.
  @inline(never)
  private static func isKey<Key: CodingKey>(_ key: Key, _ number: Int) -> Bool {
    Key(intValue: number)?.stringValue == key.stringValue
  }

  /// The integer as which another type of key may have written a text.
  static func number(inText text: String) -> Int? {
    // Few keys begin like a number, and only those are worth the look.
    guard let first = text.utf8.first, first < UInt8(ascii: "A"),
      let number = Int(text), "\(number)" == text
    else { return nil }
    return number
  }
}

extension GrowableBuffer<UInt8> {
  @inline(__always)
  mutating func appendKey(_ key: some CodingKey) {
    if let number = BinaryKey.number(of: key) {
      appendInteger(number)
    } else {
      appendText(key.stringValue)
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The step that the key at an offset stands for.
  ///
  /// - Parameter limit: How many bytes of its text are kept, and what completes a character.
  func step(forKeyAt offset: Int, upTo limit: Int = .max) -> CodingStep {
    let head = CBORHead(self, at: offset)
    switch head.major {
    case .unsigned: return CodingStep(intValue: Int(truncatingIfNeeded: head.argument))
    case .negative: return CodingStep(intValue: ~Int(truncatingIfNeeded: head.argument))
    default:
      let start = offset + head.length
      var end = start + head.contentLength
      if head.contentLength > limit {
        // Not in the middle of a character.
        end = self[(start + limit)..<end].firstIndex { $0 & 0xC0 != 0x80 } ?? end
      }
      let text = UnsafeBufferPointer(rebasing: self[start..<end])
      return CodingStep(stringValue: String(decoding: text, as: UTF8.self))
    }
  }

  /// How the bytes of one range compare to those of another: negative if they come before, 0 if
  /// they are the same.
  @inline(__always)
  func order(_ one: ByteRange, _ other: ByteRange) -> Int {
    if one.count > 0, other.count > 0, self[one.lowerBound] != self[other.lowerBound] {
      return self[one.lowerBound] < self[other.lowerBound] ? -1 : 1
    }
    let common = Swift.min(one.count, other.count)
    let order = order(one.lowerBound, self, other.lowerBound, common)
    return order != 0 ? order : one.count - other.count
  }

  /// How bytes from an offset compare to as many from an offset elsewhere.
  @inline(__always)
  func order(
    _ start: Int, _ others: UnsafeBufferPointer<UInt8>, _ otherStart: Int, _ length: Int
  ) -> Int {
    assert(start + length <= count && otherStart + length <= others.count)
    var index = 0
    while length - index >= 8 {
      let mine = word(at: start + index)
      let other = others.word(at: otherStart + index)
      if mine != other { return mine.bigEndian < other.bigEndian ? -1 : 1 }
      index += 8
    }
    while index < length {
      let mine = self[start + index]
      let other = others[otherStart + index]
      if mine != other { return mine < other ? -1 : 1 }
      index += 1
    }
    return 0
  }

  /// Whether the bytes from an offset are the same as others.
  @inline(__always)
  func contains(_ others: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
    let length = others.count
    assert(start + length <= count)
    if length >= 8 {
      var index = 0
      while index < length - 8 {
        if word(at: start + index) != others.word(at: index) { return false }
        index += 8
      }
      return word(at: start + length - 8) == others.word(at: length - 8)
    }
    if length >= 4 {
      return halfWord(at: start) == others.halfWord(at: 0)
        && halfWord(at: start + length - 4) == others.halfWord(at: length - 4)
    }
    for index in 0..<length where self[start + index] != others[index] { return false }
    return true
  }

  @inline(__always)
  private func halfWord(at offset: Int) -> UInt32 {
    UnsafeRawBufferPointer(self).loadUnaligned(fromByteOffset: offset, as: UInt32.self)
  }

  /// Eight bytes as they lie in memory.
  @inline(__always)
  func word(at offset: Int) -> UInt64 {
    UnsafeRawBufferPointer(self).loadUnaligned(fromByteOffset: offset, as: UInt64.self)
  }
}

extension String {
  /// Calls a function with the text in UTF-8, without a copy of the text where that is possible.
  @inline(__always)
  func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    if let result = utf8.withContiguousStorageIfAvailable(body) { return result }
    var copy = self
    return copy.withUTF8(body)
  }
}
