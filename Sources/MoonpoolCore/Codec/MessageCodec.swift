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

  /// The value of bytes, all of which belong to it.
  func decode<T: Decodable>(_ type: T.Type, from bytes: [UInt8]) throws(CodecError) -> T
}
