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

  /// Takes the integer if the type of the key says that it means this very key.
  ///
  /// A dictionary's key "007" has the integer 7 too, but 7 would come back as "7".
  init<Key: CodingKey>(_ key: Key) {
    if let number = key.intValue, Self.isKey(key, number) {
      self = .integer(number)
    } else {
      self = .text(key.stringValue)
    }
  }

  /// Apart, so that most keys are spared the look for the type `Key?`.
  @inline(never)
  private static func isKey<Key: CodingKey>(_ key: Key, _ number: Int) -> Bool {
    Key(intValue: number)?.stringValue == key.stringValue
  }

  /// The other form of a key, in which another type of key may have written it.
  func alternative(for key: some CodingKey) -> BinaryKey? {
    switch self {
    case .integer: return .text(key.stringValue)
    case .text(let text):
      // Few keys begin like a number, and only those are worth the look.
      guard let first = text.utf8.first, first < UInt8(ascii: "A"),
        let number = Int(text), "\(number)" == text
      else { return nil }
      return .integer(number)
    }
  }
}

extension [UInt8] {
  mutating func appendKey(_ key: BinaryKey) {
    switch key {
    case .text(let text): appendText(text)
    case .integer(let number): appendInteger(number)
    }
  }

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
      var text = self[start..<start + head.contentLength]
      if text.count > limit {
        // Not in the middle of a character.
        let end = text[(start + limit)...].firstIndex { $0 & 0xC0 != 0x80 }
        text = text[..<(end ?? text.endIndex)]
      }
      return CodingStep(stringValue: String(decoding: text, as: UTF8.self))
    }
  }
}
