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
    cursor = array.input.items.first(in: array.cursor)
    elementCount = count
  }

  var codingPath: [any CodingKey] { array.codingPath }
  var count: Int? { elementCount }
  var isAtEnd: Bool { currentIndex == elementCount }

  private mutating func advance() {
    cursor = array.input.items.next(after: cursor)
    currentIndex += 1
  }

  private func element(_ type: Any.Type) throws -> BinaryDecoder {
    let input = array.input
    guard !isAtEnd else {
      let message = "the array has only \(elementCount) elements"
      throw DecodingError.valueNotFound(
        type, input.context(at: array.cursor, step: array.step, message))
    }
    let step = input.step(from: array.step, index: currentIndex)
    return BinaryDecoder(input: input, cursor: cursor, step: step)
  }

  mutating func decodeNil() throws -> Bool {
    let isNull = try element(Never.self).decodeNil()
    if isNull { advance() }
    return isNull
  }

  mutating func decode(_ type: Bool.Type) throws -> Bool {
    let decoder = try element(type)
    defer { decoder.leave() }
    let result = try decoder.decode(type)
    advance()
    return result
  }

  mutating func decode(_ type: String.Type) throws -> String {
    let decoder = try element(type)
    defer { decoder.leave() }
    let result = try decoder.decode(type)
    advance()
    return result
  }

  mutating func decode(_ type: Double.Type) throws -> Double {
    let decoder = try element(type)
    defer { decoder.leave() }
    let result = try decoder.decode(type)
    advance()
    return result
  }

  mutating func decode(_ type: Float.Type) throws -> Float {
    let decoder = try element(type)
    defer { decoder.leave() }
    let result = try decoder.decode(type)
    advance()
    return result
  }

  @inline(__always)
  mutating func decode<T: FixedWidthInteger & Decodable>(_ type: T.Type) throws -> T {
    let decoder = try element(type)
    defer { decoder.leave() }
    let result = try decoder.decode(type)
    advance()
    return result
  }

  mutating func decode(_ type: Int128.Type) throws -> Int128 {
    let decoder = try element(type)
    defer { decoder.leave() }
    let result = try decoder.decode(type)
    advance()
    return result
  }

  mutating func decode(_ type: UInt128.Type) throws -> UInt128 {
    let decoder = try element(type)
    defer { decoder.leave() }
    let result = try decoder.decode(type)
    advance()
    return result
  }

  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
    let decoder = try element(type)
    defer { decoder.leave() }
    let result = try decoder.value(type)
    advance()
    return result
  }

  mutating func nestedContainer<Key: CodingKey>(
    keyedBy type: Key.Type
  ) throws -> KeyedDecodingContainer<Key> {
    let container = try element(type).container(keyedBy: type)
    advance()
    return container
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    let container = try element([Any].self).unkeyedContainer()
    advance()
    return container
  }

  mutating func superDecoder() throws -> any Decoder {
    let decoder = try element((any Decoder).self)
    advance()
    return decoder
  }
}
