//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Which of its sender's requests is meant, in a ``PacketKind/cancel`` or ``PacketKind/credit``,
/// whose token is the request's.
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 8 | the request's number |
/// | 8 | 8 | its sender's incarnation |
/// | 16 | 4 | of a credit: how many more elements are welcome; else 0 |
///
/// Numbers are little-endian.
struct RequestName: Hashable {
  static let size = 20

  var number: UInt64
  var incarnation: UInt64
  var count: UInt32 = 0

  init(number: UInt64, incarnation: UInt64, count: UInt32 = 0) {
    self.number = number
    self.incarnation = incarnation
    self.count = count
  }

  var payload: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.size)
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    withUnsafeBytes(of: incarnation.littleEndian) { bytes.append(contentsOf: $0) }
    withUnsafeBytes(of: count.littleEndian) { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// Reads a payload; nil if it is too short.
  init?(_ payload: ArraySlice<UInt8>) {
    guard payload.count >= Self.size else { return nil }
    (number, incarnation, count) = payload.withUnsafeBytes { bytes in
      (
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
      )
    }
  }
}
