//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolCore
import MoonpoolCore
import Testing

@Suite struct FrameTests {
  @Test func `the checksum is that of the standard`() {
    // RFC 3720, B.4, and the check value of the catalogue of CRCs.
    #expect(Checksum.crc32c([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
    #expect(Checksum.crc32c([UInt8](repeating: 0xff, count: 32)) == 0x62a8_ab43)
    #expect(Checksum.crc32c(0..<32) == 0x46dd_794e)
    #expect(Checksum.crc32c("123456789".utf8) == 0xe306_9283)
    #expect(Checksum.crc32c([]) == 0)
  }

  /// With the processor's instruction and without, at all lengths and alignments.
  @Test func bothWaysGiveTheSameChecksum() {
    let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) }
    bytes.withUnsafeBytes { bytes in
      for start in 0..<9 {
        for count in 0..<290 {
          let part = UnsafeRawBufferPointer(rebasing: bytes[start..<start + count])
          let portable = mp_crc32c_portable(42, part.baseAddress, count)
          #expect(mp_crc32c(42, part.baseAddress, count) == portable)
        }
      }
      let check = Array("123456789".utf8).withUnsafeBytes {
        mp_crc32c_portable(0, $0.baseAddress, $0.count)
      }
      #expect(check == 0xe306_9283)
    }
  }

  @Test func `a checksum can be taken piece by piece`() {
    for cut in 0...9 {
      let text = Array("123456789".utf8)
      let first = Checksum.crc32c(text[..<cut])
      #expect(Checksum.crc32c(text[cut...], after: first) == 0xe306_9283)
    }
  }

  @Test(arguments: [0, 1, 11, 12, 300])
  func `a frame gives back its payload, wherever it stands`(count: Int) {
    let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    let frame = Frame.encode(payload)
    #expect(frame.count == Frame.headerSize + count)
    #expect(Frame.decode(frame) == payload)
    #expect(Frame.decode([1, 2, 3] + frame + [4], at: 3) == payload)
  }

  @Test func `a frame with any bit changed is none`() {
    let frame = Frame.encode([1, 2, 3, 4, 5])
    for bit in 0..<frame.count * 8 {
      var damaged = frame
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(Frame.decode(damaged) == nil, "bit \(bit)")
    }
  }

  @Test func `a frame that is cut is none`() {
    let frame = Frame.encode([1, 2, 3])
    for count in 0..<frame.count { #expect(Frame.decode(Array(frame.prefix(count))) == nil) }
    #expect(Frame.decode(frame, at: frame.count) == nil)
  }

  @Test func `a frame in another place is none`() {
    let frame = Frame.encode([1, 2, 3], place: 512)
    #expect(Frame.decode(frame, place: 512) == [1, 2, 3])
    #expect(Frame.decode(frame, place: 0) == nil)
    #expect(Frame.decode(frame, place: 512 + 1 << 32) == nil)
  }
}
