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

/// What fails a run must reach its verdict, and nothing may change the report after it.
@Suite struct VerdictPathTests {
  // MARK: Errors of injectors

  @Test func `an error that an injector throws when the phase ends fails the run`() {
    let scenario = Scenario("breaks at the end") {
      Processes(1, named: "p") { Idle() }
      Clients { Waits(.seconds(2)) }
      Chaos(for: .seconds(1)) {
        Injecting { faults in
          do { try await faults.sleep(for: .seconds(100)) } catch { throw Broken() }
        }
      }
    }
    let report = scenario.run(seed: 1)
    #expect(report.line.contains("fault injector injecting failed: broken"), "\(report.line)")
    #expect(report.run.virtualTime < .milliseconds(1_001))
  }

  @Test func `an error that an injector throws when all clients are done fails the run`() {
    let scenario = Scenario("breaks at the end") {
      Processes(1, named: "p") { Idle() }
      Clients { Waits(.seconds(2)) }
      Chaos(for: .seconds(100)) {
        Injecting { faults in
          do { try await faults.sleep(for: .seconds(100)) } catch { throw Broken() }
        }
      }
    }
    let report = scenario.run(seed: 1)
    #expect(report.line.contains("fault injector injecting failed: broken"), "\(report.line)")
  }

  @Test func `an injector that throws fails the run at once`() {
    let scenario = Scenario("breaks at 1 s") {
      Processes(1, named: "p") { Idle() }
      Clients { Waits(.seconds(7_200)) }
      Chaos(for: .seconds(60)) {
        Injecting { faults in
          try await faults.sleep(for: .seconds(1))
          throw Broken()
        }
      }
    }
    let report = scenario.run(seed: 1)
    #expect(report.line.contains("fault injector injecting failed: broken"), "\(report.line)")
    #expect(report.run.virtualTime < .milliseconds(1_001))
  }

  // MARK: After the verdict

  @Test func `nothing happens after the verdict that the report would tell`() {
    let scenario = Scenario("fails at 5 s") {
      Processes(2, named: "p") { Idle() }
      Clients { Waits(.seconds(5), failing: true) }
      Chaos(for: .seconds(100)) {
        Injecting { faults in
          let processes = faults.cluster.processes
          faults.holdDown(processes[0])
          faults.pause(processes[1], for: .seconds(50))
          try await faults.sleep(for: .seconds(1_000), finally: Self.striking(everything: faults))
        }
      }
    }
    let report = scenario.run(seed: 1)
    #expect(report.run.verdict.name == "threw", "\(report.line)")
    #expect(report.starts == [1, 1])
    #expect(report.processes.reboots == [.crash: 1])
    #expect(report.processes.pauses == 1 && report.processes.slowdowns == 0)
    #expect(report.processes.stoodStill.rounded == .seconds(5))
    #expect(report.network.partition.fired == 0 && report.network.clog.fired == 0)
    #expect(report.storage == StorageEffects())
    #expect(report.clocks == ClockEffects())
    #expect(report.clockErrors.largest == 0)
  }

  /// Calls everything that does something.
  static func striking(everything faults: FaultContext) -> @Sendable () -> Void {
    {
      let process = faults.cluster.processes[0]
      let other = faults.cluster.processes[1]
      for kind in RebootKind.allCases { faults.reboot(process, kind) }
      faults.holdDown(other)
      faults.start(process)
      faults.pause(process, for: .seconds(1))
      faults.slow(process, by: 2, for: .seconds(1))
      faults.heal(faults.partition([process], from: [other]))
      faults.healAll()
      faults.partitionOneWay(from: [process], to: [other])
      faults.isolate([process])
      faults.clog(from: process, to: other, for: .seconds(1))
      faults.jump(process, by: .seconds(1))
      faults.changeRate(of: process, to: 1_000)
      try? faults.setStorageFaults(StorageFaults(), of: process)
      faults.corrupt(file: "f", of: process)
      faults.wipe(process)
      faults.fill(process)
      faults.free(process)
      faults.stall(process, for: .seconds(1))
      faults.throttle(process, for: .seconds(1))
      faults.failNextSync(of: process)
    }
  }

  @Test func `a run that fails tells of its clocks what a run that passes does`() {
    func errors(failing: Bool) -> UInt64 {
      let scenario = Scenario("wrong clocks") {
        Processes(1, named: "p") { Idle() }
        Clients { Waits(.seconds(60), failing: failing) }
        Chaos(for: .seconds(100)) {
          Injecting { faults in
            faults.changeRate(of: faults.cluster.processes[0], to: 100_000_000)
          }
        }
      }
      return scenario.run(seed: 1).clockErrors.largest
    }
    // A tenth of a minute.
    for failing in [false, true] {
      #expect(5_999_000_000...6_001_000_000 ~= errors(failing: failing), "\(failing)")
    }
  }

