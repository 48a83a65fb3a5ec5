//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import MoonpoolRuntime
import Testing

/// The contract of decisions across versions. A change here breaks every recipe ever written down.
@Suite struct DecisionVectorTests {
  @Test func splitMix64HasThePublishedOutput() {
    var state: UInt64 = 1_234_567
    let outputs = (0..<5).map { _ in mp_splitmix64(&state) }
    #expect(
      outputs == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
  }

  @Test func xoshiro256StarStarHasThePublishedOutput() {
    var state: [UInt64] = [1, 2, 3, 4]
    let outputs = (0..<10).map { _ in mp_xoshiro256ss(&state) }
    #expect(
      outputs == [
        11_520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360,
        607_988_272_756_665_600, 16_172_922_978_634_559_625, 8_476_171_486_693_032_832,
        10_595_114_339_597_558_777, 2_904_607_092_377_533_576,
      ])
  }

  @Test func namesAreHashedByFNV1a() {
    #expect(mp_name_hash_begin() == 0xcbf2_9ce4_8422_2325)
    #expect(mp_name_hash_append(mp_name_hash_begin(), "a", 1) == 0xaf63_dc4c_8601_ec8c)
    #expect(mp_name_hash_append(mp_name_hash_begin(), "foobar", 6) == 0x8594_4171_f739_67e8)
  }

  @Test(arguments: [
    (StreamKey.scheduling, 0xeb75_5e1c_13c0_d657 as UInt64),
    (.entropy(node: 3), 0x81a6_cc5c_1db9_d96a),
    (.workload("orders"), 0xbb67_4bc2_141a_3da3),
    (.network(from: 3, to: 5), 0x8053_61ab_dd7a_35b8),
  ])
  func streamsHaveTheseKeys(key: StreamKey, value: UInt64) {
    #expect(key.value == value)
    #expect(StreamKey(name: key.description) == key)
    let name = key.description
    #expect(mp_stream_key(name, name.utf8.count) == value)
  }

  @Test(arguments: [
    (
      0 as UInt64, StreamKey.scheduling,
      [
        4_120_190_306_613_104_540, 13_200_625_710_793_973_141, 5_030_044_240_941_518_641,
        13_325_780_876_695_207_224,
      ] as [UInt64]
    ),
    (
      8_839_214_571, .scheduling,
      [
        17_860_886_338_865_579_936, 1_505_698_415_851_254_572, 17_015_656_101_086_595_719,
        10_304_406_968_062_306_836,
      ]
    ),
    (
      8_839_214_571, .workload("orders"),
      [
        5_688_164_694_981_414_544, 3_991_197_100_936_867_616, 14_205_083_303_045_532_491,
        16_408_925_963_949_823_764,
      ]
    ),
    (
      UInt64.max, .entropy(node: 3),
      [
        6_296_124_183_158_043_911, 11_222_153_287_247_183_535, 11_326_880_381_593_694_638,
        8_638_832_663_346_780_787,
      ]
    ),
  ])
  func streamsHaveTheseOutputs(seed: UInt64, key: StreamKey, expected: [UInt64]) {
    let outputs = withDecisions(Recipe(seed: seed)) { decisions in
      let stream = decisions.stream(key)
      return (0..<4).map { _ in stream.next() }
    }
    #expect(outputs == expected)
  }

  @Test func boundsScaleByMultiplication() {
    #expect(draws(seed: 7, .scheduling, 12, below: 6) == [1, 2, 4, 1, 4, 1, 4, 5, 5, 5, 2, 5])
    #expect(mp_scale(.max, 10) == 9)
    #expect(mp_scale(.max, 0) == .max)
    #expect(mp_scale(.max, .max) == UInt64.max - 1)
  }

  @Test func namesFromCAndFromSwiftAgree() {
    withDecisions(7) { decisions in
      let stream = mp_decisions_stream_numbered(decisions.raw, "entropy", 42)!
      #expect(stream.pointee.key == StreamKey.entropy(node: 42).value)
      #expect(mp_decisions_stream_named(decisions.raw, "hops")!.pointee.key == StreamKey.hops.value)
      #expect(decisions.streams == [.entropy(node: 42), .hops])
      #expect(decisions.streams.map(\.description) == ["entropy/42", "hops"])
    }
  }

  @Test func aStreamWithoutANameIsNamedByItsKey() {
    withDecisions(7) { decisions in
      _ = mp_decisions_stream(decisions.raw, 0xab, nil)
      #expect(decisions.streams.map(\.description) == ["key/00000000000000ab"])
      #expect(StreamKey(name: "key/00000000000000ab").value == 0xab)
    }
  }
}
