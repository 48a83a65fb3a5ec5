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

  private var input: DecodingInput {
    @inline(__always) get { members.map.input }
  }

  var codingPath: [any CodingKey] { members.map.codingPath }

  var allKeys: [Key] {
    members.steps.compactMap { step in
      step.intValue.flatMap { Key(intValue: $0) } ?? Key(stringValue: step.stringValue)
    }
  }

  func contains(_ key: Key) -> Bool { members.find(key) != nil }

  func decodeNil(forKey key: Key) throws -> Bool {
    let place = try members.place(of: key)
    defer { input.leave(place) }
    return input.isNull(at: place)
  }

  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool {
    let place = try members.place(of: key)
    defer { input.leave(place) }
    return try input.decode(type, at: place)
  }

  func decode(_ type: String.Type, forKey key: Key) throws -> String {
    let place = try members.place(of: key)
    defer { input.leave(place) }
    return try input.decode(type, at: place)
  }

  func decode(_ type: Double.Type, forKey key: Key) throws -> Double {
    let place = try members.place(of: key)
    defer { input.leave(place) }
    return try input.decode(type, at: place)
  }

  func decode(_ type: Float.Type, forKey key: Key) throws -> Float {
    let place = try members.place(of: key)
    defer { input.leave(place) }
    return try input.decode(type, at: place)
  }

  @inline(__always)
  func decode<T: FixedWidthInteger & Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    let place = try members.place(of: key)
    defer { input.leave(place) }
    return try input.decode(type, at: place)
  }

  func decode(_ type: Int128.Type, forKey key: Key) throws -> Int128 {
    let place = try members.place(of: key)
    defer { input.leave(place) }
    return try input.decode(type, at: place)
  }

  func decode(_ type: UInt128.Type, forKey key: Key) throws -> UInt128 {
    let place = try members.place(of: key)
    defer { input.leave(place) }
    return try input.decode(type, at: place)
  }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    let place = try members.place(of: key)
    defer { input.leave(place) }
    return try input.value(type, at: place)
  }

  /// The place of a key's value, unless there is no such key, or the value is null.
  private func presentPlace(of key: Key) -> DecodingInput.Place? {
    guard let member = members.find(key) else { return nil }
    let place = input.enter(member, in: members.map.place)
    guard !input.isNull(at: place) else {
      input.leave(place)
      return nil
    }
    return place
  }

  func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
    guard let place = presentPlace(of: key) else { return nil }
    defer { input.leave(place) }
    return try input.decode(type, at: place)
  }

  func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
    guard let place = presentPlace(of: key) else { return nil }
    defer { input.leave(place) }
    return try input.decode(type, at: place)
  }

  func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? {
    guard let place = presentPlace(of: key) else { return nil }
    defer { input.leave(place) }
    return try input.decode(type, at: place)
  }

  func decodeIfPresent(_ type: Float.Type, forKey key: Key) throws -> Float? {
    guard let place = presentPlace(of: key) else { return nil }
    defer { input.leave(place) }
    return try input.decode(type, at: place)
  }

  @inline(__always)
  func decodeIfPresent<T: FixedWidthInteger & Decodable>(
    _ type: T.Type, forKey key: Key
  ) throws -> T? {
    guard let place = presentPlace(of: key) else { return nil }
    defer { input.leave(place) }
    return try input.decode(type, at: place)
  }

  func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
    guard let place = presentPlace(of: key) else { return nil }
    defer { input.leave(place) }
    return try input.value(type, at: place)
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
