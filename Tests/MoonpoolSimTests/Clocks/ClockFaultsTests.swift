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

@Suite struct ClockFaultsTests {
  private let faults = ClockFaults(
    maxSkew: .milliseconds(100), maxDrift: 200_000, jumpRate: 0.1, maxJump: .milliseconds(5))

  private func drawn<Value>(_ body: (DecisionStream) -> Value) -> [Value] {
    (1...2_000 as ClosedRange<UInt64>).map { withStream(seed: $0, body) }
  }

  @Test func `skew and drift fill their ranges, either way`() {
    let skews = drawn { faults.skew(from: $0) }
    #expect(skews.allSatisfy { $0.magnitude <= 100_000_000 })
    #expect(skews.contains { $0 > 95_000_000 } && skews.contains { $0 < -95_000_000 })
    let drifts = drawn { faults.rate(from: $0) }
    #expect(drifts.allSatisfy { $0.magnitude <= 200_000 })
    #expect(drifts.contains { $0 > 190_000 } && drifts.contains { $0 < -190_000 })
  }

  @Test func `without faults every clock is perfect`() {
    #expect(drawn { ClockFaults.none.skew(from: $0) }.allSatisfy { $0 == 0 })
    #expect(drawn { ClockFaults.none.rate(from: $0) }.allSatisfy { $0 == 0 })
    #expect(drawn { ClockFaults.none.jump(from: $0) }.allSatisfy { $0 == 0 })
  }

  @Test func `a jump is never 0 and never too large`() {
    var small = faults
    small.maxJump = .nanoseconds(2)
    withStream { stream in
      let jumps = (0..<500).map { _ in small.jump(from: stream) }
      #expect(Set(jumps) == [-2, -1, 1, 2])
      let large = (0..<500).map { _ in faults.jump(from: stream) }
      #expect(large.allSatisfy { 1...5_000_000 ~= $0.magnitude })
    }
    let longest = ClockFaults(maxJump: .nanoseconds(Int64.max))
    withStream(deciding: [.max, .max - 1]) { stream in
      #expect(longest.jump(from: stream) == -(1 << 62))
    }
  }

  @Test func `the decision 0 is a perfect clock`() {
    withStream(deciding: [0, 0]) { stream in
      #expect(faults.skew(from: stream) == 0 && faults.rate(from: stream) == 0)
      #expect(stream.drawnCount == 2)
    }
  }

  @Test func `what a seed chooses is valid and wrong`() throws {
    for seed in 1...200 as ClosedRange<UInt64> {
      let faults = withStream(seed: seed) { ClockFaults.random(from: $0) }
      try faults.validate("clocks")
      #expect(faults.maxSkew >= .milliseconds(50) && faults.jumpRate >= 0.005)
    }
  }

  /// A contract: other values would change what every seed means.
  @Test func `values are pinned`() {
    withStream(seed: 42) { #expect(faults.skew(from: $0) == -62_375_457) }
    withStream(seed: 42) { #expect(faults.rate(from: $0) == 124_751) }
    withStream(seed: 42) { #expect(faults.jump(from: $0) == -3_118_773) }
    let random = withStream(seed: 42) { ClockFaults.random(from: $0) }
    #expect(
      random
        == ClockFaults(
          maxSkew: .milliseconds(112), maxDrift: 35_000, jumpRate: 0.01,
          maxJump: .milliseconds(206), slewRate: 1 / 60))
  }

  @Test(arguments: [
    Refusal("a.maxSkew") { () throws(InvalidConfiguration) in
      try ClockFaults(maxSkew: .seconds(-1)).validate("a")
    },
    Refusal("a.maxDrift") { () throws(InvalidConfiguration) in
      try ClockFaults(maxDrift: -1).validate("a")
    },
    Refusal("a.maxDrift") { () throws(InvalidConfiguration) in
      try ClockFaults(maxDrift: 500_000_001).validate("a")
    },
    Refusal("a.jumpRate") { () throws(InvalidConfiguration) in
      try ClockFaults(jumpRate: -1, maxJump: .seconds(1)).validate("a")
    },
    Refusal("a.jumpRate") { () throws(InvalidConfiguration) in
      try ClockFaults(jumpRate: .nan, maxJump: .seconds(1)).validate("a")
    },
    Refusal("a.maxJump") { () throws(InvalidConfiguration) in
      try ClockFaults(jumpRate: 1, maxJump: .seconds(-1)).validate("a")
    },
    Refusal("a.maxJump") { () throws(InvalidConfiguration) in
      try ClockFaults(jumpRate: 1).validate("a")
    },
    Refusal("a.slewRate") { () throws(InvalidConfiguration) in
      try ClockFaults(slewRate: .infinity).validate("a")
    },
    Refusal("a.maxError") { () throws(InvalidConfiguration) in
      try ClockFaults(maxError: .seconds(-1)).validate("a")
    },
    Refusal("a.maxError") { () throws(InvalidConfiguration) in
      try ClockFaults(maxSkew: .seconds(2), maxError: .seconds(1)).validate("a")
    },
  ]) func `bad clock faults are refused by name`(refusal: Refusal) { refusal.check() }

  @Test func `good clock faults are accepted`() throws {
    try ClockFaults.none.validate("a")
    try faults.validate("a")
    try ClockFaults(maxSkew: .seconds(1), maxError: .seconds(1)).validate("a")
  }
}

@Suite struct ClockErrorRecordTests {
  @Test func `the largest error is kept, with its process and instant`() {
    var record = ClockErrorRecord(ClockFaults(maxError: .milliseconds(500)))
    #expect("\(record)" == "clocks: no error, within the promised 0.5s")
    let slow = ClockModel(skew: -1_000_000)
    record.observe(slow, process: 1, at: 0)
    record.observe(ClockModel(drift: 200_000), process: 2, at: 1_000_000_000)
    #expect(record.largest == 1_000_000 && record.process == 1 && !record.isExceeded)
    record.observe(ClockModel(skew: 500_000_000), process: 3, at: 7)
    #expect(!record.isExceeded)
    record.observe(ClockModel(skew: -500_000_001), process: 4, at: 1_500_000_000)
    #expect(record.isExceeded)
    #expect(
      "\(record)"
        == "clocks: largest error 0.500000001s (process 4, at 1.5s), more than the promised 0.5s")
  }

  @Test func `without a promise nothing is exceeded`() {
    var record = ClockErrorRecord(.none)
    record.observe(ClockModel(skew: .max), process: 0, at: 0)
    #expect(!record.isExceeded && record.largest == UInt64(Int64.max))
    #expect("\(record)" == "clocks: largest error 9223372036.854775807s (process 0, at 0.0s)")
  }
}