  // MARK: After the phase

  @Test func `a context that outlives its phase does nothing`() {
    let scenario = Scenario("outlives") {
      Processes(2, named: "p") { Idle() }
      Clients {
        Waits(.seconds(5)) { cluster in
          guard cluster.liveProcesses.count == 2 else { throw Broken() }
        }
      }
      Chaos(for: .seconds(3)) {
        Injecting { faults in
          Task {
            try await faults.sleep(for: .seconds(4))
            Self.striking(everything: faults)()
          }
        }
      }
    }
    let report = scenario.run(seed: 1)
    #expect(report.passed, "\(report.line)")
    #expect(report.starts == [1, 1] && report.processes == ProcessEffects())
    #expect(report.network.partition.fired == 0 && report.network.clog.fired == 0)
    #expect(report.storage == StorageEffects() && report.clocks == ClockEffects())
    #expect(!report.timeline.contains { $0.kind == .fault })
  }

  // MARK: Programs that are asked to end

  /// Fails while it is being stopped.
  struct Flushes: Program {
    var error: any Error

    func run(on node: Node) async throws {
      do { try await node.clock.sleep(for: .seconds(1_000)) } catch { throw self.error }
    }
  }

  @Test(arguments: [true, false])
  func `an error of a program that is asked to end fails the run`(inChaos: Bool) {
    var scenario = Scenario("flushes") {
      Processes(1, named: "p") { Flushes(error: Broken()) }
      Clients { Waits(.seconds(2)) }
    }
    if inChaos {
      scenario.chaos = Chaos(for: .seconds(1)) {
        Injecting { faults in faults.reboot(faults.cluster.processes[0], .graceful) }
      }
    }
    let report = scenario.run(seed: 1)
    #expect(report.line.contains("p runs without error violated: broken"), "\(report.line)")
    let exits = report.timeline.filter { $0.name == "exited" }
    #expect(exits.map { $0.metadata["reason"]?.description } == ["broken"])

    scenario.processes[0].exitPolicy = .stayDown
    let tolerant = scenario.run(seed: 1)
    #expect(tolerant.passed, "\(tolerant.line)")
    #expect(tolerant.timeline.contains { $0.name == "exited" })
  }

  @Test func `a program that is cancelled, and says so, has not failed`() {
    let scenario = Scenario("flushes") {
      Processes(1, named: "p") { Flushes(error: CancellationError()) }
      Clients { Waits(.seconds(2)) }
    }
    let report = scenario.run(seed: 1)
    #expect(report.passed, "\(report.line)")
    #expect(report.timeline.filter { $0.name == "exited" }.count == 1)
  }
}

/// Does nothing until it is asked to end.
struct Idle: Program {
  func run(on node: Node) async throws { try await node.clock.sleep(for: .seconds(1_000_000)) }
}

/// Does nothing, and doesn't end when it is asked to.
struct Stubborn: Program {
  func run(on node: Node) async throws {
    await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
  }
}

/// Waits, then looks.
struct Waits: Workload {
  var time: Duration
  var failing = false
  var look: @Sendable (Cluster) async throws -> Void

  init(
    _ time: Duration, failing: Bool = false,
    look: @escaping @Sendable (Cluster) async throws -> Void = { _ in }
  ) {
    self.time = time
    self.failing = failing
    self.look = look
  }

  func run(on node: Node, in cluster: Cluster) async throws {
    try await node.clock.sleep(for: time)
    if failing { throw Broken() }
  }

  func check(on node: Node, in cluster: Cluster) async throws { try await look(cluster) }
}

/// An injector that is a closure.
struct Injecting: FaultInjector {
  let name = "injecting"
  var body: @Sendable (FaultContext) async throws -> Void

  init(_ body: @escaping @Sendable (FaultContext) async throws -> Void) { self.body = body }

  func inject(with faults: FaultContext) async throws { try await body(faults) }
}

/// An error like any other.
struct Broken: Error, CustomStringConvertible {
  let description = "broken"
}

extension FaultContext {
  /// Waits; when the wait is cancelled, does something.
  func sleep(for duration: Duration, finally action: @Sendable () -> Void) async throws {
    do {
      try await sleep(for: duration)
    } catch {
      action()
      throw error
    }
  }
}

extension Duration {
  /// To whole milliseconds: what jobs cost is gone.
  var rounded: Duration { .milliseconds(Int64((self / .milliseconds(1)).rounded())) }
}
