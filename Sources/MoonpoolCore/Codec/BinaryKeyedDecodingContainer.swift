//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// A map that is being decoded.
struct BinaryKeyedDecodingContainer<Key: CodingKey>: MadeDecodingContainer {
  let members: MapMembers

  var codingPath: [any CodingKey] { members.map.codingPath }

  var allKeys: [Key] {
    members.steps.compactMap { step in
      step.intValue.flatMap { Key(intValue: $0) } ?? Key(stringValue: step.stringValue)
    }
  }

  func contains(_ key: Key) -> Bool { members.find(key) != nil }

  func decodeNil(forKey key: Key) throws -> Bool {
    let decoder = try members.decoder(for: key)
    defer { decoder.leave() }
    return decoder.decodeNil()
  }

  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool {
    let decoder = try members.decoder(for: key)
    defer { decoder.leave() }
    return try decoder.decode(type)
  }

  func decode(_ type: String.Type, forKey key: Key) throws -> String {
    let decoder = try members.decoder(for: key)
    defer { decoder.leave() }
    return try decoder.decode(type)
  }

  func decode(_ type: Double.Type, forKey key: Key) throws -> Double {
    let decoder = try members.decoder(for: key)
    defer { decoder.leave() }
    return try decoder.decode(type)
  }

  func decode(_ type: Float.Type, forKey key: Key) throws -> Float {
    let decoder = try members.decoder(for: key)
    defer { decoder.leave() }
    return try decoder.decode(type)
  }

  @inline(__always)
  func decode<T: FixedWidthInteger & Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    let decoder = try members.decoder(for: key)
    defer { decoder.leave() }
    return try decoder.decode(type)
  }

  func decode(_ type: Int128.Type, forKey key: Key) throws -> Int128 {
    let decoder = try members.decoder(for: key)
    defer { decoder.leave() }
    return try decoder.decode(type)
  }

  func decode(_ type: UInt128.Type, forKey key: Key) throws -> UInt128 {
    let decoder = try members.decoder(for: key)
    defer { decoder.leave() }
    return try decoder.decode(type)
  }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    let decoder = try members.decoder(for: key)
    defer { decoder.leave() }
    return try decoder.value(type)
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<NestedKey> {
    try members.decoder(for: key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try members.decoder(for: key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder {
    try members.decoder(for: CodingStep(stringValue: "super"))
  }

  func superDecoder(forKey key: Key) throws -> any Decoder { try members.decoder(for: key) }
}
