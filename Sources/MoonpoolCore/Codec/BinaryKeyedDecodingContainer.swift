//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// A map that is being decoded.
struct BinaryKeyedDecodingContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let members: MapMembers

  var codingPath: [any CodingKey] { members.map.codingPath }

  var allKeys: [Key] {
    members.steps.compactMap { step in
      step.intValue.flatMap { Key(intValue: $0) } ?? Key(stringValue: step.stringValue)
    }
  }

  func contains(_ key: Key) -> Bool { find(key) != nil }

  private func find(_ key: some CodingKey) -> MapMembers.Member? {
    let binaryKey = BinaryKey(key)
    return members.find(binaryKey) ?? binaryKey.alternative(for: key).flatMap(members.find)
  }

  /// The value of a key.
  private func value(_ key: some CodingKey) throws -> BinaryDecoder {
    guard let member = find(key) else { throw members.missing(key) }
    return members.decoder(of: member)
  }

  private func decode<Result>(
    _ key: Key, _ decode: (BinaryDecoder) throws -> Result
  ) throws -> Result {
    let mark = members.map.input.stepCount
    defer { members.map.input.forgetSteps(after: mark) }
    return try decode(value(key))
  }

  func decodeNil(forKey key: Key) throws -> Bool { try decode(key) { $0.decodeNil() } }

  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool {
    try decode(key) { try $0.decode(type) }
  }

  func decode(_ type: String.Type, forKey key: Key) throws -> String {
    try decode(key) { try $0.decode(type) }
  }

  func decode(_ type: Double.Type, forKey key: Key) throws -> Double {
    try decode(key) { try $0.decode(type) }
  }

  func decode(_ type: Float.Type, forKey key: Key) throws -> Float {
    try decode(key) { try $0.decode(type) }
  }

  @inline(__always)
  func decode<T: FixedWidthInteger & Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    try decode(key) { try $0.decode(type) }
  }

  func decode(_ type: Int128.Type, forKey key: Key) throws -> Int128 {
    try decode(key) { try $0.decode(type) }
  }

  func decode(_ type: UInt128.Type, forKey key: Key) throws -> UInt128 {
    try decode(key) { try $0.decode(type) }
  }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    try decode(key) { try $0.value(type) }
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<NestedKey> {
    try value(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try value(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { try value(CodingStep(stringValue: "super")) }

  func superDecoder(forKey key: Key) throws -> any Decoder { try value(key) }
}
