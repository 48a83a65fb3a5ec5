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
import TransportPrograms
import TransportScenarios

/// `transport-simulations run` with 20,000 seeds is the long version.
@Suite struct CampaignTests {
  @Test func promisesAreKeptUnderAllFaults() {
    var reports: [SimulationReport] = []
    var answered: Set<CallKind> = []
    var ended: Set<CallKind> = []
    TransportScenarios.calls.run(seeds: 1...40) { report in
      var report = report
      var kinds: [UInt64: CallKind] = [:]
      for event in report.timeline.compactMap({ $0.value as? CallEvent }) {
        switch event {
        case .asked(let call): kinds[call.id] = call.kind
        case .ended(let id, let end):
          ended.formUnion([kinds[id]].compactMap(\.self))
          if end == .answered || end == .left { answered.formUnion([kinds[id]].compactMap(\.self)) }
        default: break
        }
      }
      // The whole timelines of many runs would be much.
      report.timeline = []
      reports.append(report)
      return true
    }
    #expect(reports.count == 40)
    for report in reports { #expect(report.passed, "\(report.line)") }
    #expect(ended == Set(CallKind.allCases))
    // The others are at nowhere, or take for ever.
    #expect(answered == Set(CallKind.allCases).subtracting([.nowhere, .endless, .endlessInTime]))

    for family in NetworkFaultFamily.allCases
    where family != .datagramLoss && family != .datagramDoubling {
      #expect(reports.contains { $0.network.effects(of: family) > 0 }, "\(family)")
    }
    for kind in RebootKind.allCases {
      #expect(reports.contains { $0.processes.reboots[kind, default: 0] > 0 }, "\(kind)")
    }
    #expect(reports.contains { $0.processes.pauses > 0 })
    #expect(reports.contains { $0.processes.slowdowns > 0 })
    #expect(reports.contains { $0.clocks.rateChanges > 0 })
    for family in [StorageFaultFamily.syncFailure, .throttle, .wipe] {
      #expect(reports.contains { $0.storage[family].effective > 0 }, "\(family)")
    }
  }

  @Test func connectionsThatHaveLastedComeBackAtOnce() {
    let report = TransportScenarios.reconnection.run(seed: 1)
    #expect(report.passed, "\(report.line)")
    #expect(report.network.effects(of: .partition) > 10)
  }
}
