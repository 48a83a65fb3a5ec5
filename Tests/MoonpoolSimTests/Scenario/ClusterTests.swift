//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolRuntime
import MoonpoolSim
import Testing

/// What workloads, injectors and invariants learn of a cluster.
@Suite struct ClusterTests {
  /// What a workload leaves for the test.
  ///
  /// Safe to share: the test looks when the run is over.
  private final class Answers: @unchecked Sendable {
    var texts: [String: String] = [:]

    func put(_ key: String, _ value: Any) { texts[key] = "\(value)" }
  }

  /// Runs a scenario in which a client asks.
  private func ask(
    _ parts: [any ScenarioPart],
    _ question:
      @escaping @Sendable (Node, Cluster, Answers)
      async throws -> Void
  ) -> [String: String] {
    let answers = Answers()
    var scenario = Scenario("questions") {
      Clients { node, cluster in try await question(node, cluster, answers) }
    }
    for part in parts { part.add(to: &scenario) }
    scenario.budget.settle = .zero
    let report = scenario.run(seed: 1)
    return report.passed ? answers.texts : ["failed": report.line]
  }

  private var groups: [any ScenarioPart] {
    [
      Processes(named: "kv") { Echo() }.tags("role", ["primary", "replica"])
        .layout(Layout(datacenters: 1, zones: 2, machines: 1, processes: 2)),
      Processes(named: "lock") { Echo() },
    ]
  }

  @Test func `processes are found by name, group, tag, and place`() {
    let answers = ask(groups) { _, cluster, answers in
      answers.put("all", cluster.processes)
      answers.put("named", [cluster.process(named: "kv-2"), cluster.process(named: "kv")])
      answers.put("group", cluster.processes(inGroup: "kv"))
      answers.put("nobody", cluster.processes(inGroup: "kw"))
      answers.put("tagged", cluster.processes(tagged: "role", "replica"))
      answers.put("untagged", cluster.processes(tagged: "role", "king"))
      answers.put("zones", cluster.domains(.zone))
      answers.put("machines", cluster.domains(.machine))
      answers.put("zone", cluster.processes(in: .zone, "dc1-z2"))
      answers.put("index", cluster.processes.map(\.index))
      answers.put("indexInGroup", cluster.processes.map(\.indexInGroup))
    }
    let expected = [
      "all": "[kv-0, kv-1, kv-2, kv-3, lock]", "named": "[Optional(kv-2), nil]",
      "group": "[kv-0, kv-1, kv-2, kv-3]", "nobody": "[]", "tagged": "[kv-1, kv-3]",
      "untagged": "[]", "zones": #"["dc1-z1", "dc1-z2"]"#,
      "machines": #"["dc1-z1-m1", "dc1-z2-m1", "lock-m0"]"#, "zone": "[kv-2, kv-3]",
      "index": "[0, 1, 2, 3, 4]", "indexInGroup": "[0, 1, 2, 3, 0]",
    ]
    #expect(answers == expected)
  }

  @Test func `names stand for a process, or for all of a group`() {
    let answers = ask(groups) { node, cluster, answers in
      let addresses = cluster.processes.map(\.address)
      answers.put("process", try await node.network.resolve("kv-2") == [addresses[2]])
      answers.put("group", try await node.network.resolve("kv") == Array(addresses[0..<4]))
      answers.put("one", try await node.network.resolve("lock") == [addresses[4]])
      do {
        _ = try await node.network.resolve("king")
      } catch let error as NetworkError {
        answers.put("nobody", error.code)
      }
    }
    #expect(
      answers == ["process": "true", "group": "true", "one": "true", "nobody": "nameNotFound"])
  }

  private struct Crash: FaultInjector {
    func inject(with faults: FaultContext) async throws {
      faults.reboot(faults.cluster.processes[1], .crash, recovery: .seconds(2))
    }
  }

  @Test func `who is alive, how often it was started, and which phase it is`() {
    let chaos = Chaos(for: .seconds(5)) { Crash() }
    let answers = ask(groups + [chaos]) { node, cluster, answers in
      try await node.clock.sleep(for: .seconds(1))
      answers.put("live", cluster.liveProcesses)
      answers.put("alive", cluster.processes.map(cluster.isAlive))
      answers.put("quiet", cluster.isQuiet)
      try await node.clock.sleep(for: .seconds(2))
      answers.put("later", cluster.liveProcesses.count)
      answers.put("starts", cluster.processes.map(cluster.startCount))
      try await node.clock.sleep(for: .seconds(3))
      answers.put("quiet at last", cluster.isQuiet)
      answers.put("timeline", cluster.timeline.count("started"))
    }
    let expected = [
      "live": "[kv-0, kv-2, kv-3, lock]", "alive": "[true, false, true, true, true]",
      "quiet": "false", "later": "5", "starts": "[1, 2, 1, 1, 1]", "quiet at last": "true",
      "timeline": "6",
    ]
    #expect(answers == expected)
  }

  private struct Reader: FaultInjector {
    func inject(with faults: FaultContext) async throws {
      let registry = faults.cluster.registry
      faults.tell(
        "read",
        [
          "number": "\(registry.value("number", as: Int.self) ?? -1)",
          "wrong": "\(registry.value("number", as: String.self) ?? "nil")",
          "none": "\(registry.contains("none"))",
        ])
    }
  }

  @Test func `what one part publishes the others read, in this run alone`() {
    struct Publisher: Workload {
      func setUp(on node: Node, in cluster: Cluster) async throws {
        let before = cluster.registry.contains("number")
        cluster.registry.publish(1, as: "number")
        cluster.registry.publish(7, as: "number")
        node.logger.info("before", metadata: ["number": "\(before)"])
      }
      func run(on node: Node, in cluster: Cluster) async throws {
        try await node.clock.sleep(for: .seconds(1))
      }
    }
    let scenario = Scenario("registry") {
      Clients { Publisher() }
      Chaos(for: .seconds(1)) { Reader() }
    }
    for report in scenario.reports(0..<3) {
      let read = report.events("read").first
      #expect(read?.int("number") == 7 && read?["wrong"] == "nil" && read?["none"] == "false")
      #expect(report.events("before").first?["number"] == "false")
    }
  }

  private struct Elected: NodeEvent {
    var term: Int
  }

  @Test func `typed events of processes and clients reach invariants as values`() {
    let scenario = Scenario("events") {
      Processes(2, named: "kv") {
        ClosureProgram { node in node.emit(Elected(term: node.name == "kv-0" ? 1 : 2)) }
      }
      Clients { node, _ in
        try await node.clock.sleep(for: .seconds(1))
        node.emit(Elected(term: 3))
      }
      Invariant("terms are below 3", state: [Int]()) { terms, timeline in
        for (elected, place) in timeline.new(Elected.self) {
          terms.append(elected.term)
          if elected.term == 3 { throw PropertyViolation("\(terms.sorted()) at \(place.source)") }
        }
      }
    }
    for report in scenario.reports(0..<5) {
      #expect(report.line.contains("violated: [1, 2, 3] at client"), "\(report.line)")
      let kinds = report.timeline.filter { $0.name == "Elected" }.map(\.kind)
      #expect(kinds == [.event, .event, .event])
    }
  }
}
