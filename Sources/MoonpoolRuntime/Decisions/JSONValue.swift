//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Just enough JSON (RFC 8259) for our own files, where Foundation must not be.
enum JSONValue {
  case null
  case bool(Bool)
  /// As written, so that 64-bit numbers stay exact.
  case number(String)
  case string(String)
  case array([JSONValue])
  /// In the order of the text.
  case object([(name: String, value: JSONValue)])

  init(parsing text: some StringProtocol) throws(JSONError) {
    var parser = JSONParser(bytes: Array(text.utf8))
    self = try parser.value(depth: 0)
    parser.skipSpaces()
    guard parser.isAtEnd else { throw parser.error("found more text after the value") }
  }

  /// A number, as a string when a reader with 53-bit numbers would round it.
  static func write(_ number: UInt64) -> String {
    number <= 1 << 53 ? "\(number)" : "\"\(number)\""
  }

  /// A string with its quotes.
  static func quote(_ string: String) -> String {
    var quoted = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      // The last three are line ends to some readers of lines.
      case "\u{0}"..<"\u{20}", "\u{7f}", "\u{85}", "\u{2028}", "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

/// What is wrong with a JSON text.
struct JSONError: Error {
  /// In bytes, from 1.
  var column: Int
  var reason: String
}

private struct JSONParser {
  let bytes: [UInt8]
  var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }
  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  func error(_ reason: String) -> JSONError { JSONError(column: position + 1, reason: reason) }

  mutating func skipSpaces() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d {
      position += 1
    }
  }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpaces()
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func expect(_ character: Unicode.Scalar) throws(JSONError) {
    guard take(character) else { throw error("expected '\(character)'") }
  }

  mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    guard depth < 16 else { throw error("the value is nested more than 16 deep") }
    skipSpaces()
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    default: return try word()
    }
  }

  mutating func object(depth: Int) throws(JSONError) -> JSONValue {
    try expect("{")
    var members: [(name: String, value: JSONValue)] = []
    if take("}") { return .object(members) }
    repeat {
      skipSpaces()
      let name = try string()
      try expect(":")
      members.append((name, try value(depth: depth + 1)))
    } while take(",")
    try expect("}")
    return .object(members)
  }

  mutating func array(depth: Int) throws(JSONError) -> JSONValue {
    try expect("[")
    var elements: [JSONValue] = []
    if take("]") { return .array(elements) }
    repeat { elements.append(try value(depth: depth + 1)) } while take(",")
    try expect("]")
    return .array(elements)
  }

  /// A number or one of the three names.
  mutating func word() throws(JSONError) -> JSONValue {
    let start = position
    while let byte = next, UInt8(ascii: "+")...UInt8(ascii: "z") ~= byte,
      ![UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "["), UInt8(ascii: ":")].contains(byte)
    {
      position += 1
    }
    let word = String(decoding: bytes[start..<position], as: UTF8.self)
    switch word {
    case "null": return .null
    case "true": return .bool(true)
    case "false": return .bool(false)
    default:
      guard Double(word) != nil, word.utf8.first != UInt8(ascii: "+") else {
        position = start
        throw error("expected a value")
      }
      return .number(word)
    }
  }

  mutating func string() throws(JSONError) -> String {
    guard next == UInt8(ascii: "\"") else { throw error("expected a string in double quotes") }
    position += 1
    var utf8: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: utf8, as: UTF8.self)
      case UInt8(ascii: "\\"): utf8.append(contentsOf: String(try escape()).utf8)
      default: utf8.append(byte)
      }
    }
    throw error("the string has no end; add '\"'")
  }

  mutating func escape() throws(JSONError) -> Unicode.Scalar {
    guard let byte = next else { throw error("the string has no end; add '\"'") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw error("no escape is written that way; write '\\\\' for a backslash")
    }
  }

  mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
    let first = try hexDigits()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xdc00, next == UInt8(ascii: "\\") else {
      throw error("half of a surrogate pair stands alone")
    }
    position += 1
    guard next == UInt8(ascii: "u") else { throw error("half of a surrogate pair stands alone") }
    position += 1
    let second = try hexDigits()
    guard 0xdc00...0xdfff ~= second,
      let scalar = Unicode.Scalar(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))
    else { throw error("half of a surrogate pair stands alone") }
    return scalar
  }

  mutating func hexDigits() throws(JSONError) -> UInt32 {
    let end = position + 4
    guard end <= bytes.count,
      let value = UInt32(String(decoding: bytes[position..<end], as: UTF8.self), radix: 16)
    else { throw error("'\\u' needs four hexadecimal digits") }
    position = end
    return value
  }
}
