//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// The place of one value in an ``EncodingArena``.
///
/// Two words, so that it fits into an existential without a box.
struct BinaryEncoder: Encoder, SingleValueEncodingContainer {
  let arena: EncodingArena
  let entry: Int

  var codingPath: [any CodingKey] { arena.path(of: entry) }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    let node = arena.container(at: entry, isMap: true)
    return KeyedContainers<Key>.shared.encoding(arena, node: node)
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    let node = arena.container(at: entry, isMap: false)
    return BinaryUnkeyedEncodingContainer(arena: arena, node: node)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { self }

  /// Writes a single value.
  @inline(__always)
  private func write(_ append: (inout GrowableBuffer<UInt8>) -> Void) {
    let start = arena.bytes.count
    append(&arena.bytes)
    arena.end(start, at: entry)
  }

  func encodeNil() { write { $0.append(CBORHead.nullByte) } }

  func encode(_ value: Bool) {
    write { $0.append(value ? CBORHead.trueByte : CBORHead.falseByte) }
  }

  func encode(_ value: String) { write { $0.appendText(value) } }

  func encode(_ value: Double) { write { $0.appendFloat(value) } }

  func encode(_ value: Float) { write { $0.appendFloat(Double(value)) } }

  @inline(__always)
  func encode<T: FixedWidthInteger & Encodable>(_ value: T) { write { $0.appendInteger(value) } }

  func encode(_ value: Int128) { write { $0.appendInteger(value) } }

  func encode(_ value: UInt128) { write { $0.appendInteger(value) } }

  func encode<T: Encodable>(_ value: T) throws { try arena.encode(value, at: entry) }
}

/// An array that is being encoded.
struct BinaryUnkeyedEncodingContainer: UnkeyedEncodingContainer {
  let arena: EncodingArena
  let node: Int

  var codingPath: [any CodingKey] { arena.path(ofContainer: node) }
  var count: Int { arena.count(of: node) }

  @inline(__always)
  private func append(_ append: (inout GrowableBuffer<UInt8>) -> Void) {
    let start = arena.bytes.count
    append(&arena.bytes)
    arena.endElement(start, of: node)
  }

  func encodeNil() { append { $0.append(CBORHead.nullByte) } }

  func encode(_ value: Bool) {
    append { $0.append(value ? CBORHead.trueByte : CBORHead.falseByte) }
  }

  func encode(_ value: String) { append { $0.appendText(value) } }

  func encode(_ value: Double) { append { $0.appendFloat(value) } }

  func encode(_ value: Float) { append { $0.appendFloat(Double(value)) } }

  @inline(__always)
  func encode<T: FixedWidthInteger & Encodable>(_ value: T) { append { $0.appendInteger(value) } }

  func encode(_ value: Int128) { append { $0.appendInteger(value) } }

  func encode(_ value: UInt128) { append { $0.appendInteger(value) } }

  func encode<T: Encodable>(_ value: T) throws { try arena.encodeElement(value, of: node) }

  func nestedContainer<Key: CodingKey>(
    keyedBy type: Key.Type
  ) -> KeyedEncodingContainer<Key> {
    BinaryEncoder(arena: arena, entry: arena.addElement(to: node)).container(keyedBy: type)
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    BinaryEncoder(arena: arena, entry: arena.addElement(to: node)).unkeyedContainer()
  }

  func superEncoder() -> any Encoder {
    BinaryEncoder(arena: arena, entry: arena.addElement(to: node))
  }
}

/// A map that is being encoded.
struct BinaryKeyedEncodingContainer<Key: CodingKey>: MadeEncodingContainer {
  let arena: EncodingArena
  let node: Int

  var codingPath: [any CodingKey] { arena.path(ofContainer: node) }

  private func encoder(_ key: some CodingKey) -> BinaryEncoder {
    BinaryEncoder(arena: arena, entry: arena.addValue(to: node, for: key))
  }

  /// Writes a single value.
  @inline(__always)
  private func write(_ key: Key, _ append: (inout GrowableBuffer<UInt8>) -> Void) {
    let entry = arena.addValue(to: node, for: key)
    let start = arena.bytes.count
    append(&arena.bytes)
    arena.end(start, at: entry)
  }

  func encodeNil(forKey key: Key) { write(key) { $0.append(CBORHead.nullByte) } }

  func encode(_ value: Bool, forKey key: Key) {
    write(key) { $0.append(value ? CBORHead.trueByte : CBORHead.falseByte) }
  }

  func encode(_ value: String, forKey key: Key) { write(key) { $0.appendText(value) } }

  func encode(_ value: Double, forKey key: Key) { write(key) { $0.appendFloat(value) } }

  func encode(_ value: Float, forKey key: Key) { write(key) { $0.appendFloat(Double(value)) } }

  @inline(__always)
  func encode<T: FixedWidthInteger & Encodable>(_ value: T, forKey key: Key) {
    write(key) { $0.appendInteger(value) }
  }

  func encode(_ value: Int128, forKey key: Key) { write(key) { $0.appendInteger(value) } }

  func encode(_ value: UInt128, forKey key: Key) { write(key) { $0.appendInteger(value) } }

  func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
    try arena.encode(value, at: arena.addValue(to: node, for: key))
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type, forKey key: Key
  ) -> KeyedEncodingContainer<NestedKey> {
    encoder(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    encoder(key).unkeyedContainer()
  }

  func superEncoder() -> any Encoder { encoder(CodingStep(stringValue: "super")) }

  func superEncoder(forKey key: Key) -> any Encoder { encoder(key) }
}
