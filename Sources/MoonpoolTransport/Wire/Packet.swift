//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolCore

/// One unit of the wire: what it is for, whom it is for, and bytes.
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 3 | bytes of the payload |
/// | 3 | 1 | ``PacketKind`` |
/// | 4 | 4 | CRC-32C of these 24 bytes, with zeros in its own place |
/// | 8 | 16 | the token, first half first |
/// | 24 | n | the payload |
/// | 24 + n | 4 | CRC-32C of the payload, continued from the head's; absent if n is 0 |
///
/// Numbers are little-endian. The head has a checksum of its own: a damaged length is noticed
/// before anybody waits for that many bytes.
package struct Packet: Sendable {
  package var kind: PacketKind
  package var token: UID
  package var payload: ArraySlice<UInt8>

  package init(_ kind: PacketKind, to token: UID, _ payload: ArraySlice<UInt8> = []) {
    self.kind = kind
    self.token = token
    self.payload = payload
  }

  /// How long a payload may be where nothing else is said: 1 MiB, as in FoundationDB's transport.
  package static let defaultLimit = 1 << 20
  /// How long one may be at all: its length has three bytes.
  package static let greatestLimit = 1 << 24 - 1

  /// Appends it as it travels.
  ///
  /// - Precondition: The payload is no longer than ``greatestLimit``.
  package func append(to bytes: inout [UInt8]) {
    precondition(payload.count <= Self.greatestLimit, "a packet's payload is too long")
    bytes.reserveCapacity(bytes.count + PacketHeader.size + payload.count + 4)
    var header = PacketHeader(kind: kind.rawValue, length: payload.count, token: token)
    header.seal()
    header.withBytes { bytes.append(contentsOf: $0) }
    guard !payload.isEmpty else { return }
    bytes.append(contentsOf: payload)
    let checksum = Checksum.crc32c(payload, after: header.checksum)
    withUnsafeBytes(of: checksum.littleEndian) { bytes.append(contentsOf: $0) }
  }
}

/// The head of a packet, as three words.
struct PacketHeader {
  static let size = 24

  private var words: (UInt64, UInt64, UInt64)

  init(kind: UInt8, length: Int, token: UID) {
    words = (UInt64(length) | UInt64(kind) << 24, token.first, token.second)
  }

  /// Reads the 24 bytes at a position.
  init(_ bytes: UnsafeRawBufferPointer, at position: Int) {
    func word(_ index: Int) -> UInt64 {
      UInt64(
        littleEndian: bytes.loadUnaligned(fromByteOffset: position + 8 * index, as: UInt64.self))
    }
    words = (word(0), word(1), word(2))
  }

  var length: Int { Int(words.0 & 0xff_ffff) }
  var kind: UInt8 { UInt8(truncatingIfNeeded: words.0 >> 24) }
  var checksum: UInt32 { UInt32(truncatingIfNeeded: words.0 >> 32) }
  var token: UID { UID(first: words.1, second: words.2) }

  /// Bytes of the whole packet.
  var packetSize: Int { Self.size + (length == 0 ? 0 : length + 4) }

  /// Whether nothing in it is damaged.
  var isWhole: Bool {
    var other = self
    other.seal()
    return other.checksum == checksum
  }

  /// Puts the checksum in.
  mutating func seal() {
    words.0 &= 0xffff_ffff
    words.0 |= UInt64(withBytes { Checksum.crc32c($0) }) << 32
  }

  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    let ordered = (words.0.littleEndian, words.1.littleEndian, words.2.littleEndian)
    return withUnsafeBytes(of: ordered, body)
  }
}
