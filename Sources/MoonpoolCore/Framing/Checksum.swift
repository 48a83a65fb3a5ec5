//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import CMoonpoolCore

/// Checksums that tell damaged bytes from whole ones.
public enum Checksum {
  /// CRC-32C (Castagnoli), as iSCSI, ext4 and SCTP use it.
  ///
  /// It finds every change of up to 5 bits in up to 655 bytes, and any other with a probability of
  /// 1 - 2⁻³². It is no defence against somebody who wants to deceive.
  ///
  /// - Parameter previous: The checksum of what comes before; by default nothing does.
  public static func crc32c(_ bytes: some Sequence<UInt8>, after previous: UInt32 = 0) -> UInt32 {
    let whole = bytes.withContiguousStorageIfAvailable {
      crc32c(UnsafeRawBufferPointer($0), previous)
    }
    return whole ?? Array(bytes).withUnsafeBytes { crc32c($0, previous) }
  }

  private static func crc32c(_ bytes: UnsafeRawBufferPointer, _ previous: UInt32) -> UInt32 {
    mp_crc32c(previous, bytes.baseAddress, bytes.count)
  }
}
