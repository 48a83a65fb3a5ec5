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

/// Injectors of one kind in one phase, and names that users give.
@Suite struct InjectorNameTests {
  private func scenario(@ChaosBuilder _ parts: () -> [any ChaosPart]) -> Scenario {
    Scenario("names") {
      Processes(4, named: "kv") { Idle() }.tags("role", ["primary", "replica"])
      Clients { node, _ in try await node.clock.sleep(for: .seconds(30)) }
      Chaos(for: .seconds(30), parts)
      Budget(run: .seconds(100), settle: .zero)
    }
  }

  private func attrition(_ role: String) -> Attrition {
    var attrition = Attrition(
      maxDead: 4, graceful: 0, kill: role == "primary" ? 1 : 0, crash: role == "replica" ? 1 : 0,
      powerLoss: 0, victims: ProcessTag("role", role))
    attrition.name = "attrition of \(role)s"
    return attrition
  }

  private func pauses(_ role: String) -> ProcessFaults {
    var faults = ProcessFaults()
    faults.pause = FaultWindows(rate: 0.2, lasting: .milliseconds(1) ... .milliseconds(9))
    faults.victims = ProcessTag("role", role)
    faults.name = "pauses of \(role)s"
    return faults
  }

  private func strikes(
    _ report: SimulationReport, _ name: String, on role: String? = nil
  ) -> [TimelineEvent] {
    let victims = ["primary": ["kv-0", "kv-2"], "replica": ["kv-1", "kv-3"]][role ?? ""]
    return report.events(name).filter { victims?.contains($0["process"] ?? "") ?? true }
  }

  /// Whether the same was struck in the same way at the same times. The tasks of other injectors
  /// take their turns, of some microseconds.
  private func isSame(_ some: [TimelineEvent], _ others: [TimelineEvent]) -> Bool {
    some.count > 2 && some.count == others.count
      && zip(some, others).allSatisfy { one, other in
        one.metadata == other.metadata && one.time - other.time < .milliseconds(1)
          && other.time - one.time < .milliseconds(1)
      }
  }

  @Test func `two of one kind strike each those with its tag, and as if alone`() {
    let both = scenario {
      attrition("primary")
      attrition("replica")
    }.reports(0..<10)
    let one = scenario { attrition("primary") }.reports(0..<10)
    for (report, alone) in zip(both, one) {
      #expect(report.passed, "\(report.line)")
      #expect(Set(report.events("process.kill").map { $0["process"] }) == ["kv-0", "kv-2"])
      #expect(Set(report.events("process.crash").map { $0["process"] }) == ["kv-1", "kv-3"])
      #expect(isSame(strikes(report, "process.kill"), strikes(alone, "process.kill")))
    }
  }

  @Test func `two groups of process faults draw from streams of their own`() {
    let both = scenario {
      pauses("primary")
      pauses("replica")
    }.reports(0..<10)
    let one = scenario { pauses("primary") }.reports(0..<10)
    for (report, alone) in zip(both, one) {
      #expect(report.passed && !report.events("process.pause").isEmpty, "\(report.line)")
      let primaries = strikes(report, "process.pause", on: "primary")
      #expect(isSame(primaries, strikes(alone, "process.pause")))
      #expect(strikes(report, "process.pause", on: "replica").count > 2)
    }
  }

  @Test func `two of one name are refused in one line`() {
    let report = scenario {
      Attrition(maxDead: 1, victims: ProcessTag("role", "primary"))
      Attrition(maxDead: 1, victims: ProcessTag("role", "replica"))
    }.run(seed: 1)
    let reason = "chaos.injectors has two called \"attrition\"; give one of them another name"
    #expect(report.line.contains(reason), "\(report.line)")
    #expect(!report.line.contains("\n"))
  }

  /// Draws whatever it is called.
  private struct Drawing: FaultInjector {
    var name: String

    func inject(with faults: FaultContext) async throws {
      for _ in 0..<100 { _ = faults.random.next() }
    }
  }

  @Test func `an injector may be called as a family of faults is`() {
    var network = NetworkFaults()
    network.clog = FaultWindows(rate: 0.2, lasting: .milliseconds(1) ... .milliseconds(9))
    let plain = scenario { network }.reports(0..<5)
    let named = scenario {
      Drawing(name: "network.clog")
      network
    }.reports(0..<5)
    for (one, other) in zip(plain, named) {
      #expect(isSame(strikes(one, "network.clog"), strikes(other, "network.clog")))
    }
  }
}
