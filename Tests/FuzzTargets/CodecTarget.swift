//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

extension FuzzTarget {
  /// A message of the binary codec, for whichever type.
  ///
  /// If the first byte is odd, the others are the message; else they are orders to write one.
  static let codec = FuzzTarget("codec", seeds: CodecTarget.seeds, CodecTarget.check)
}

private enum CodecTarget {
  static let codec = BinaryCodec()

  static var seeds: [[UInt8]] {
    let numbers: [[UInt8]] = [
      [0x18, 0xff], [0x39, 3, 0xe8], [0xc2, 0x49, 1, 0, 0, 0, 0, 0, 0, 0, 0],
      [0xc3, 0x49, 1, 0, 0, 0, 0, 0, 0, 0, 0xff], [0xf9, 0, 1], [0xf9, 0x7c, 0], [0xf9, 0x7e, 0],
      [0xfa, 0x47, 0xc3, 0x50, 0], [0xfb, 0x3f, 0xf1, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a],
    ]
    let others: [[UInt8]] = [
      [0xf5], [0xf6], [0x44, 1, 2, 3, 4], [0x63, 0xe6, 0xb0, 0xb4], [0x83, 1, 0x81, 2, 0x82, 3, 4],
      [0xa3, 1, 2, 0x20, 3, 0x61, 0x61, 0x61, 0x62],
    ]
    let messages = [Message.small, .large].compactMap { try? codec.encode($0) }
    let orders: [[UInt8]] = [
      [0, 7, 3, 0, 0, 0, 0, 0, 0, 0], [0, 8, 4, 0, 0, 0, 2, 2, 0, 3, 2, 9, 9],
      [0, 6, 130, 0, 0, 0],
      [0, 5, 0, 0, 9, 0], [0, 7, 2, 0, 8, 0, 3, 1, 1, 0, 16, 0, 0, 3],
    ]
    return (numbers + others + messages).map { [1] + $0 } + orders
  }

  static func check(_ input: [UInt8]) throws(BrokenProperty) {
    guard let first = input.first else { return try checkMessage([]) }
    let rest = input.dropFirst()
    try checkMessage(first % 2 == 1 ? Array(rest) : CBORWriter(orders: rest).bytes)
  }

  private static func checkMessage(_ input: [UInt8]) throws(BrokenProperty) {
    let model = CBORModel(input, maximumDepth: codec.maximumDepth)
    do throws(CodecError) {
      _ = try codec.decode(Anything.self, from: input)
    } catch {
      try require(!model.isDeterministic, "what is well formed is refused: \(error)")
      // No type makes a difference to that.
      return try checkError(error, input)
    }
    try require(model.isDeterministic, "what is no deterministic form is taken")
    let tree = try keep(Tree.self, input)
    try requireEqual(tree == nil, model.hasHugeNumber, "a tree is refused, or not")
    try keep(Bool.self, input)
    try keep(Int8.self, input)
    try keep(UInt64.self, input)
    try keep(Int128.self, input)
    try keep(UInt128.self, input)
    try keep(Float.self, input)
    try keep([Double?].self, input)
    try keep(String.self, input)
    try normalise([UInt8].self, input)
    try normalise([String: [Int: Bool]].self, input)
    try normalise([UInt8: Set<String>].self, input)
    try normalise(Message.self, input)
  }

  /// Decodes a type that all bytes have a place in. They are the only ones for their value.
  @discardableResult
  private static func keep<T: Codable>(
    _ type: T.Type, _ input: [UInt8]
  ) throws(BrokenProperty) -> T? {
    guard let (value, bytes) = try decode(type, input) else { return nil }
    try requireEqual(bytes, input, "\(type) is encoded otherwise")
    return value
  }

  /// Decodes a type that passes over some bytes. The next time there is nothing to pass over.
  private static func normalise<T: Codable>(
    _ type: T.Type, _ input: [UInt8]
  ) throws(BrokenProperty) {
    guard let (_, bytes) = try decode(type, input) else { return }
    guard let (_, again) = try decode(type, bytes) else {
      throw BrokenProperty("\(type) can't be decoded after it was encoded as \(bytes)")
    }
    try requireEqual(again, bytes, "\(type) has two forms")
  }

  /// The value in the bytes, and its own bytes; nil if there is none.
  private static func decode<T: Codable>(
    _ type: T.Type, _ input: [UInt8]
  ) throws(BrokenProperty) -> (T, [UInt8])? {
    do throws(CodecError) {
      let value = try codec.decode(type, from: input)
      return (value, try codec.encode(value))
    } catch {
      try checkError(error, input)
      return nil
    }
  }

  private static func checkError(
    _ error: CodecError, _ input: [UInt8]
  ) throws(BrokenProperty) {
    try require(error.operation == .decode, "what was decoded can't be encoded: \(error)")
    try require(error.offset.map { 0...input.count ~= $0 } ?? false, "\(error) has no place")
    let text = error.description
    try require(!text.contains(where: \.isNewline), "an error has two lines: \(text)")
    // A path repeats keys, with up to six characters for a byte.
    try require(text.utf8.count < 2_000 + 20 * input.count, "an error is too long: \(text)")
  }
}
