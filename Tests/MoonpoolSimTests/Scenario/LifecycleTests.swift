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

/// Processes that are stopped and started by faults and by their supervisors.
@Suite struct LifecycleTests {
  /// Fails unless all processes run.
  static func allRun(_ cluster: Cluster) throws {
    guard cluster.liveProcesses.count == cluster.processes.count else { throw Broken() }
  }

  @Test func `a process that is being stopped when the phase ends starts once it has ended`() {
    let scenario = Scenario("stops late") {
      Processes(1, named: "p") { Stubborn() }
      Clients { Waits(.seconds(30)) { try Self.allRun($0) } }
      Chaos(for: .seconds(10)) {
        Injecting { faults in
          try await faults.sleep(for: .milliseconds(9_999))
          faults.reboot(
            faults.cluster.processes[0], .graceful, grace: .seconds(5), recovery: .seconds(600))
        }
      }
    }
    let report = scenario.run(seed: 1)
    #expect(report.passed && report.starts == [2], "\(report.line)")
    let last = report.timeline.last { $0.name == "started" }
    #expect(last?.time.rounded == .milliseconds(14_999))
  }

  @Test func `attrition's default durations leave no process down in check`() {
    let scenario = Scenario("attrition") {
      Processes(3, named: "p") { Stubborn() }
      Clients { Waits(.seconds(10)) { try Self.allRun($0) } }
      Chaos(for: .seconds(10)) { Attrition(maxDead: 2, kill: 0, crash: 0, powerLoss: 0) }
    }
    let reports = scenario.reports(1...50)
    #expect(reports.filter { !$0.passed }.map(\.seed) == [])
    #expect(reports.contains { ($0.processes.reboots[.graceful] ?? 0) > 0 })
  }

  @Test func `a grace that outlasts the run is waited for before it settles`() {
    let scenario = Scenario("stops long") {
      Processes(1, named: "p") { Stubborn() }
      Clients { Waits(.seconds(2)) { try Self.allRun($0) } }
      Chaos(for: .seconds(1)) {
        Injecting { faults in
          faults.reboot(
            faults.cluster.processes[0], .graceful, grace: .seconds(60), recovery: nil)
        }
      }
    }
    let report = scenario.run(seed: 1)
    #expect(report.passed && report.starts == [2], "\(report.line)")
  }

  @Test func `of two requests to end the last says when the process starts again`() {
    let report = Self.whileStopping { faults, process in
      faults.reboot(process, .graceful, grace: .seconds(2), recovery: .seconds(1))
    }
    #expect(report.passed && report.processes.reboots == [.graceful: 1], "\(report.line)")
    #expect(Self.starts(report) == [.zero, .seconds(3)])
  }

  @Test func `a process that is started while it is being stopped starts once it has ended`() {
    let report = Self.whileStopping { faults, process in faults.start(process) }
    #expect(Self.starts(report) == [.zero, .seconds(2)])
  }

  /// Asks a process to end that takes its time, and does something to it a second later.
  private static func whileStopping(
    _ act: @escaping @Sendable (FaultContext, ProcessReference) -> Void
  ) -> SimulationReport {
    Scenario("while stopping") {
      Processes(1, named: "p") { Stubborn() }
      Clients { Waits(.seconds(30)) }
      Chaos(for: .seconds(29)) {
        Injecting { faults in
          let process = faults.cluster.processes[0]
          faults.reboot(process, .graceful, grace: .seconds(2), recovery: nil)
          try await faults.sleep(for: .seconds(1))
          act(faults, process)
        }
      }
    }.run(seed: 1)
  }

  private static func starts(_ report: SimulationReport) -> [Duration] {
    report.timeline.filter { $0.name == "started" }.map(\.time.rounded)
  }

  @Test func `without chaos all is quiet from the start`() {
    let scenario = Scenario("quiet") {
      Clients(named: "c") { _, cluster in
        guard cluster.isQuiet else { throw Broken() }
      }
    }
    #expect(scenario.run(seed: 1).passed)
  }

