//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// A type whose text says everything about a value, so that it is also how the value is coded.
///
/// Coded values are then readable in any format, and decoding is as strict as parsing.
protocol TextForm: Codable, CustomStringConvertible {
  associatedtype ParseError: Error, CustomStringConvertible

  init(parsing text: String) throws(ParseError)
}

extension TextForm {
  func encodeText(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  init(textFrom decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    do throws(ParseError) {
      try self.init(parsing: text)
    } catch {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
    }
  }
}

extension StringProtocol {
  /// The text in quotes for a message: on one line, in ASCII, and not too long to be read.
  var quoted: String {
    let longest = 80
    var result = "\""
    var count = 0
    for scalar in unicodeScalars {
      guard count < longest else { return result + "\"…" }
      result += scalar.escaped(asASCII: true)
      count += 1
    }
    return result + "\""
  }
}

extension Substring {
  /// The rest after some bytes; counting characters would swallow accents that follow them.
  func dropFirst(bytes count: Int) -> Substring { Substring(utf8.dropFirst(count)) }
}

/// Reads numbers and marks from the bytes of a text, strictly.
struct ByteScanner {
  private let bytes: Substring.UTF8View
  private var position: Substring.UTF8View.Index

  init(_ text: Substring) {
    bytes = text.utf8
    position = bytes.startIndex
  }

  var isAtEnd: Bool { position == bytes.endIndex }

  var next: UInt8? { isAtEnd ? nil : bytes[position] }

  /// Goes past one byte if it comes next.
  mutating func take(_ byte: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: byte) else { return false }
    position = bytes.index(after: position)
    return true
  }

  /// Takes the digits that come next.
  ///
  /// - Returns: Their value, nil if it has over 64 bits, and how many digits there were, zeros at
  ///   the front included.
  mutating func digits(radix: UInt64, atMost limit: Int = .max) -> (value: UInt64?, count: Int) {
    var count = 0
    var value: UInt64? = 0
    while count < limit, let digit = next?.digitValue, digit < radix {
      let (shifted, tooLarge) = (value ?? 0).multipliedReportingOverflow(by: radix)
      let (sum, carried) = shifted.addingReportingOverflow(digit)
      value = value == nil || tooLarge || carried ? nil : sum
      count += 1
      position = bytes.index(after: position)
    }
    return (value, count)
  }

  /// Takes a decimal number as it is printed: no sign, and no zero at the front.
  mutating func number(upTo limit: UInt64) -> UInt64? {
    let startsWithZero = next == UInt8(ascii: "0")
    let (value, count) = digits(radix: 10)
    guard count > 0, count == 1 || !startsWithZero, let value, value <= limit else { return nil }
    return value
  }
}

extension UInt8 {
  /// The value of a hexadecimal digit of either case.
  fileprivate var digitValue: UInt64? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(self - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(self - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(self - UInt8(ascii: "A") + 10)
    default: nil
    }
  }
}
