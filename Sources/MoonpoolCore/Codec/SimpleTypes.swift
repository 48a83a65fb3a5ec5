//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// The types that generic code hands over most. They say of themselves only that they are a single
// value, so they needn't be asked.

extension GrowableBuffer<UInt8> {
  /// Appends a value if its type is one of them.
  ///
  /// - Returns: Whether it is.
  @inline(__always)
  mutating func appendSimple<T>(_ value: T) -> Bool {
    if T.self == String.self {
      appendText(unsafeBitCast(value, to: String.self))
    } else if T.self == Int.self {
      appendInteger(unsafeBitCast(value, to: Int.self))
    } else if T.self == UInt64.self {
      appendInteger(unsafeBitCast(value, to: UInt64.self))
    } else if T.self == Double.self {
      appendFloat(unsafeBitCast(value, to: Double.self))
    } else if T.self == UInt32.self {
      appendInteger(unsafeBitCast(value, to: UInt32.self))
    } else if T.self == [UInt8].self {
      appendBytes(unsafeBitCast(value, to: [UInt8].self))
    } else {
      return false
    }
    return true
  }
}

extension DecodingInput {
  /// Decodes any value.
  func value<T: Decodable>(_ type: T.Type, at place: Place) throws -> T {
    // An optional of a type that only the caller knows would have to be looked up.
    if type == String.self { return unsafeBitCast(try decode(String.self, at: place), to: type) }
    if type == Int.self { return unsafeBitCast(try decode(Int.self, at: place), to: type) }
    if type == UInt64.self { return unsafeBitCast(try decode(UInt64.self, at: place), to: type) }
    if type == Double.self { return unsafeBitCast(try decode(Double.self, at: place), to: type) }
    if type == UInt32.self { return unsafeBitCast(try decode(UInt32.self, at: place), to: type) }
    if type == [UInt8].self, head(at: place).major == .bytes {
      return unsafeBitCast(Array(items.content(at: place.cursor)), to: type)
    }
    if type == [Int].self {
      return unsafeBitCast(try array(at: place) { try decode(Int.self, at: $0) }, to: type)
    }
    if type == [UInt64].self {
      return unsafeBitCast(try array(at: place) { try decode(UInt64.self, at: $0) }, to: type)
    }
    if type == [Double].self {
      return unsafeBitCast(try array(at: place) { try decode(Double.self, at: $0) }, to: type)
    }
    if type == [String].self {
      return unsafeBitCast(try array(at: place) { try decode(String.self, at: $0) }, to: type)
    }
    let mark = stepCount
    defer { forgetSteps(after: mark) }
    return try T(from: BinaryDecoder(input: self, place: place))
  }

  @inline(__always)
  private func array<Element>(
    at place: Place, _ decode: (Place) throws -> Element
  ) throws -> [Element] {
    let count = try elementCount(at: place)
    var elements: [Element] = []
    // The bytes have been checked: there are as many elements.
    elements.reserveCapacity(count)
    var cursor = items.first(in: place.cursor)
    for index in 0..<count {
      let element = enter(index, at: cursor, in: place)
      defer { leave(element) }
      elements.append(try decode(element))
      cursor = items.next(after: cursor)
    }
    return elements
  }
}
