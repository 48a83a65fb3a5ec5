//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension Mathematics {
  /// The quantile of the standard normal distribution for a probability in `2^-53 ..< 1`.
  ///
  /// The distance from 0 is a rational function of `sqrt(-ln p)`, fitted at Chebyshev's nodes with
  /// 80 digits; it is within 1e-13 of the truth. Symmetric: quantile(1 - p) is -quantile(p).
  package static func normalQuantile(_ probability: Double) -> Double {
    let isLower = probability < 0.5
    let tail = isLower ? probability : 1 - probability
    guard tail < 0.5 else { return 0 }
    let root = (-log(tail)).squareRoot()
    let t = root - 3
    var above = 7.15113632673061e-08
    above = above * t + 6.425604327648011e-06
    above = above * t + 0.00021141287888683485
    above = above * t + 0.0035703000040847523
    above = above * t + 0.03545738820339322
    above = above * t + 0.2199323363868594
    above = above * t + 0.8648188340711838
    above = above * t + 2.0986028456225814
    above = above * t + 2.8693291831884475
    above = above * t + 1.6911787264215572
    var below = 5.056550776768195e-08
    below = below * t + 4.501678325039034e-06
    below = below * t + 0.0001459986908999588
    below = below * t + 0.002421802586008491
    below = below * t + 0.023571389898923135
    below = below * t + 0.14307641930225076
    below = below * t + 0.5499436197118585
    below = below * t + 1.3033162363323334
    below = below * t + 1.73914703792176
    below = below * t + 1
    // The root at the median is that of ln 2.
    let distance = (root - 0x1.aa4499161cd48p-1) * above / below
    return isLower ? -distance : distance
  }
}
