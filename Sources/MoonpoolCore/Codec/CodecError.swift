//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Why a value could not be encoded, or bytes not be decoded.
public struct CodecError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was being done.
  public enum Operation: Sendable, Hashable {
    /// A value was being turned into bytes.
    case encode
    /// Bytes were being turned into a value.
    case decode
  }

  /// What was being done.
  public var operation: Operation
  /// What went wrong, on one line.
  public var message: String
  /// Where in the value: `users[3].name`; empty for the value itself.
  public var path: String
  /// Where in the bytes, from 0; nil when encoding.
  public var offset: Int?

  /// Makes an error.
  public init(_ operation: Operation, _ message: String, path: String = "", offset: Int? = nil) {
    self.operation = operation
    self.message = message
    self.path = path
    self.offset = offset
  }

  /// One line: what could not be done where, and why.
  public var description: String {
    let verb = operation == .encode ? "encode" : "decode"
    let place = offset.map { " at byte \($0)" } ?? ""
    return "cannot \(verb) \(path.isEmpty ? "the value" : path)\(place): \(message)"
  }
}

/// A step from a value into what it consists of, for paths.
struct CodingStep: CodingKey {
  let stringValue: String
  let intValue: Int?

  init(stringValue: String) {
    self.stringValue = stringValue
    intValue = nil
  }

  init(intValue: Int) {
    stringValue = "\(intValue)"
    self.intValue = intValue
  }

  /// An element of an array; the text is what Foundation uses for it.
  init(index: Int) {
    stringValue = "Index \(index)"
    intValue = index
  }
}

extension [any CodingKey] {
  /// The path as it is written in errors: `users[3].name`.
  var pathText: String {
    reduce(into: "") { path, key in
      if let index = key.intValue, key.stringValue == "Index \(index)" {
        path += "[\(index)]"
      } else if 1...80 ~= key.stringValue.utf8.count,
        key.stringValue.utf8.allSatisfy(\.isPlain)
      {
        path += (path.isEmpty ? "" : ".") + key.stringValue
      } else {
        path += "[\(key.stringValue.quoted)]"
      }
    }
  }
}

extension UInt8 {
  /// Whether a path shows the byte as it is: letters, digits, `-` and `_`.
  fileprivate var isPlain: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}

extension String {
  /// The text on one line and of bounded length, for messages with parts from outside.
  var onOneLine: String {
    let longest = 300
    var result = ""
    var count = 0
    for scalar in unicodeScalars {
      guard count < longest else { return result + "…" }
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator:
        result += scalar.escaped(asASCII: true)
      default: result.unicodeScalars.append(scalar)
      }
      count += 1
    }
    return result
  }
}
