//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolSim
import Testing

/// Which operations workloads use, as they are told.
@Suite struct AlphabetsInScenariosTests {
  private enum Operation: String, CaseIterable { case push, pop, peek, clear }
  private enum Other: String, CaseIterable { case push, pop, peek, clear }

  /// Asks twice, as a workload does that asks before each operation.
  private struct Asker: Workload {
    func run(on node: Node, in cluster: Cluster) async throws {
      for question in ["first", "again"] {
        node.logger.info(
          "alphabet",
          metadata: [
            "question": "\(question)", "group": "\(cluster.group)",
            "operations": "\(cluster.alphabet(of: Operation.self).map(\.rawValue))",
            "other": "\(cluster.alphabet(of: Other.self).map(\.rawValue))",
          ])
      }
    }
  }

  private func scenario(_ operations: Operations?) -> Scenario {
    Scenario("alphabets") {
      Clients(2, named: "one") { Asker() }
      Clients(1, named: "two") { Asker() }
      if let operations { operations }
      Budget(run: .seconds(1), settle: .zero)
    }
  }

  private func told(_ report: SimulationReport, _ group: String, _ key: String) -> Set<String> {
    Set(
      report.timeline.filter { $0.name == "alphabet" && $0["group"] == group }
        .map { $0[key] ?? "" })
  }

  private let all = #"["push", "pop", "peek", "clear"]"#

  @Test func `every seed and group uses its own subset, which all its clients agree on`() {
    let reports = scenario(Operations(.swarm)).reports(0..<100)
    var subsets: [String] = []
    for report in reports {
      #expect(report.passed, "\(report.line)")
      let one = told(report, "one", "operations")
      #expect(one.count == 1)
      subsets += one
    }
    #expect(!subsets.contains("[]"))
    // 15 subsets, each likely about 6 times.
    #expect(Set(subsets).count >= 13)
    for operation in Operation.allCases {
      let users = subsets.count { $0.contains(operation.rawValue) }
      // A half; three to five standard errors, and the empty subsets that became others.
      #expect((35...72).contains(users), "\(operation): \(users)")
    }
    let differ = reports.count { told($0, "one", "operations") != told($0, "two", "operations") }
    #expect(differ > 80)
    let differByType = reports.count { told($0, "one", "operations") != told($0, "one", "other") }
    #expect(differByType > 80)
  }

  @Test(arguments: [nil, Operations(.all)])
  func `unless the scenario says swarm, all are used`(operations: Operations?) {
    for report in scenario(operations).reports(0..<100) {
      #expect(report.passed && told(report, "one", "operations") == [all])
      #expect(told(report, "two", "other") == [all])
    }
  }

  private enum Stack { enum Operation: String, CaseIterable { case push, pop } }
  private enum File { enum Operation: String, CaseIterable { case read, write } }

  @Test func `two enumerations may have one name`() {
    let scenario = Scenario("alphabets") {
      Clients(named: "one") { node, cluster in
        let stack = cluster.alphabet(of: Stack.Operation.self)
        let file = cluster.alphabet(of: File.Operation.self)
        node.logger.info(
          "alphabets",
          metadata: ["stack": "\(stack.map(\.rawValue))", "file": "\(file.map(\.rawValue))"])
      }
      Operations(.swarm, probability: 1)
      Budget(run: .seconds(1), settle: .zero)
    }
    let told = scenario.run(seed: 1).timeline.first { $0.name == "alphabets" }
    #expect(told?["stack"] == #"["push", "pop"]"#)
    #expect(told?["file"] == #"["read", "write"]"#)
  }

  /// An enumeration before and after somebody has written another case.
  private struct Growing: RawRepresentable, CaseIterable {
    /// Only one test uses it.
    nonisolated(unsafe) static var names = ["push", "pop", "peek"]
    static var allCases: [Growing] { names.map { Growing(rawValue: $0) } }

    var rawValue: String
  }

  @Test func `another case leaves the choice of the others as it was`() {
    let scenario = Scenario("growing") {
      Clients(named: "one") { node, cluster in
        let operations = cluster.alphabet(of: Growing.self).map(\.rawValue)
        node.logger.info("alphabet", metadata: ["operations": "\(operations)"])
      }
      Operations(.swarm)
      Budget(run: .seconds(1), settle: .zero)
    }
    func choices() -> [[String]] {
      scenario.reports(0..<60).map { report in
        let told = report.events("alphabet").first?["operations"] ?? ""
        return ["push", "pop", "peek", "clear"].filter(told.contains)
      }
    }
    let before = choices()
    Growing.names = ["clear", "push", "pop", "peek"]
    let after = choices()
    Growing.names = ["push", "pop", "peek"]
    #expect(after.contains { $0.contains("clear") } && after.contains { !$0.contains("clear") })
    for (some, more) in zip(before, after) {
      let others = more.filter { $0 != "clear" }
      // But where none was on but the closest.
      #expect(others == some || some.count == 1 && others.isEmpty, "\(some), then \(more)")
    }
  }

  @Test func `the probability decides how many are on`() {
    for report in scenario(Operations(.swarm, probability: 0)).reports(0..<50) {
      let only = told(report, "one", "operations")
      #expect(only.count == 1 && only.first?.contains(",") == false && only.first != "[]")
    }
    for report in scenario(Operations(.swarm, probability: 1)).reports(0..<50) {
      #expect(told(report, "one", "operations") == [all])
    }
    let line = scenario(Operations(.swarm, probability: -0.1)).run(seed: 1).line
    #expect(line.contains("invalid configuration: operations.probability is -0.1"), "\(line)")
  }
}
