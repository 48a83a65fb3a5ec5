//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What `Codable` asks for at a place.
extension DecodingInput {
  @inline(__always)
  func isNull(at place: Place) -> Bool { head(at: place).isNull }

  func decode(_ type: Bool.Type, at place: Place) throws -> Bool {
    let head = head(at: place)
    switch bytes[Int(place.cursor.offset)] {
    case CBORHead.falseByte: return false
    case CBORHead.trueByte: return true
    default: throw mismatch(type, "a Boolean", head, at: place)
    }
  }

  func decode(_ type: String.Type, at place: Place) throws -> String {
    let head = head(at: place)
    guard head.major == .text else { throw mismatch(type, "text", head, at: place) }
    return String(decoding: items.content(at: place.cursor), as: UTF8.self)
  }

  func decode(_ type: Double.Type, at place: Place) throws -> Double {
    let head = head(at: place)
    guard head.major == .simple, 25...27 ~= head.information else {
      throw mismatch(type, "a floating-point number", head, at: place)
    }
    return CBORFloat(information: head.information, argument: head.argument).value
  }

  func decode(_ type: Float.Type, at place: Place) throws -> Float {
    let double = try decode(Double.self, at: place)
    guard !double.isNaN else { return .nan }
    guard let float = Float(exactly: double) else {
      throw corrupted("\(double) is no value of Float", at: place)
    }
    return float
  }

  @inline(__always)
  func decode<T: FixedWidthInteger & Decodable>(_ type: T.Type, at place: Place) throws -> T {
    let head = head(at: place)
    let isNegative: Bool
    if head.major == .unsigned || head.major == .negative {
      isNegative = head.major == .negative
      guard let magnitude = T(exactly: head.argument), T.isSigned || !isNegative else {
        throw noValue(of: type, at: place)
      }
      return isNegative ? ~magnitude : magnitude
    }
    guard head.major == .tag else { throw mismatch(type, "an integer", head, at: place) }
    isNegative = head.argument == CBORHead.negativeBignum
    guard let bignum = bignum(head, at: place), let magnitude = T(exactly: bignum),
      T.isSigned || !isNegative
    else { throw noValue(of: type, at: place) }
    return isNegative ? ~magnitude : magnitude
  }

  /// The number in the bytes of a bignum; nil if it has over 128 bits.
  @inline(never)
  private func bignum(_ head: CBORHead, at place: Place) -> UInt128? {
    let start = Int32(head.length)
    let cursor = Cursor(offset: place.cursor.offset + start, extent: place.cursor.extent)
    let content = items.content(at: cursor)
    guard content.count <= 16 else { return nil }
    return content.reduce(0) { $0 << 8 | UInt128($1) }
  }
}

extension DecodingInput {
  /// How many elements an array has.
  func elementCount(at place: Place) throws -> Int {
    let head = head(at: place)
    guard head.major == .array else { throw mismatch([Any].self, "an array", head, at: place) }
    return Int(head.argument)
  }

  @inline(never)
  func mismatch(
    _ type: Any.Type, _ expected: String, _ found: CBORHead, at place: Place
  ) -> DecodingError {
    let context = context(at: place, "found \(found.name) instead of \(expected)")
    return found.isNull ? .valueNotFound(type, context) : .typeMismatch(type, context)
  }

  private func noValue(of type: Any.Type, at place: Place) -> DecodingError {
    corrupted("the integer is no value of \(type)", at: place)
  }

  @inline(never)
  private func corrupted(_ message: String, at place: Place) -> DecodingError {
    .dataCorrupted(context(at: place, message))
  }
}
