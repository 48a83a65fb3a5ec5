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

@Suite struct MergedTraceTests {
  private func trace(_ scenario: Scenario, _ seed: UInt64) throws -> MergedTrace {
    try MergedTrace(of: scenario, Recipe(seed: seed))
  }

  private func numbers(_ trace: MergedTrace, _ filter: EventFilter) throws -> [Int] {
    try filter.apply(to: trace).events.map(\.number)
  }

  @Test func traceAndTimelineAreOneListInOrder() throws {
    var scenario = PlantedScenarios.chaotic
    scenario.options.trace = .full
    let report = scenario.run(seed: 3)
    let merged = try trace(PlantedScenarios.chaotic, 3)
    #expect(merged.outcome == report.line && merged.isComplete)
    #expect(merged.events.map(\.number) == Array(merged.events.indices))
    // Nothing is missing, nothing is there twice, and each of both is in its order.
    let traced = merged.events.filter { !$0.isOnTimeline }
    #expect(traced.map(\.kind) == report.run.trace?.events.map(\.kindName))
    #expect(traced.map(\.time) == report.run.trace?.events.map(\.time))
    let told = merged.events.filter(\.isOnTimeline)
    #expect(told.map(\.name) == report.timeline.map(\.name))
    #expect(told.map(\.time) == report.timeline.map(\.time))
    for (event, next) in zip(merged.events, merged.events.dropFirst()) {
      #expect(event.time <= next.time && event.decisionCount <= next.decisionCount)
    }
    // What a task tells stands behind the job in which it did.
    let quiet = try trace(PlantedScenarios.planted(.broken), 8)
    let thirteen = try #require(quiet.events.firstIndex { $0.name == "thirteen" })
    let job = try #require(quiet.events[..<thirteen].last { $0.kind == "Job" })
    #expect(job.taskName == "run" && job.process == "client")
    #expect(quiet.events[thirteen].time == job.time)
    #expect(quiet.events[thirteen].details.map(\.name) == ["level"])
  }

  @Test func theTextIsInColumnsAndWhole() throws {
    let merged = try trace(PlantedScenarios.chaotic, 3)
    let lines = merged.text.split(separator: "\n").map(String.init)
    #expect(lines.count == merged.events.count + 1)
    let last = try #require(merged.events.last)
    let numberWidth = "#\(last.number)".count
    // The first is about the root, whose name stands where all others do.
    let place = try #require(lines[0].range(of: merged.events[0].process)?.lowerBound)
    let width = lines[0].distance(from: lines[0].startIndex, to: place)
    for (event, line) in zip(merged.events, lines) {
      #expect(line.prefix(numberWidth).hasSuffix("#\(event.number)"), "\(line)")
      #expect(line.dropFirst(width).hasPrefix("\(event.process) "), "\(line)")
      let words = event.description.components(separatedBy: "  ")
      #expect(line.split(separator: " ") == words.joined(separator: " ").split(separator: " "))
      #expect(line.last != " ")
    }
    #expect(lines.contains { $0.count > width + 100 })
  }

  @Test func savedTracesAreReadAsTheyWere() throws {
    for scenario in [PlantedScenarios.chaotic, PlantedScenarios.trivial] {
      let merged = try trace(scenario, 3)
      let read = try MergedTrace(jsonLines: merged.jsonLines)
      #expect(TraceComparison(merged, read).isEqual)
      #expect(read.events == merged.events && read.outcome == merged.outcome)
      #expect(read.jsonLines == merged.jsonLines)
    }
  }

