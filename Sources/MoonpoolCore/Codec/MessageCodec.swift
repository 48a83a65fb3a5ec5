//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Turns values into bytes and back, for messages and for what is kept on disk.
///
/// A codec that is used in a simulation must be a function of the value: equal values give equal
/// bytes, in every process. ``BinaryCodec`` is one. The bytes may come from anyone, so decoding may
/// throw on them, but never trap, and never take memory out of proportion to their number.
public protocol MessageCodec: Sendable {
  /// The bytes of a value.
  func encode<T: Encodable>(_ value: T) throws(CodecError) -> [UInt8]

  /// Appends the bytes of a value to others.
  ///
  /// Unless a codec has a way of its own, they are copied.
  ///
  /// - Parameter bytes: What the bytes are appended to. It stays as it was if the value cannot be
  ///   encoded.
  func encode<T: Encodable>(_ value: T, into bytes: inout [UInt8]) throws(CodecError)

  /// The value of bytes, all of which belong to it.
  func decode<T: Decodable>(_ type: T.Type, from bytes: [UInt8]) throws(CodecError) -> T

  /// The value of a part of bytes, all of which belongs to it.
  ///
  /// Offsets in errors count from the beginning of the part. Unless a codec has a way of its own,
  /// the part is copied.
  func decode<T: Decodable>(_ type: T.Type, from bytes: ArraySlice<UInt8>) throws(CodecError) -> T
}

extension MessageCodec {
  /// Appends the bytes of a value to others, by way of an array of their own.
  public func encode<T: Encodable>(
    _ value: T, into bytes: inout [UInt8]
  ) throws(CodecError) {
    bytes.append(contentsOf: try encode(value))
  }

  /// The value of a part of bytes, all of which belongs to it, by way of a copy.
  public func decode<T: Decodable>(
    _ type: T.Type, from bytes: ArraySlice<UInt8>
  ) throws(CodecError) -> T {
    try decode(type, from: Array(bytes))
  }
}
