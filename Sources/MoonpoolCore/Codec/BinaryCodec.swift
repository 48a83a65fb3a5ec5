//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Encodes values as CBOR in its one deterministic form (RFC 8949, section 4.2.1).
///
/// Equal values give equal bytes. Numbers and lengths take the shortest form, floating-point
/// numbers the shortest that keeps the value, and keys of maps are sorted. `Set` and `Dictionary`,
/// which have another order in every process, are sorted by the bytes of their elements where they
/// are encoded as arrays. (Not where a type walks through its set by itself.)
///
/// - Structures and classes are maps. A key is an integer if its type has one for it, as in
///   `enum CodingKeys: Int, CodingKey`, which makes small messages; else it is text. So are
///   dictionaries with keys of `String` and `Int`.
/// - `[UInt8]` is a byte string; it is copied as a whole.
/// - `nil` is null. An optional in an optional loses a level, as in every format of `Codable`.
/// - `Int128` and `UInt128` are bignums where they have more than 64 bits.
/// - All NaNs are one.
///
/// Decoding takes this form and no other. Bytes that another encoder could have written for the
/// same value are refused: longer forms, indefinite lengths, keys out of order. So are keys that
/// occur twice, text that isn't UTF-8, tags and simple values without a use here, bytes after the
/// end, and a number that the asked-for type cannot hold exactly. Keys that the type doesn't ask
/// for are passed over.
public struct BinaryCodec: MessageCodec {
  /// How deep arrays and maps may stand in each other.
  public let maximumDepth: Int

  /// Makes a codec.
  ///
  /// - Parameter maximumDepth: How deep arrays and maps may stand in each other, from 1 to 1,000.
  ///   A thread with a small stack may need a lower limit for recursive types.
  public init(maximumDepth: Int = 128) {
    precondition(
      1...1_000 ~= maximumDepth,
      "BinaryCodec(maximumDepth: \(maximumDepth)): give a depth from 1 to 1000")
    self.maximumDepth = maximumDepth
  }

  public func encode<T: Encodable>(_ value: T) throws(CodecError) -> [UInt8] {
    var arena = EncodingArena.take(maximumDepth: maximumDepth)
    defer { EncodingArena.give(&arena) }
    try fill(arena, value)
    return try arena.finish()
  }

  public func encode<T: Encodable>(
    _ value: T, into bytes: inout [UInt8]
  ) throws(CodecError) {
    var arena = EncodingArena.take(maximumDepth: maximumDepth)
    defer { EncodingArena.give(&arena) }
    try fill(arena, value)
    try arena.finish(into: &bytes)
  }

  @inline(__always)
  private func fill<T: Encodable>(_ arena: EncodingArena, _ value: T) throws(CodecError) {
    do {
      try arena.encode(value, at: 0)
    } catch {
      throw Self.encodingFailure(error)
    }
  }

  public func decode<T: Decodable>(_ type: T.Type, from bytes: [UInt8]) throws(CodecError) -> T {
    try bytes.withUnsafeBufferPointer { bytes throws(CodecError) in
      try decode(type, from: bytes)
    }
  }

  public func decode<T: Decodable>(
    _ type: T.Type, from bytes: ArraySlice<UInt8>
  ) throws(CodecError) -> T {
    try bytes.withUnsafeBufferPointer { bytes throws(CodecError) in
      try decode(type, from: bytes)
    }
  }

  /// The value of bytes anywhere in memory, all of which belong to it.
  ///
  /// They are only read, and only during the call.
  ///
  /// - Throws: ``CodecError``, if they are not the deterministic form of a value of the type.
  public func decode<T: Decodable>(
    _ type: T.Type, from bytes: UnsafeRawBufferPointer
  ) throws(CodecError) -> T {
    try decode(type, from: bytes.assumingMemoryBound(to: UInt8.self))
  }

  private func decode<T: Decodable>(
    _ type: T.Type, from bytes: UnsafeBufferPointer<UInt8>
  ) throws(CodecError) -> T {
    var input = DecodingInput.take(bytes)
    defer { DecodingInput.give(&input) }
    try input.validate(maximumDepth: maximumDepth)
    do {
      return try input.value(type, at: .whole)
    } catch {
      throw input.failure(error)
    }
  }

  private static func encodingFailure(_ error: any Error) -> CodecError {
    switch error {
    case let error as CodecError where error.operation == .encode:
      return error
    case EncodingError.invalidValue(_, let context):
      return CodecError(
        .encode, context.debugDescription.onOneLine, path: context.codingPath.pathText)
    default:
      return CodecError(.encode, "\(error)".onOneLine)
    }
  }
}
