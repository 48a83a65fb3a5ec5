//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Checksums that tell damaged bytes from whole ones.
public enum Checksum {
  /// CRC-32C (Castagnoli), as iSCSI, ext4 and SCTP use it.
  ///
  /// It finds every change of up to 5 bits in up to 655 bytes, and any other with a probability of
  /// 1 - 2⁻³². It is no defence against somebody who wants to deceive.
  ///
  /// - Parameter previous: The checksum of what comes before; by default nothing does.
  public static func crc32c(_ bytes: some Sequence<UInt8>, after previous: UInt32 = 0) -> UInt32 {
    var remainder = ~previous
    for byte in bytes {
      remainder = table[Int((remainder ^ UInt32(byte)) & 0xff)] ^ (remainder >> 8)
    }
    return ~remainder
  }

  /// What each byte does to the remainder, for the reversed polynomial 0x1EDC6F41.
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { remainder, _ in
      remainder & 1 == 1 ? (remainder >> 1) ^ 0x82f6_3b78 : remainder >> 1
    }
  }
}
