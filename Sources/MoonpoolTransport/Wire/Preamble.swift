//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolCore

/// What each side of a connection says first, once: who it is, and what it speaks.
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 8 | `MOONPOOL` |
/// | 8 | 2 | the newest version of the protocol that it speaks |
/// | 10 | 2 | the oldest |
/// | 12 | 1 | ``Answer`` |
/// | 13 | 1 | family of the address: 4 or 6; 0: nobody can connect to it |
/// | 14 | 2 | port |
/// | 16 | 16 | address; of version 4 the last four bytes, after zeros |
/// | 32 | 2 | flags of the address |
/// | 34 | 2 | zeros |
/// | 36 | 8 | its incarnation: a later life of the node has a larger one |
/// | 44 | 8 | features, a bit each |
/// | 52 | 8 | a number for the connection, drawn by who connects, repeated in the answer |
/// | 60 | 8 | such a number: the last connection with the other node that it knows of; 0: none |
/// | 68 | 4 | CRC-32C of the 68 bytes before |
///
/// Numbers are little-endian, but for the address, which is as on the Internet. Bytes that mean
/// nothing to a reader may mean something to a later version, and are not looked at.
package struct Preamble: Sendable, Hashable {
  package static let size = 72
  /// What this code speaks.
  package static let versions: ClosedRange<UInt16> = 1...1

  /// What becomes of the connection.
  package enum Answer: UInt8, Sendable, CaseIterable {
    /// The side that connects asks.
    case asks = 0
    /// It is used.
    case accepted = 1
    /// The two nodes have another one already, which is to be used.
    case hasAnother = 2
    /// An earlier life of the node that connects is not talked to any more.
    case isPast = 3
  }

  package var versions: ClosedRange<UInt16>
  package var answer: Answer
  /// Where others connect to the node; nil if they can't.
  package var address: NetworkAddress?
  package var incarnation: UInt64
  package var features: UInt64
  package var connection: UInt64
  package var previous: UInt64

  package init(
    _ answer: Answer, address: NetworkAddress?, incarnation: UInt64, connection: UInt64,
    previous: UInt64 = 0, features: UInt64 = 0, versions: ClosedRange<UInt16> = Self.versions
  ) {
    self.versions = versions
    self.answer = answer
    self.address = address
    self.incarnation = incarnation
    self.features = features
    self.connection = connection
    self.previous = previous
  }

  /// The newest version that both sides speak.
  ///
  /// - Throws: ``WireError/noCommonVersion(theirs:ours:)``
  package func version(with ours: ClosedRange<UInt16> = Self.versions) throws(WireError) -> UInt16 {
    guard versions.overlaps(ours) else { throw .noCommonVersion(theirs: versions, ours: ours) }
    return min(versions.upperBound, ours.upperBound)
  }

  /// The bytes as they travel.
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.size)
    func append<Number: FixedWidthInteger>(_ number: Number) {
      withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }
    bytes += Self.magic
    append(versions.upperBound)
    append(versions.lowerBound)
    append(answer.rawValue)
    append(address?.ip.family.rawValue ?? 0)
    append(address?.port ?? 0)
    append((address?.ip.high ?? 0).byteSwapped)
    append((address?.ip.low ?? 0).byteSwapped)
    append(address?.flags.rawValue ?? 0)
    append(UInt16(0))
    append(incarnation)
    append(features)
    append(connection)
    append(previous)
    append(Checksum.crc32c(bytes))
    return bytes
  }

  /// Reads 72 bytes.
  ///
  /// - Throws: ``WireError/foreignPreamble``
  package init(_ bytes: [UInt8]) throws(WireError) {
    func number<Number: FixedWidthInteger>(_ position: Int) -> Number {
      bytes.withUnsafeBytes {
        Number(littleEndian: $0.loadUnaligned(fromByteOffset: position, as: Number.self))
      }
    }
    guard bytes.count == Self.size, bytes.starts(with: Self.magic),
      Checksum.crc32c(bytes.dropLast(4)) == number(68), let answer = Answer(rawValue: bytes[12]),
      number(10) <= number(8) as UInt16
    else { throw .foreignPreamble }
    versions = number(10)...number(8)
    self.answer = answer
    let (high, low) = ((number(16) as UInt64).byteSwapped, (number(24) as UInt64).byteSwapped)
    let ip: IPAddress? =
      switch bytes[13] {
      case 0: nil
      case 4 where high == 0 && low <= UInt32.max: IPAddress(v4: UInt32(low))
      case 6: IPAddress(v6High: high, low: low)
      default: throw .foreignPreamble
      }
    let flags = NetworkAddress.Flags(rawValue: number(32))
    address = ip.map { NetworkAddress(ip: $0, port: number(14), flags: flags) }
    incarnation = number(36)
    features = number(44)
    connection = number(52)
    previous = number(60)
  }

  private static let magic = Array("MOONPOOL".utf8)
}
