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

/// What fault injectors do to disks by hand.
@Suite struct StorageInjectionTests {
  /// Does something 50 ms into the chaos.
  private struct Hand: FaultInjector {
    var action: @Sendable (FaultContext, ProcessReference) throws -> Void

    func inject(with faults: FaultContext) async throws {
      try await faults.sleep(for: .milliseconds(50))
      try action(faults, faults.cluster.processes[0])
      try await faults.sleep(for: .seconds(100))
    }
  }

  private func reports(
    seeds: Range<UInt64> = 0..<10,
    _ action: @escaping @Sendable (FaultContext, ProcessReference) throws -> Void,
    round: @escaping @Sendable (StorageProbe.Work) async throws -> Void
  ) -> [SimulationReport] {
    let scenario = Scenario("by hand") {
      Processes(named: "probe") { StorageProbe.Rounds(round: round) }.disk(StorageProbe.disk)
      Clients { StorageProbe.Patience() }
      Chaos(for: StorageProbe.chaos) { Hand(action: action) }
      Budget(run: .seconds(10), settle: .zero)
    }
    return scenario.reports(seeds)
  }

  private func lines(_ report: SimulationReport, _ name: String) -> [TimelineEvent] {
    report.timeline.filter { $0.name == name && $0["process"] == "probe" && $0.kind == .fault }
  }

  @Test(arguments: [1, 7, 4_096])
  func `flipped bits are found, and counted as corruption of what is read`(bits: Int) {
    let reports = reports { faults, process in
      faults.corrupt(file: "file", of: process, bits: bits)
      faults.corrupt(file: "none", of: process)
    } round: { work in
      let bytes = try await work.read()
      work.compare(bytes)
      work.content = bytes
    }
    for report in reports {
      #expect(report.passed && report.seen("wrong bits") == bits, "\(report.line)")
      #expect(report.storage[.readCorruption].fired == 2)
      #expect(report.storage[.readCorruption].effective == 1)
      #expect(lines(report, "storage.corrupt").map { $0.int("bits") } == [bits, 0])
    }
  }

  @Test func `a volume that is full has no room until it is freed`() {
    for isFreed in [false, true] {
      let reports = reports { faults, process in
        faults.fill(process)
        if isFreed { faults.free(process) }
      } round: { work in
        let space = try await work.node.storage.space()
        if space.available == 0 { work.node.saw("no room") }
        try await work.file.write(work.content, at: try await work.file.size())
      }
      for report in reports {
        #expect(report.passed, "\(report.line)")
        #expect(report.seen("noSpace") == report.storage[.noSpace].effective)
        #expect(report.seen("noSpace") == report.seen("no room"))
        #expect(isFreed ? report.seen("noSpace") == 0 : report.seen("noSpace") > 3)
        #expect(report.storage[.noSpace].fired == 1 && report.storage.fullVolumeCount == 0)
        #expect(lines(report, "storage.fill").count == 1)
        // When the chaos is over, there is room again.
        let last = report.timeline.last { $0.name == "saw" }
        #expect(last.map { $0.time < .milliseconds(210) } ?? isFreed)
      }
    }
  }

  @Test func `a stalled disk does nothing for as long as it is told`() {
    let reports = reports { faults, process in
      faults.stall(process, for: .milliseconds(100))
    } round: { work in
      let start = Simulation.elapsed
      _ = try await work.read()
      let milliseconds = Int((Simulation.elapsed - start) / .milliseconds(1))
      if milliseconds > 0 { work.node.saw("waited", milliseconds) }
    }
    for report in reports {
      #expect(report.passed && report.storage[.stall].effective == 1, "\(report.line)")
      #expect(80...100 ~= report.seen("waited"))
      let stalled = Int(report.storage.stalledNanoseconds / 1_000_000)
      #expect(stalled...(stalled + 1) ~= report.seen("waited"))
      #expect(lines(report, "storage.stall").first?["duration"] == "0.1 seconds")
    }
  }

  @Test func `a throttled disk is slow for as long as it is told`() {
    let reports = reports { faults, process in
      faults.throttle(process, for: .milliseconds(100), by: 3_000)
    } round: { work in
      _ = try await work.read()
    }
    for report in reports {
      #expect(report.passed && report.seen("slow") == report.storage[.throttle].effective)
      #expect(3...6 ~= report.seen("slow"))
      #expect(lines(report, "storage.throttle").count == 1)
    }
  }

