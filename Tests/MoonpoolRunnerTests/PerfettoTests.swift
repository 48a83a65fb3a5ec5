//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CampaignScenarios
import Foundation
import MoonpoolRunner
import MoonpoolRuntime
import MoonpoolSim
import Testing

/// The Trace Event Format, as its readers need it.
@Suite struct PerfettoTests {
  private struct File: Decodable {
    var displayTimeUnit: String
    var otherData: [String: String]
    var traceEvents: [Entry]
  }

  private struct Entry: Decodable {
    var name: String
    var cat: String?
    var ph: String
    var ts: Double?
    var dur: Double?
    var pid: Int
    var tid: Int
    var s: String?
    var args: [String: MergedEvent.Value]?
  }

  private func export(_ scenario: Scenario, _ seed: UInt64) throws -> (MergedTrace, File) {
    let trace = try MergedTrace(of: scenario, Recipe(seed: seed))
    return (trace, try JSONDecoder().decode(File.self, from: Data(trace.perfetto.utf8)))
  }

  @Test func everyEventIsThereInItsPlace() throws {
    let (trace, file) = try export(PlantedScenarios.chaotic, 3)
    #expect(file.displayTimeUnit == "ns")
    #expect(file.otherData["recipe"] == "3" && file.otherData["scenario"] == "chaotic <& more>")
    let entries = file.traceEvents.filter { $0.ph != "M" }
    #expect(entries.map { $0.args?["n"] } == trace.events.map { .number($0.number) })
    for (entry, event) in zip(entries, trace.events) {
      #expect(entry.ts == Double(event.time.clampedNanoseconds) / 1_000)
      #expect(entry.ph == (event.kind == "Job" ? "X" : "i"))
      #expect(event.kind == "Job" ? entry.s == nil : ["t", "p", "g"].contains(entry.s))
      #expect(entry.tid == event.task.map { Int($0) } ?? 0)
    }
    let (_, quiet) = try export(PlantedScenarios.trivial, 3)
    #expect(
      quiet.traceEvents.contains {
        $0.name == "DataDelivery" && $0.ph == "i" && $0.args?["bytes"] == .number(1)
      })
  }

  @Test func processesAndTasksHaveNames() throws {
    let (trace, file) = try export(PlantedScenarios.chaotic, 3)
    let names = file.traceEvents.filter { $0.ph == "M" && $0.name == "process_name" }
    // One lane for each process, however often it was started.
    #expect(Set(names.map(\.pid)).count == names.count)
    let byNumber = Dictionary(
      uniqueKeysWithValues: names.map { ($0.pid, $0.args?["name"]?.description ?? "") })
    #expect(byNumber.values.sorted() == Set(trace.events.map(\.processName)).sorted())
    let threads = file.traceEvents.filter { $0.name == "thread_name" }.map { [$0.pid, $0.tid] }
    #expect(Set(threads).count == threads.count)
    for (entry, event) in zip(file.traceEvents.filter { $0.ph != "M" }, trace.events) {
      #expect(threads.contains([entry.pid, entry.tid]))
      if event.kind == "fault" { continue }
      #expect(byNumber[entry.pid] == event.processName)
    }
    // A fault is shown where it struck.
    let struck = file.traceEvents.filter { $0.cat == "fault" && $0.args?["process"] != nil }
    #expect(!struck.isEmpty)
    for fault in struck {
      #expect(byNumber[fault.pid] == fault.args?["process"]?.description && fault.s == "p")
    }
  }

  @Test func jobsAreSlicesThatDoNotOverlap() throws {
    let (_, file) = try export(PlantedScenarios.trivial, 3)
    let jobs = file.traceEvents.filter { $0.ph == "X" }
    #expect(jobs.count > 20)
    for (job, next) in zip(jobs, jobs.dropFirst()) {
      let (start, length) = (job.ts ?? -1, job.dur ?? -1)
      #expect(length > 0 && length <= 10)
      // Microseconds have their nanoseconds as decimals, not to the last bit.
      #expect(start + length <= (next.ts ?? -1) + 0.000_5)
    }
  }
}
