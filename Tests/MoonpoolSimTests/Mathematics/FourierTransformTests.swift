//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import MoonpoolRuntime
import Testing

@Suite struct FourierTransformTests {
  @Test(arguments: 0...7) func `it is the transform by definition`(bits: Int) {
    let count = 1 << bits
    var (real, imaginary) = withStream { stream in
      (
        (0..<count).map { _ in stream.double(in: -1..<1) },
        (0..<count).map { _ in stream.double(in: -1..<1) }
      )
    }
    let (x, y) = (real, imaginary)
    FourierTransform(bits: bits).transform(&real, &imaginary)
    for k in 0..<count {
      var sum = (real: 0.0, imaginary: 0.0)
      for j in 0..<count {
        let angle = -2 * .pi * Double(j * k % count) / Double(count)
        let (sine, cosine) = (sin(angle), cos(angle))
        sum.real += x[j] * cosine - y[j] * sine
        sum.imaginary += x[j] * sine + y[j] * cosine
      }
      #expect(abs(real[k] - sum.real) < 1e-12)
      #expect(abs(imaginary[k] - sum.imaginary) < 1e-12)
    }
  }
}
