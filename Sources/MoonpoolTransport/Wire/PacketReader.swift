//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

/// Cuts what arrives into packets, however it was cut on its way.
///
/// It holds at most one packet that isn't whole, and what came with it. Whole packets are slices of
/// what arrived, and are not copied.
package struct PacketReader: Sendable {
  private let limit: Int
  private var bytes: [UInt8] = []
  private var position = 0

  /// Creates a reader.
  ///
  /// - Parameter limit: How long a payload may be, at most ``Packet/greatestLimit``.
  package init(limit: Int = Packet.defaultLimit) {
    precondition((0...Packet.greatestLimit).contains(limit), "a limit must be in 0..<16 MiB")
    self.limit = limit
  }

  /// Bytes that wait for the rest of their packet.
  package var pendingCount: Int { bytes.count - position }

  /// Takes bytes that have arrived.
  package mutating func receive(_ arrived: [UInt8]) {
    if pendingCount == 0 {
      bytes = arrived
    } else {
      // Once for each packet that was cut, not for each piece of it.
      if position > 0 { bytes.removeFirst(position) }
      bytes += arrived
    }
    position = 0
  }

  /// The next packet that is whole; nil: more has to arrive.
  ///
  /// - Throws: ``WireError``, and then always the same: where the next packet begins is not known.
  package mutating func next() throws(WireError) -> Packet? {
    guard pendingCount >= PacketHeader.size else { return nil }
    let header = bytes.withUnsafeBytes { [position] in PacketHeader($0, at: position) }
    guard header.isWhole else { throw .damagedHeader }
    guard header.length <= limit else { throw .tooLong(header.length, limit: limit) }
    guard pendingCount >= header.packetSize else { return nil }
    guard let kind = PacketKind(rawValue: header.kind) else { throw .unknownKind(header.kind) }
    let start = position + PacketHeader.size
    let payload = bytes[start..<start + header.length]
    guard isWhole(payload, header) else { throw .damagedPayload }
    position += header.packetSize
    return Packet(kind, to: header.token, payload)
  }

  private func isWhole(_ payload: ArraySlice<UInt8>, _ header: PacketHeader) -> Bool {
    if payload.isEmpty { return true }
    let checksum = bytes.withUnsafeBytes {
      UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: payload.endIndex, as: UInt32.self))
    }
    return Checksum.crc32c(payload, after: header.checksum) == checksum
  }
}
