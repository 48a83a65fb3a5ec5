//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// JSON as all files of this module have it.
enum JSONText {
  /// With sorted members, whose names are written as `wall_time_ns`.
  static func encode(_ value: some Encodable, readable: Bool = false) -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if readable { encoder.outputFormatting.insert(.prettyPrinted) }
    guard let data = try? encoder.encode(value) else {
      fatalError("\(type(of: value)) cannot be written as JSON")
    }
    return String(decoding: data, as: UTF8.self)
  }

  /// A value in one line, with the names of members as they are.
  static func line(_ value: some Encodable) -> String { lines([value], end: "") }

  /// Values, each in a line of its own.
  static func lines(_ values: [some Encodable], end: String = "\n") -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return values.map { value in
      guard let data = try? encoder.encode(value) else {
        fatalError("\(type(of: value)) cannot be written as JSON")
      }
      return String(decoding: data, as: UTF8.self) + end
    }.joined()
  }

  /// Reads what ``encode(_:readable:)`` has written.
  ///
  /// - Parameter isJSON: Whether somebody has read it already, as something else.
  static func decode<Value: Decodable>(
    _ type: Value.Type, _ text: String, isJSON: Bool = false
  ) throws(ReportFileError) -> Value {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decode(type, text, decoder, isJSON: isJSON)
  }

  /// Reads what ``line(_:)`` has written.
  static func decodePlain<Value: Decodable>(
    _ type: Value.Type, _ text: String
  ) throws(ReportFileError) -> Value {
    try decode(type, text, JSONDecoder(), isJSON: false)
  }

  private static func decode<Value: Decodable>(
    _ type: Value.Type, _ text: String, _ decoder: JSONDecoder, isJSON: Bool
  ) throws(ReportFileError) -> Value {
    do {
      return try decoder.decode(type, from: Data(text.utf8))
    } catch {
      throw ReportFileError("\(reason(error, isJSON: isJSON)); save it again")
    }
  }

  private static func reason(_ error: any Error, isJSON: Bool) -> String {
    switch error as? DecodingError {
    case .keyNotFound(let key, let context): "\(place(context)) has no '\(snakeCase(key))'"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "\(place(context)) is of another type than it should be"
    default: isJSON ? "a value in it is out of range" : "it is no JSON, or only a part of one"
    }
  }

  /// `campaigns[0].failures[2]`.
  private static func place(_ context: DecodingError.Context) -> String {
    var path = ""
    for key in context.codingPath {
      if let index = key.intValue {
        path += "[\(index)]"
      } else {
        path += (path.isEmpty ? "" : ".") + snakeCase(key)
      }
    }
    return path.isEmpty ? "it" : path
  }

  private static func snakeCase(_ key: any CodingKey) -> String {
    key.stringValue.map { $0.isUppercase ? "_\($0.lowercased())" : "\($0)" }.joined()
  }
}
