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
  let place: DecodingInput.Place

  var codingPath: [any CodingKey] { input.path(to: place.step) }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(
    keyedBy type: Key.Type
  ) throws -> KeyedDecodingContainer<Key> {
    let head = input.head(at: place)
    guard head.major == .map else {
      throw input.mismatch([String: Any].self, "a map", head, at: place)
    }
    return KeyedContainers<Key>.shared.decoding(MapMembers(self, count: Int(head.argument)))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    BinaryUnkeyedDecodingContainer(self, count: try input.elementCount(at: place))
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { self }

  func decodeNil() -> Bool { input.isNull(at: place) }

  func decode(_ type: Bool.Type) throws -> Bool { try input.decode(type, at: place) }

  func decode(_ type: String.Type) throws -> String { try input.decode(type, at: place) }

  func decode(_ type: Double.Type) throws -> Double { try input.decode(type, at: place) }

  func decode(_ type: Float.Type) throws -> Float { try input.decode(type, at: place) }

  @inline(__always)
  func decode<T: FixedWidthInteger & Decodable>(_ type: T.Type) throws -> T {
    try input.decode(type, at: place)
  }

  func decode(_ type: Int128.Type) throws -> Int128 { try input.decode(type, at: place) }

  func decode(_ type: UInt128.Type) throws -> UInt128 { try input.decode(type, at: place) }

  func decode<T: Decodable>(_ type: T.Type) throws -> T { try input.value(type, at: place) }
}
