//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// CRC-32C once more, as the standard describes it: to judge by, and to make inputs pass.
///
/// No fuzzer guesses a checksum. So the targets put some of them right before anything is read.
enum ReferenceChecksum {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { word, _ in word >> 1 ^ (word & 1 == 0 ? 0 : 0x82F6_3B78) }
  }

  static func crc32c(_ bytes: some Sequence<UInt8>, after previous: UInt32 = 0) -> UInt32 {
    ~bytes.reduce(~previous) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
  }
}

extension RandomAccessCollection<UInt8> where Index == Int {
  /// The little-endian number of so many bytes.
  func number(at offset: Int, bytes count: Int) -> UInt64 {
    (0..<count).reversed().reduce(0) { $0 << 8 | UInt64(self[startIndex + offset + $1]) }
  }
}

extension [UInt8] {
  /// Puts a number in, the last byte first.
  mutating func put(_ number: UInt32, at offset: Int) {
    for index in 0..<4 { self[offset + index] = UInt8(truncatingIfNeeded: number >> (8 * index)) }
  }
}
