//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension Workload {
  /// A tight loop of draws of 64 bits.
  ///
  /// Source: peers.md, workload i (`sim_random u64`): 10 million in a row inside a workload. The
  /// stock side draws from `SystemRandomNumberGenerator`, which is what ordinary code would use.
  static let decision = Workload("decision", per: "draw", count: 10_000_000, stockCount: 1_000_000)
  { count in
    var generator = SystemRandomNumberGenerator()
    blackHole(Int(truncatingIfNeeded: sumOfDraws(count, using: &generator)))
  }

  /// A tight loop of draws of an integer in 0..<100.
  ///
  /// Source: peers.md, workload i (`sim_random_range(0..100)`).
  static let decisionInRange = Workload(
    "decision-range", per: "draw", count: 10_000_000, stockCount: 1_000_000
  ) { count in
    var generator = SystemRandomNumberGenerator()
    var sum = 0
    for _ in 0..<count { sum &+= Int.random(in: 0..<100, using: &generator) }
    blackHole(sum)
  }
}

/// The tight loop of `decision`, for any generator.
@inlinable
public func sumOfDraws<Generator: RandomNumberGenerator>(
  _ count: Int, using generator: inout Generator
) -> UInt64 {
  var sum: UInt64 = 0
  for _ in 0..<count { sum &+= generator.next() }
  return sum
}
