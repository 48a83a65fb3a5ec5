//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation

/// The discrete Fourier transform of one length, a power of two, with its table of roots.
struct FourierTransform {
  /// The number of points.
  let count: Int
  private let cosines: [Double]
  private let sines: [Double]

  /// Prepares the transform of `2^bits` points.
  ///
  /// - Parameter bits: From 0 to 24.
  init(bits: Int) {
    precondition(0...24 ~= bits, "a Fourier transform has 2^0...2^24 points, not 2^\(bits)")
    count = 1 << bits
    let size = Double(count)
    let angles = (0..<(count / 2)).map { -2 * .pi * Double($0) / size }
    cosines = angles.map { cos($0) }
    sines = angles.map { sin($0) }
  }

  /// Transforms in place, forwards and without a factor: `X[k] = Σ x[j] exp(-2πi jk / count)`.
  func transform(_ real: inout [Double], _ imaginary: inout [Double]) {
    precondition(
      real.count == count && imaginary.count == count,
      "a Fourier transform of \(count) points was given \(real.count) and \(imaginary.count)")
    real.withUnsafeMutableBufferPointer { real in
      imaginary.withUnsafeMutableBufferPointer { imaginary in
        permute(real, imaginary)
        var half = 1
        while half < count {
          combine(real, imaginary, half)
          half *= 2
        }
      }
    }
  }

  /// Swaps each point with the one whose index has the bits in reverse.
  private func permute(
    _ real: UnsafeMutableBufferPointer<Double>, _ imaginary: UnsafeMutableBufferPointer<Double>
  ) {
    var mirrored = 0
    for index in 1..<max(count, 1) {
      var bit = count >> 1
      while mirrored & bit != 0 {
        mirrored ^= bit
        bit >>= 1
      }
      mirrored |= bit
      if index < mirrored {
        real.swapAt(index, mirrored)
        imaginary.swapAt(index, mirrored)
      }
    }
  }

  /// Joins pairs of transforms of `half` points each into ones of twice as many.
  private func combine(
    _ real: UnsafeMutableBufferPointer<Double>, _ imaginary: UnsafeMutableBufferPointer<Double>,
    _ half: Int
  ) {
    let stride = count / (2 * half)
    for offset in 0..<half {
      let cosine = cosines[offset * stride]
      let sine = sines[offset * stride]
      var a = offset
      while a < count {
        let b = a + half
        let x = real[b] * cosine - imaginary[b] * sine
        let y = real[b] * sine + imaginary[b] * cosine
        real[b] = real[a] - x
        imaginary[b] = imaginary[a] - y
        real[a] += x
        imaginary[a] += y
        a += 2 * half
      }
    }
  }
}
