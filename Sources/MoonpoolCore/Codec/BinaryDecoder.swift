//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// An item and the way to it.
///
/// Less than three words, so that it fits into an existential without a box.
struct BinaryDecoder: Decoder, SingleValueDecodingContainer {
  let input: DecodingInput
  let cursor: DecodingInput.Cursor
  /// The last step on the way; -1 for the whole.
  let step: Int32

  var codingPath: [any CodingKey] { input.path(to: step) }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(
    keyedBy type: Key.Type
  ) throws -> KeyedDecodingContainer<Key> {
    let head = input.head(at: cursor)
    guard head.major == .map else { throw mismatch([String: Any].self, "a map", head) }
    return KeyedContainers<Key>.shared.decoding(MapMembers(self, count: Int(head.argument)))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    let head = input.head(at: cursor)
    guard head.major == .array else { throw mismatch([Any].self, "an array", head) }
    return BinaryUnkeyedDecodingContainer(self, count: Int(head.argument))
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { self }

  func decodeNil() -> Bool { input.head(at: cursor).isNull }

  func decode(_ type: Bool.Type) throws -> Bool {
    let head = input.head(at: cursor)
    switch input.bytes[Int(cursor.offset)] {
    case CBORHead.falseByte: return false
    case CBORHead.trueByte: return true
    default: throw mismatch(type, "a Boolean", head)
    }
  }

  func decode(_ type: String.Type) throws -> String {
    let head = input.head(at: cursor)
    guard head.major == .text else { throw mismatch(type, "text", head) }
    return String(decoding: input.items.content(at: cursor), as: UTF8.self)
  }

  func decode(_ type: Double.Type) throws -> Double {
    let head = input.head(at: cursor)
    guard head.major == .simple, 25...27 ~= head.information else {
      throw mismatch(type, "a floating-point number", head)
    }
    return CBORFloat(information: head.information, argument: head.argument).value
  }

  func decode(_ type: Float.Type) throws -> Float {
    let double = try decode(Double.self)
    guard !double.isNaN else { return .nan }
    guard let float = Float(exactly: double) else {
      throw corrupted("\(double) is no value of Float")
    }
    return float
  }

  @inline(__always)
  func decode<T: FixedWidthInteger & Decodable>(_ type: T.Type) throws -> T {
    let head = input.head(at: cursor)
    let isNegative: Bool
    if head.major == .unsigned || head.major == .negative {
      isNegative = head.major == .negative
      guard let magnitude = T(exactly: head.argument), T.isSigned || !isNegative else {
        throw corrupted("the integer is no value of \(type)")
      }
      return isNegative ? ~magnitude : magnitude
    }
    guard head.major == .tag else { throw mismatch(type, "an integer", head) }
    isNegative = head.argument == CBORHead.negativeBignum
    guard let bignum = bignum(head), let magnitude = T(exactly: bignum), T.isSigned || !isNegative
    else { throw corrupted("the integer is no value of \(type)") }
    return isNegative ? ~magnitude : magnitude
  }

  /// The number in the bytes of a bignum; nil if it has over 128 bits.
  @inline(never)
  private func bignum(_ head: CBORHead) -> UInt128? {
    let start = Int32(head.length)
    let place = DecodingInput.Cursor(offset: cursor.offset + start, extent: cursor.extent)
    let content = input.items.content(at: place)
    guard content.count <= 16 else { return nil }
    return content.reduce(0) { $0 << 8 | UInt128($1) }
  }

  func decode(_ type: Int128.Type) throws -> Int128 { try integer(type) }

  func decode(_ type: UInt128.Type) throws -> UInt128 { try integer(type) }

  private func integer<T: FixedWidthInteger & Decodable>(_ type: T.Type) throws -> T {
    try decode(type)
  }

  func decode<T: Decodable>(_ type: T.Type) throws -> T { try value(type) }

  /// Decodes any value.
  func value<T: Decodable>(_ type: T.Type) throws -> T {
    if type == [UInt8].self, input.head(at: cursor).major == .bytes {
      return unsafeBitCast(Array(input.items.content(at: cursor)), to: type)
    }
    let mark = input.stepCount
    defer { input.forgetSteps(after: mark) }
    return try T(from: self)
  }
}

extension BinaryDecoder {
  /// Forgets the step to this item, and all beyond it.
  @inline(__always)
  func leave() { input.forgetSteps(after: Int(step)) }

  @inline(never)
  private func mismatch(_ type: Any.Type, _ expected: String, _ found: CBORHead) -> DecodingError {
    let message = "found \(found.name) instead of \(expected)"
    let context = input.context(at: cursor, step: step, message)
    return found.isNull ? .valueNotFound(type, context) : .typeMismatch(type, context)
  }

  @inline(never)
  private func corrupted(_ message: String) -> DecodingError {
    .dataCorrupted(input.context(at: cursor, step: step, message))
  }
}
