//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import Testing

/// What the codec writes and says is kept by programs of other versions, and in files. The digests
/// are those of the first version, which had no short cuts.
@Suite struct GoldenTests {
  private let codec = BinaryCodec()

  /// FNV-1a, 64 bits.
  private struct Digest {
    var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ bytes: some Sequence<UInt8>) {
      for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }
  }

  /// What becomes of bytes: the value's bytes, or the error.
  private func outcome<T: Codable>(_ type: T.Type, _ bytes: [UInt8]) -> String {
    do throws(CodecError) {
      return try codec.encode(codec.decode(type, from: bytes)).hex
    } catch {
      return "\(error) \(error.path) \(error.offset ?? -1)"
    }
  }

  @Test(arguments: zip(0..<16 as Range<UInt64>, Self.encodings))
  func `values have the bytes that they have always had`(seed: UInt64, digest: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    var found = Digest()
    for _ in 0..<4 { found.add(try codec.encode(Sample(&generator))) }
    #expect(found.value == digest, "\(String(found.value, radix: 16)) for seed \(seed)")
  }

  @Test(arguments: zip(0..<16 as Range<UInt64>, Self.outcomes))
  func `broken bytes are read or refused as ever`(seed: UInt64, digest: UInt64) throws {
    var generator = SplitMix64(seed: 2_000 + seed)
    var found = Digest()
    let bytes = try codec.encode(Sample(&generator, depth: 0))
    for _ in 0..<150 {
      var broken = bytes
      for _ in 0...generator.below(3) { generator.breakSomething(in: &broken) }
      found.add(outcome(Item.self, broken).utf8)
      found.add(outcome(Sample.self, broken).utf8)
      let random = (0..<generator.below(24)).map { _ in generator.byte() }
      found.add(outcome([Int?].self, random).utf8)
      found.add(outcome([String].self, random).utf8)
      found.add(outcome(Sample.Compact.self, random).utf8)
      found.add(outcome(Set<Int>.self, random).utf8)
      found.add(outcome([Int: String].self, random).utf8)
    }
    #expect(found.value == digest, "\(String(found.value, radix: 16)) for seed \(seed)")
  }
}

extension GoldenTests {
  private static let encodings: [UInt64] = [
    0xE7C5_F77C_F017_B3EF, 0x7646_90F1_7455_D16E, 0xC12C_8FC1_B559_372D,
    0x102A_8752_B719_E076, 0x180D_D417_040B_2A10, 0xBBF9_85C6_C224_3F75,
    0xDE37_4B14_511D_D99E, 0xDF3D_C382_A0DA_D880, 0x9CFD_E581_8CF9_5A75,
    0x5916_0A3E_4095_3A5C, 0xD887_B59F_B88E_35BC, 0x0B1C_0101_F476_9CF4,
    0x5A53_06CF_84D3_30D0, 0x1AAF_294E_891B_FD9A, 0x8767_6A05_4710_2993,
    0xB7F1_C359_2181_5CFA,
  ]

  private static let outcomes: [UInt64] = [
    0xF4A2_4916_C81D_E3EE, 0xFD49_B524_CBBB_25E3, 0xC313_D9F5_A1AF_9C99,
    0xCB2B_9644_BC44_EABF, 0x0077_EB6B_683B_A5B2, 0x4412_938C_C59B_44C7,
    0xF58D_A7E5_01F7_20B0, 0x3CC2_81AA_1649_3FE8, 0x7D9C_3AA4_DCD6_C0A7,
    0x86C3_0203_D6C8_6763, 0x70A0_6A4B_136B_E629, 0xA9E5_0C73_6850_FEB4,
    0x4C1E_2BEB_8A78_F5E7, 0x4065_5E93_4DFA_E9A3, 0x9B1C_30C4_956E_4B06,
    0xAE6B_9145_C1E6_B358,
  ]
}
