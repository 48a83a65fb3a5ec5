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

@Suite struct SwarmTests {
  private enum Family: String, CaseIterable { case clog, partition, bitFlip, randomClose, drift }

  private func chosen(
    _ mode: ChaosMode, of families: Set<Family> = Set(Family.allCases), seed: UInt64
  ) -> Set<Family> {
    withDecisions(seed: seed) { mode.chosen(of: families, named: \.rawValue, stream: $0.stream) }
  }

  @Test func `each family is on in half of the seeds`() {
    let swarms = (1...1_000).map { chosen(.swarm, seed: $0) }
    for family in Family.allCases {
      // Five standard errors.
      #expect(abs(swarms.count { $0.contains(family) } - 500) < 80, "\(family)")
    }
    #expect(Set(swarms).count == 32)
  }

  @Test func `a family that is masked or new changes no coin`() {
    for seed in 1...200 as ClosedRange<UInt64> {
      let some = Set(Family.allCases).subtracting([.clog, .bitFlip])
      #expect(chosen(.swarm, of: some, seed: seed) == chosen(.swarm, seed: seed).intersection(some))
    }
  }

  @Test func `the other modes leave the families as they are, and draw nothing`() {
    withDecisions { decisions in
      for mode in [ChaosMode.off, .random] {
        for families in [Set(Family.allCases), [.clog], []] {
          #expect(
            mode.chosen(of: families, named: \.rawValue, stream: decisions.stream) == families)
        }
      }
      #expect(decisions.count == 0)
      _ = ChaosMode.swarm.chosen(
        of: Set(Family.allCases), named: \.rawValue, stream: decisions.stream)
      #expect(decisions.count == 5)
    }
  }

  /// A contract: other coins would change what every seed means.
  @Test func `coins are pinned`() {
    #expect(chosen(.swarm, seed: 42) == [.partition, .randomClose])
  }
}

@Suite struct OperationAlphabetTests {
  private enum Operation: String, CaseIterable { case get, put, delete, list }

  private let operations = Operation.allCases.map(\.rawValue)

  private func alphabet(
    _ operations: [String], workload: String = "bank", seed: UInt64, probability: Double = 0.5
  ) -> OperationAlphabet {
    withDecisions(seed: seed) { decisions in
      OperationAlphabet(operations, workload: workload, probability: probability) {
        decisions.stream($0).double()
      }
    }
  }

  @Test func `each operation is in half of the seeds, and each subset is found`() {
    let alphabets = (1...1_000).map { alphabet(operations, seed: $0) }
    for operation in operations {
      // Half, and a 64th more for the subset that would be empty; five standard errors.
      #expect(abs(alphabets.count { $0.contains(operation) } - 516) < 80, "\(operation)")
    }
    #expect(Set(alphabets.map(\.enabled)).count == 15)
  }

  @Test func `an alphabet is never empty unless the list is`() {
    for seed in 1...500 as ClosedRange<UInt64> {
      #expect(!alphabet(["a"], seed: seed).enabled.isEmpty)
      #expect(!alphabet(operations, seed: seed).enabled.isEmpty)
      #expect(alphabet(operations, seed: seed, probability: 0).enabled.count == 1)
      #expect(alphabet(operations, seed: seed, probability: 1).enabled == operations)
    }
    #expect(alphabet([], seed: 1).enabled == [])
  }

  @Test func `another operation changes no other`() {
    for seed in 1...300 as ClosedRange<UInt64> {
      let before = alphabet(operations, seed: seed)
      let after = alphabet(["new"] + operations, seed: seed)
      // But where none was on but the closest.
      guard before.enabled.count > 1 else { continue }
      #expect(after.enabled.filter { $0 != "new" } == before.enabled)
    }
  }

  @Test func `two workloads choose for themselves`() {
    let pairs = (1...100).map {
      (alphabet(operations, seed: $0), alphabet(operations, workload: "shop", seed: $0))
    }
    #expect(pairs.contains { $0.0 != $0.1 })
  }

  @Test func `an enumeration is filtered by its names`() {
    let some = OperationAlphabet(all: ["put", "list"])
    #expect(some.subset(of: Operation.allCases) == [.put, .list])
    #expect(!some.contains("get"))
  }

  /// A contract: other choices would change what every seed means.
  @Test func `choices are pinned`() {
    #expect(alphabet(operations, seed: 42).enabled == ["list"])
    #expect(alphabet(operations, seed: 44).enabled == ["get", "put", "list"])
  }
}