  @Test func whatIsNoTraceSaysSo() throws {
    let whole = try trace(PlantedScenarios.trivial, 3).jsonLines
    let lines = whole.split(separator: "\n")
    let header = String(lines[0])
    let cases: [(String, String)] = [
      ("", "it is no trace of this program; 'trace --format json --output FILE' saves one"),
      ("{\"schema\":\"moonpool.campaign/1\"}", "it is no trace of this program; "),
      (
        header.replacing("moonpool.events/1", with: "moonpool.events/2") + "\n",
        "its schema is moonpool.events/2, and this version reads moonpool.events/1; "
      ),
      (header.replacing("\"recipe\":\"3\"", with: "\"recipe\":\"x\""), "its first line is not"),
      (
        lines.dropLast(3).joined(separator: "\n"),
        "it has \(lines.count - 4) of its \(lines.count - 1) events; save it again"
      ),
      (
        whole.replacing("\"n\":5,", with: ""),
        "line 7: it has no 'n'; save it again"
      ),
    ]
    for (text, message) in cases {
      let error = #expect(throws: ReportFileError.self) { try MergedTrace(jsonLines: text) }
      #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    }
  }

  // MARK: Filters

  @Test func filtersLetPassWhatTheyName() throws {
    let merged = try trace(PlantedScenarios.chaotic, 3)
    let all = merged.events
    let places = { (isWanted: (MergedEvent) -> Bool) in all.filter(isWanted).map(\.number) }
    #expect(try EventFilter().apply(to: merged) == merged)
    #expect(
      try numbers(merged, EventFilter(processes: ["server-1"]))
        == places { $0.processName == "server-1" })
    // A restarted process is meant by its name, one life of it by its incarnation.
    let again = try #require(all.first { $0.process != $0.processName }).process
    #expect(
      try numbers(merged, EventFilter(processes: [again])) == places { $0.process == again })
    #expect(try numbers(merged, EventFilter(kinds: ["fault"])) == places { $0.kind == "fault" })
    let fault = try #require(all.last { $0.kind == "fault" }?.name)
    #expect(
      try numbers(merged, EventFilter(kinds: ["Network"]))
        == places { $0.details.contains { $0.value == .text("Network") } })
    #expect(
      try numbers(merged, EventFilter(kinds: [fault, "Job"]))
        == places { $0.name == fault || $0.kind == "Job" })
    #expect(try numbers(merged, EventFilter(timelineOnly: true)) == places(\.isOnTimeline))
    let span = EventFilter(from: .seconds(20), to: .seconds(21))
    #expect(
      try numbers(merged, span) == places { .seconds(20) <= $0.time && $0.time <= .seconds(21) })
    let both = try EventFilter(processes: ["server-0"], kinds: ["Job"]).apply(to: merged)
    #expect(both.events.allSatisfy { $0.kind == "Job" && $0.processName == "server-0" })
    #expect(!both.events.isEmpty && !both.isComplete)
    // A kind that there could be is no mistake.
    let quiet = try trace(PlantedScenarios.trivial, 1)
    #expect(try numbers(quiet, EventFilter(kinds: ["fault"])).isEmpty)
    for kind in ["DataDelivery", "Uncontrolled", "Alarm"] {
      #expect(try numbers(quiet, EventFilter(kinds: [kind])).allSatisfy { $0 >= 0 })
    }
  }

  @Test func whatIsNotThereIsNamedWithWhatIs() throws {
    let merged = try trace(PlantedScenarios.trivial, 3)
    let process = #expect(throws: ReportFileError.self) {
      try EventFilter(processes: ["server"]).apply(to: merged)
    }
    #expect(
      process?.description == "no process of this run is called 'server'; there are "
        + "client, root, server-0, server-1, server-2, simulation")
    let kind = #expect(throws: ReportFileError.self) {
      try EventFilter(kinds: ["Jobs"]).apply(to: merged)
    }
    #expect(
      kind?.description.hasPrefix("no event is of the kind 'Jobs'; there are log, event, fault, ")
        == true)
    #expect(kind?.description.hasSuffix(", exited, phase, started") == true)
  }

  // MARK: Differences

  @Test func theFirstDifferenceIsFound() throws {
    let first = try trace(PlantedScenarios.trivial, 3)
    #expect(TraceComparison(first, first).isEqual)
    var second = first
    second.events[50].decisionCount += 1
    second.events[60].process = "nobody"
    let strict = TraceComparison(first, second)
    #expect(strict.place == 50)
    #expect(strict.text(context: 2).hasPrefix("first difference: event #50, at "))
    let lines = strict.text(context: 2).split(separator: "\n")
    #expect(lines[0].hasSuffix(" decisions: decisions"))
    #expect(lines[1...2].map { $0 } == first.events[48...49].map { "    \($0)" })
    #expect(lines[3...4].map { $0 } == first.events[50...51].map { "A   \($0)" })
    #expect(lines[5...6].map { $0 } == second.events[50...51].map { "B   \($0)" })
    #expect(lines[7] == "A: \(first.events.count) events, \(first.outcome)" && lines.count == 9)
    let loose = TraceComparison(first, second, ignoresTimes: true)
    #expect(loose.place == 60)
    #expect(loose.text().contains(" decisions: process\n"))
    second = first
    second.events.removeLast(2)
    let shorter = TraceComparison(first, second)
    let end = second.events.count
    #expect(shorter.place == end)
    #expect(shorter.text().hasPrefix("first difference: B ends before event #\(end), at "))
    #expect(shorter.text().contains("\nB   nothing more\n"))
    #expect(TraceComparison(second, first).text().hasPrefix("first difference: A ends before"))
  }
}