  @Test func `without clients the chaos lasts its whole time`() {
    let scenario = Scenario("no clients") {
      Processes(3, named: "p") { Idle() }
      Chaos(for: .seconds(60)) { Attrition(maxDead: 1) }
    }
    let report = scenario.run(seed: 1)
    #expect(report.passed && !report.processes.reboots.isEmpty, "\(report.line)")
    let quiet = report.timeline.first { "\($0.metadata["phase"] ?? "")" == "quiet" }
    #expect(quiet?.time.rounded == .seconds(60))
  }

  // MARK: Durations beyond all measure

  @Test func `what comes after 292 billion years doesn't come at once`() {
    let forever = Duration.seconds(Int64.max)
    let scenario = Scenario("for ever") {
      Processes(2, named: "p") { Idle() }
      Clients { Waits(.seconds(5)) }
      Chaos(for: .seconds(3)) {
        Injecting { faults in
          let processes = faults.cluster.processes
          // Some virtual time has to be gone: the sum wraps then.
          try await faults.sleep(for: .seconds(1))
          faults.pause(processes[0], for: forever)
          faults.slow(processes[0], by: 2, for: forever)
          faults.clog(from: processes[0], to: processes[1], for: forever)
          faults.stall(processes[0], for: forever)
          faults.throttle(processes[0], for: forever)
          faults.reboot(processes[1], .crash, recovery: forever)
        }
      }
    }
    let report = scenario.run(seed: 1)
    #expect(report.passed, "\(report.line)")
    #expect(Self.starts(report) == [.zero, .zero, .seconds(3)])
    #expect(report.processes.stoodStill.rounded == .seconds(2))
  }

  @Test func `durations that no run can count are refused`() {
    let forever = Duration.seconds(Int64.max)
    var scenario = Scenario("for ever") {
      Processes(1, named: "p") { Idle() }
      Chaos(for: .seconds(1))
    }
    func refused() -> String? {
      do { try scenario.validate() } catch let error as InvalidConfiguration {
        return error.problem.contains("at most 2^63 - 1 ns") ? error.field : nil
      } catch {}
      return nil
    }
    scenario.chaos?.duration = forever
    #expect(refused() == "chaos.duration")
    scenario.chaos = nil
    scenario.processes[0].exitPolicy = .restart(after: forever)
    #expect(refused() == "processes[p].exitPolicy")
    for (path, name) in [
      (\Budget.setUp, "setUp"), (\.run, "run"), (\.settle, "settle"), (\.check, "check"),
      (\.shutdown, "shutdown"),
    ] {
      scenario.budget = Budget()
      scenario.budget[keyPath: path] = forever
      #expect(refused() == "budget.\(name)")
    }
  }

  // MARK: Supervisors

  /// Leaves a file, says whether it was there before, and returns.
  struct Leaves: Program {
    func run(on node: Node) async throws {
      if try await node.storage.exists("f") { node.logger.info("found") }
      try await node.storage.withFile("f", .createOrOpen) { file in
        try await file.write([1], at: 0)
        try await file.synchronize()
      }
      try await node.storage.synchronizeDirectory("/")
      try await node.clock.sleep(for: .seconds(1))
    }
  }

  @Test func `a program that its supervisor starts again finds its files`() {
    var faults = StorageFaults()
    faults.wipeProbability = 1
    let scenario = Scenario("supervised") {
      Processes(1, named: "p") { Leaves() }.onExit(.restart(after: .seconds(1)))
      Clients { Waits(.seconds(9)) }
      Chaos(for: .seconds(8)) { faults }
    }
    let report = scenario.run(seed: 1)
    #expect(report.passed && report.starts[0] > 3, "\(report.line)")
    let found = report.timeline.filter { $0.name == "found" }.count
    #expect(found == report.starts[0] - 1 && report.storage[.wipe].fired == 0)
  }
}
