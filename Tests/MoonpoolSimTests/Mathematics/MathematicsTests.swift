//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime
import MoonpoolSim
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How many numbers of the type lie between two of one sign.
private func steps(_ a: Double, _ b: Double) -> UInt64 {
  if a == b { return 0 }
  guard a.sign == b.sign, a.isFinite, b.isFinite else { return .max }
  return max(a.bitPattern, b.bitPattern) - min(a.bitPattern, b.bitPattern)
}

@Suite struct MathematicsTests {
  private func worst(
    _ points: [Double], _ ours: (Double) -> Double, _ theirs: (Double) -> Double
  ) -> (steps: UInt64, at: Double) {
    var result: (steps: UInt64, at: Double) = (0, 0)
    for x in points {
      let distance = steps(ours(x), theirs(x))
      if distance > result.steps { result = (distance, x) }
    }
    return result
  }

  private func points(_ count: Int, _ range: Range<Double>) -> [Double] {
    withStream { stream in (0..<count).map { _ in stream.double(in: range) } }
  }

  @Test func `log agrees with the C library's`() {
    let exponents = points(50_000, -745..<709)
    for (name, xs) in [
      ("all magnitudes", exponents.map { Mathematics.exp($0) }.filter { $0 > 0 }),
      ("0...1", points(50_000, 0..<1)), ("around 1", points(20_000, 0.9..<1.1)),
    ] {
      let found = worst(xs, Mathematics.log, { log($0) })
      #expect(found.steps <= 2, "\(name): \(found)")
    }
  }

  @Test func `exp agrees with the C library's`() {
    for range in [-708.0..<709, -1.0..<1, -745.1 ..< -708] {
      let found = worst(points(40_000, range), Mathematics.exp, { exp($0) })
      #expect(found.steps <= 2, "\(range): \(found)")
    }
  }

  @Test func `pow agrees with the C library's`() {
    let bases = points(100_000, 0..<1)
    for exponent in [0.1, 1.8, 1000, -3.3] {
      let found = worst(bases, { Mathematics.pow($0, exponent) }, { pow($0, exponent) })
      #expect(found.steps <= 2, "\(exponent): \(found)")
    }
    for exponent in [0.2, 1, 1.2, 1.9999] {
      let found = worst(
        (0..<100_000).map(Double.init), { Mathematics.pow($0, exponent) }, { pow($0, exponent) })
      #expect(found.steps <= 2, "\(exponent): \(found)")
    }
  }

  @Test func `the ends of the ranges`() {
    #expect(Mathematics.log(0) == -.infinity)
    #expect(Mathematics.log(-1).isNaN)
    #expect(Mathematics.log(.nan).isNaN)
    #expect(Mathematics.log(.infinity) == .infinity)
    #expect(Mathematics.log(1) == 0)
    let least = Double.leastNonzeroMagnitude
    #expect(steps(Mathematics.log(least), log(least)) <= 1)
    #expect(Mathematics.exp(0) == 1)
    #expect(Mathematics.exp(710) == .infinity)
    #expect(Mathematics.exp(-746) == 0)
    #expect(Mathematics.exp(.infinity) == .infinity)
    #expect(Mathematics.exp(-.infinity) == 0)
    #expect(Mathematics.exp(.nan).isNaN)
    #expect(Mathematics.exp(-745) == .leastNonzeroMagnitude)
    #expect(steps(Mathematics.exp(709.78), exp(709.78)) <= 1)
  }

  @Test func `pow at the ends is C's, but has no negative bases`() {
    let values = [0, 0.5, 1, 1.0.nextUp, 2, .infinity, .nan]
    for base in values {
      for exponent in values + [-0.5, -1, -1e300, 1e300, -.infinity] {
        let (ours, theirs) = (Mathematics.pow(base, exponent), pow(base, exponent))
        #expect(
          ours.isNaN && theirs.isNaN || steps(ours, theirs) <= 1, "pow(\(base), \(exponent))")
      }
    }
    #expect(Mathematics.pow(-2, 2).isNaN)
  }

  @Test func `the quantile is the inverse of the distribution`() {
    for p in points(20_000, 0..<1)
      + (1...53).map({ Double(sign: .plus, exponent: -$0, significand: 1) })
    where p >= 0x1p-53 {
      let z = Mathematics.normalQuantile(p)
      let back = 0.5 * erfc(-z / 2.0.squareRoot())
      // An error of 1e-13 in z changes the probability by that much times the density.
      let density = exp(-z * z / 2) / (2 * Double.pi).squareRoot()
      #expect(abs(back - p) <= 3e-13 * density + 1e-15 * p, "p = \(p), z = \(z)")
      #expect(Mathematics.normalQuantile(1 - p) == -Mathematics.normalQuantile(1 - (1 - p)))
    }
  }

  /// A contract: other bits would change what every seed means.
  @Test func `bits are pinned`() {
    let third = 1.0 / 3
    let values: [(String, Double, UInt64)] = [
      ("log(1/3)", Mathematics.log(third), 0xbff1_93ea_7aad_030b),
      ("log(1e-300)", Mathematics.log(1e-300), 0xc085_9634_47f8_7fb5),
      ("log(10)", Mathematics.log(10), 0x4002_6bb1_bbb5_5516),
      ("exp(1)", Mathematics.exp(1), 0x4005_bf0a_8b14_5769),
      ("exp(-1/3)", Mathematics.exp(-third), 0x3fe6_edd3_122f_2ea5),
      ("exp(-700.1)", Mathematics.exp(-700.1), 0x00cf_52f9_3df4_dfcf),
      ("pow(1/3, 1.8)", Mathematics.pow(third, 1.8), 0x3fc1_b791_644a_dda1),
      ("pow(65536, 1.4)", Mathematics.pow(65_536, 1.4), 0x4155_1cb4_53b9_5366),
      ("pow(0.999, 1000)", Mathematics.pow(0.999, 1_000), 0x3fd7_8852_6411_ed72),
      ("quantile(1/3)", Mathematics.normalQuantile(third), 0xbfdb_9109_3bfd_ff1f),
      ("quantile(2^-53)", Mathematics.normalQuantile(0x1p-53), 0xc020_6b48_528c_ea51),
    ]
    for (name, value, bits) in values {
      #expect(value.bitPattern == bits, "\(name) is 0x\(String(value.bitPattern, radix: 16))")
    }
  }
}