  @Test func `a divisor that no throttle has is refused at the call`() {
    let reports = reports(seeds: 0..<1) { faults, process in
      faults.throttle(process, for: .seconds(1), by: 1_000_001)
    } round: { work in
      _ = try await work.read()
    }
    let message = "a disk is slowed down by 1 to 1,000,000, not 1000001"
    #expect(reports.allSatisfy { "\($0.run)".contains(message) }, "\(reports[0].run)")
  }

  @Test func `a stall for ever lasts until the chaos is over`() {
    let reports = reports { faults, process in
      faults.stall(process, for: .seconds(Int64.max))
    } round: { work in
      _ = try await work.read()
    }
    for report in reports {
      #expect(report.passed && report.seen("slow") == 1, "\(report.line)")
    }
  }

  @Test func `the next sync fails, and no other`() {
    let reports = reports { faults, process in
      faults.failNextSync(of: process)
      faults.failNextSync(of: process)
    } round: { work in
      try await work.file.synchronize()
    }
    for report in reports {
      #expect(report.passed && report.seen("inputOutput") == 2, "\(report.line)")
      #expect(report.storage[.syncFailure].effective == 2)
      #expect(lines(report, "storage.failNextSync").count == 2)
      #expect(lines(report, "storage.syncFailure").count == 2)
    }
  }

  @Test func `a sync that was to fail is forgiven when the chaos is over`() {
    let reports = reports { faults, process in
      faults.failNextSync(of: process)
    } round: { work in
      if Simulation.elapsed > .milliseconds(210) { try await work.file.synchronize() }
    }
    #expect(reports.allSatisfy { $0.passed && $0.seen("inputOutput") == 0 })
  }

  @Test(arguments: [true, false])
  func `a wiped disk is empty, whether its process runs or not`(isUp: Bool) {
    let scenario = Scenario("wipe") {
      Processes(named: "probe") {
        StorageProbe.Boots { node in
          let file = try await node.storage.open("file", .createOrOpen)
          let size = try await file.size()
          node.logger.info("found", metadata: ["size": "\(size)"])
          try await file.write([1], at: 0)
          try await file.synchronize()
        }
      }.disk(StorageProbe.disk)
      Clients { StorageProbe.Patience() }
      Chaos(for: StorageProbe.chaos) {
        Hand { faults, process in
          if !isUp { faults.reboot(process, .graceful, grace: .zero, recovery: .milliseconds(50)) }
          faults.wipe(process, recovery: .milliseconds(50))
        }
      }
      Budget(run: .seconds(10), settle: .zero)
    }
    for report in scenario.reports(0..<10) {
      let sizes = report.timeline.filter { $0.name == "found" }.map { $0.int("size") }
      #expect(report.passed && sizes == [0, 0], "\(report.line) \(sizes)")
      #expect(report.storage[.wipe].effective == 1)
    }
  }

  @Test func `faults can be those of one process`() {
    let scenario = Scenario("one") {
      Processes(2, named: "probe") {
        StorageProbe.Rounds { work in _ = try await work.read() }
      }.disk(StorageProbe.disk)
      Clients { StorageProbe.Patience() }
      Chaos(for: StorageProbe.chaos) {
        Hand { faults, process in
          var bad = StorageFaults()
          bad.readErrorProbability = 1
          try faults.setStorageFaults(bad, of: process)
        }
      }
      Budget(run: .seconds(10), settle: .zero)
    }
    for report in scenario.reports(0..<10) {
      let errors = report.timeline.filter { $0["what"] == "inputOutput" }
      #expect(report.passed && errors.count == report.storage[.readError].effective)
      #expect(errors.count > 3 && errors.allSatisfy { $0.source == "probe-0" })
      #expect(errors.allSatisfy { $0.time < .milliseconds(210) })
    }
  }

  @Test func `what can't be one process's alone is refused`() {
    let reports = reports { faults, process in
      var bad = StorageFaults()
      bad.stall = FaultWindows(rate: 1, lasting: .zero ... .seconds(1))
      try faults.setStorageFaults(bad, of: process)
    } round: { _ in
    }
    #expect(reports.allSatisfy { $0.line.contains("invalid configuration: storage") })
  }
}
