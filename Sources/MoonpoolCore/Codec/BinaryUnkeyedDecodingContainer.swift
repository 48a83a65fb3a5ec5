//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// An array that is being decoded.
struct BinaryUnkeyedDecodingContainer: UnkeyedDecodingContainer {
  private let array: BinaryDecoder
  private var cursor: DecodingInput.Cursor
  private let elementCount: Int
  private(set) var currentIndex = 0

  init(_ array: BinaryDecoder, count: Int) {
    self.array = array
    cursor = array.input.items.first(in: array.place.cursor)
    elementCount = count
  }

  var codingPath: [any CodingKey] { array.codingPath }
  var count: Int? { elementCount }
  var isAtEnd: Bool { currentIndex == elementCount }

  private mutating func advance() {
    cursor = array.input.items.next(after: cursor)
    currentIndex += 1
  }

  /// Where the next element is.
  private func element(_ type: Any.Type) throws -> DecodingInput.Place {
    guard !isAtEnd else { throw noElement(type) }
    return array.input.enter(currentIndex, at: cursor, in: array.place)
  }

  @inline(never)
  private func noElement(_ type: Any.Type) -> DecodingError {
    let message = "the array has only \(elementCount) elements"
    return .valueNotFound(type, array.input.context(at: array.place, message))
  }

  private func decoder(_ type: Any.Type) throws -> BinaryDecoder {
    BinaryDecoder(input: array.input, place: try element(type))
  }

  mutating func decodeNil() throws -> Bool {
    let isNull = array.input.isNull(at: try element(Never.self))
    if isNull { advance() }
    return isNull
  }

  mutating func decode(_ type: Bool.Type) throws -> Bool {
    let place = try element(type)
    defer { array.input.leave(place) }
    let result = try array.input.decode(type, at: place)
    advance()
    return result
  }

  mutating func decode(_ type: String.Type) throws -> String {
    let place = try element(type)
    defer { array.input.leave(place) }
    let result = try array.input.decode(type, at: place)
    advance()
    return result
  }

  mutating func decode(_ type: Double.Type) throws -> Double {
    let place = try element(type)
    defer { array.input.leave(place) }
    let result = try array.input.decode(type, at: place)
    advance()
    return result
  }

  mutating func decode(_ type: Float.Type) throws -> Float {
    let place = try element(type)
    defer { array.input.leave(place) }
    let result = try array.input.decode(type, at: place)
    advance()
    return result
  }

  @inline(__always)
  mutating func decode<T: FixedWidthInteger & Decodable>(_ type: T.Type) throws -> T {
    let place = try element(type)
    defer { array.input.leave(place) }
    let result = try array.input.decode(type, at: place)
    advance()
    return result
  }

  mutating func decode(_ type: Int128.Type) throws -> Int128 {
    let place = try element(type)
    defer { array.input.leave(place) }
    let result = try array.input.decode(type, at: place)
    advance()
    return result
  }

  mutating func decode(_ type: UInt128.Type) throws -> UInt128 {
    let place = try element(type)
    defer { array.input.leave(place) }
    let result = try array.input.decode(type, at: place)
    advance()
    return result
  }

  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
    let place = try element(type)
    defer { array.input.leave(place) }
    let result = try array.input.value(type, at: place)
    advance()
    return result
  }

  mutating func nestedContainer<Key: CodingKey>(
    keyedBy type: Key.Type
  ) throws -> KeyedDecodingContainer<Key> {
    let container = try decoder(type).container(keyedBy: type)
    advance()
    return container
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    let container = try decoder([Any].self).unkeyedContainer()
    advance()
    return container
  }

  mutating func superDecoder() throws -> any Decoder {
    let decoder = try decoder((any Decoder).self)
    advance()
    return decoder
  }
}
