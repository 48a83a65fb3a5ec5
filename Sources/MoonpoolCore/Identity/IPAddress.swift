//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// An IPv4 or IPv6 address.
///
/// A value of 17 bytes, without any on the heap. IPv4 addresses sort before IPv6 addresses, and an
/// IPv4 address is not equal to the IPv6 address that it is mapped to.
///
/// The text of IPv6 follows RFC 5952; it is also how an address is coded. Zones (`fe80::1%eth0`)
/// are not part of an address.
public struct IPAddress: Sendable, Hashable, Comparable, TextForm {
  /// The version of the protocol that an address belongs to.
  public enum Family: UInt8, Sendable, Hashable, CaseIterable {
    /// Version 4, of 32 bits.
    case v4 = 4
    /// Version 6, of 128 bits.
    case v6 = 6
  }

  /// The upper 64 bits of an IPv6 address; 0 for IPv4.
  public let high: UInt64
  /// The lower 64 bits of an IPv6 address, or the 32 bits of an IPv4 address.
  public let low: UInt64
  /// The version of the protocol.
  public let family: Family

  /// Makes an IPv4 address of its 32 bits: `0x7F00_0001` is 127.0.0.1.
  public init(v4 bits: UInt32) {
    high = 0
    low = UInt64(bits)
    family = .v4
  }

  /// Makes an IPv4 address of its four numbers.
  public init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
    self.init(v4: UInt32(a) << 24 | UInt32(b) << 16 | UInt32(c) << 8 | UInt32(d))
  }

  /// Makes an IPv6 address of its halves: `(0, 1)` is `::1`.
  public init(v6High high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
    family = .v6
  }

  /// 127.0.0.1
  public static let loopback = IPAddress(127, 0, 0, 1)
  /// 0.0.0.0, which stands for every address of a node.
  public static let unspecified = IPAddress(0, 0, 0, 0)
  /// ::1
  public static let loopbackV6 = IPAddress(v6High: 0, low: 1)
  /// ::, which stands for every address of a node.
  public static let unspecifiedV6 = IPAddress(v6High: 0, low: 0)

  /// Whether the address leads back to the node itself: 127.0.0.0/8 or ::1.
  public var isLoopback: Bool {
    family == .v4 ? low >> 24 == 127 : self == .loopbackV6
  }

  /// Whether the address is 0.0.0.0 or ::.
  public var isUnspecified: Bool { high == 0 && low == 0 }

  /// The 4 or 16 bytes of the address in the order in which they are sent.
  public var bytes: [UInt8] {
    func bytes(_ value: UInt64) -> [UInt8] {
      stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) }
    }
    return family == .v4 ? Array(bytes(low).suffix(4)) : bytes(high) + bytes(low)
  }

  public static func < (a: IPAddress, b: IPAddress) -> Bool {
    (a.family.rawValue, a.high, a.low) < (b.family.rawValue, b.high, b.low)
  }

  /// Reads the text form.
  public init(from decoder: any Decoder) throws { try self.init(textFrom: decoder) }

  public func encode(to encoder: any Encoder) throws { try encodeText(to: encoder) }
}
