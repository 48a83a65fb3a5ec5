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
  private let families = ["clog", "partition", "bitFlip", "randomClose", "clockDrift"]

  private func swarm(
    _ families: [String], _ mode: ChaosMode = .swarm, seed: UInt64, probability: Double = 0.5
  ) -> Swarm {
    withDecisions(seed: seed) {
      Swarm(families, mode: mode, probability: probability, decisions: $0)
    }
  }

  @Test func `each family is on in half of the seeds`() {
    let swarms = (1...1_000).map { swarm(families, seed: $0) }
    for family in families {
      // Five standard errors.
      #expect(abs(swarms.count { $0.contains(family) } - 500) < 80, "\(family)")
    }
    #expect(Set(swarms.map(\.enabled)).count == 32)
  }

  @Test func `another family or another order changes no coin`() {
    for seed in 1...200 as ClosedRange<UInt64> {
      let before = swarm(families, seed: seed)
      let after = swarm(["new"] + families.reversed(), seed: seed)
      #expect(after.enabled.filter { $0 != "new" } == before.enabled.reversed())
    }
  }

  @Test func `off is none, random is all, and neither draws`() {
    withDecisions { decisions in
      let off = Swarm(families, mode: .off, decisions: decisions)
      let random = Swarm(families, mode: .random, decisions: decisions)
      #expect(off.enabled == [] && !off.contains("clog"))
      #expect(random.enabled == families && !random.contains("unknown"))
      #expect(decisions.count == 0)
      _ = Swarm(families, mode: .swarm, decisions: decisions)
      #expect(decisions.count == 5)
    }
  }

  @Test func `a probability of 0 is never and of 1 always`() {
    for seed in 1...100 as ClosedRange<UInt64> {
      #expect(swarm(families, seed: seed, probability: 0).enabled == [])
      #expect(swarm(families, seed: seed, probability: 1).enabled == families)
    }
  }

  @Test func `a family can be removed`() {
    var swarm = swarm(families, .random, seed: 1)
    swarm.remove("partition")
    #expect(!swarm.contains("partition") && swarm.enabled.count == 4)
    #expect("\(swarm)" == "clog +, partition -, bitFlip +, randomClose +, clockDrift +")
  }

  /// A contract: other coins would change what every seed means.
  @Test func `coins are pinned`() {
    #expect(swarm(families, seed: 42).enabled == ["partition", "randomClose"])
    let other = swarm(families, seed: 43).enabled
    #expect(other == ["clog", "partition", "randomClose", "clockDrift"])
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
