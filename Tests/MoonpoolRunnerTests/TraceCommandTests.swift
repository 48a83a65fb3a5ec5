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
import Testing

/// `trace` and `diff` on the command line.
@Suite struct TraceCommandTests {
  private static let trivial = Result {
    try MergedTrace(of: PlantedScenarios.trivial, Recipe(seed: 3))
  }

  // MARK: trace

  @Test func traceShowsWhatIsAskedFor() throws {
    let trace = try Self.trivial.get()
    let text = try HostCommand(["trace", "trivial", "3"])
    #expect(text.code == 0 && text.errors.isEmpty && text.output == trace.text)
    let json = try HostCommand(["trace", "trivial", "3", "--format", "json"])
    #expect(json.output == trace.jsonLines)
    let perfetto = try HostCommand(["trace", "trivial", "3", "--format", "perfetto"])
    #expect(perfetto.output == trace.perfetto)
    // A run that fails is shown all the same.
    let failed = try HostCommand(["trace", "planted, broken", "0", "--timeline-only"])
    #expect(failed.code == 0)
    #expect(failed.output.contains("\nFAILED seed=0 — nothing was lost violated at sim_time="))
    let filtered = try HostCommand([
      "trace", "trivial", "3", "--process", "client", "--process", "root", "--kind", "Job",
      "--kind", "lifecycle", "--from", "1us", "--to", "5.03",
    ])
    let filter = EventFilter(
      processes: ["client", "root"], kinds: ["Job", "lifecycle"], from: .microseconds(1),
      to: .milliseconds(5_030))
    #expect(try filtered.output == filter.apply(to: trace).text)
  }

  @Test(
    arguments: [
      ("5", 5_000_000_000), ("0.5s", 500_000_000), ("20ms", 20_000_000), ("3us", 3_000),
      ("3µs", 3_000), ("17ns", 17), ("1.0000000019", 1_000_000_001), ("0.05min", 3_000_000_000),
      ("0.001h", 3_600_000_000),
    ])
  func timesHaveUnits(text: String, nanoseconds: Int) throws {
    let trace = try Self.trivial.get()
    let ended = try HostCommand(["trace", "trivial", "3", "--to", text])
    #expect(ended.output == (try EventFilter(to: .nanoseconds(nanoseconds)).apply(to: trace).text))
  }

  @Test func tracesAreWrittenToFiles() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("trace")
    let ended = try HostCommand([
      "trace", "trivial", "3", "--format", "json", "--output", path,
    ])
    #expect(ended.code == 0 && ended.output.isEmpty && ended.errors.isEmpty)
    #expect(try folder.text("trace") == Self.trivial.get().jsonLines)
    let nowhere = try HostCommand(["trace", "trivial", "3", "--output", folder.file("no/trace")])
    #expect(nowhere.code == 73 && nowhere.isRefusal)
    #expect(nowhere.errors.contains("No such file or directory; make its folder first"))
  }

  // MARK: diff

  @Test func twoSeedsAreCompared() throws {
    let same = try HostCommand(["diff", "trivial", "3", "3"])
    let trace = try Self.trivial.get()
    let count = trace.events.count
    #expect(same.code == 0)
    #expect(same.output.hasPrefix("no difference in \(count) events\nA: \(count) events, PASSED"))
    let other = try MergedTrace(of: PlantedScenarios.trivial, Recipe(seed: 4))
    let differs = try HostCommand(["diff", "trivial", "3", "4"])
    #expect(differs.code == 1)
    // The log of decisions says which was the first.
    let lines = differs.output.split(separator: "\n")
    #expect(lines[1].hasPrefix("first decision that differs: #"))
    let rest = lines.indices.filter { $0 != 1 }.map { lines[$0] }
    #expect(rest == TraceComparison(trace, other).text().split(separator: "\n"))
    let loose = try HostCommand(["diff", "trivial", "3", "4", "--ignore-times", "--context", "2"])
    let looser = TraceComparison(trace, other, ignoresTimes: true)
    #expect(loose.output.contains(looser.text(context: 2).split(separator: "\n")[1]))
    #expect(try #require(looser.place) > 0)
    let told = try HostCommand(["diff", "chaotic", "3", "4", "--ignore-times", "--timeline-only"])
    #expect(told.code == 1 && !told.output.contains(" Job "))
  }

  @Test func aSavedTraceStandsForAnotherVersion() throws {
    let folder = try TemporaryFolder()
    let trace = try Self.trivial.get()
    try folder.write(trace.jsonLines, to: "same")
    let same = try HostCommand(["diff", "trivial", "3", "--against", folder.file("same")])
    #expect(same.code == 0)
    #expect(same.output.hasPrefix("no difference in \(trace.events.count) events\n"))
    // Another version would write other bytes.
    var changed = trace
    let place = try #require(changed.events.firstIndex { $0.kind == "DataDelivery" })
    let bytes = try #require(changed.events[place].details.firstIndex { $0.name == "bytes" })
    changed.events[place].details[bytes].value = .number(2)
    try folder.write(changed.jsonLines, to: "changed")
    let differs = try HostCommand(["diff", "trivial", "3", "--against", folder.file("changed")])
    #expect(differs.code == 1)
    #expect(differs.output == TraceComparison(changed, trace).text())
    #expect(differs.output.hasPrefix("first difference: event #\(place), at "))
    #expect(differs.output.contains(" decisions: bytes\n"))
  }

  // MARK: Refusals

  @Test(
    arguments: [
      (
        ["trace", "trivial", "x"],
        "malformed recipe \"x\", column 1: found 'x' instead of a seed, such as 8839214571 or 0x1f"
      ),
      (["trace", "nobody", "3"], "no scenario is called 'nobody'; 'list' says which there are"),
      (["trace", "trivial", "3", "--from", "soon"], "--from: 'soon' is no time; write 1.5, 20ms"),
      (["trace", "trivial", "3", "--to", "-1"], "--to: '-1' is no time; write"),
      (["trace", "trivial", "3", "--to", "1."], "--to: '1.' is no time; write"),
      (["trace", "trivial", "3", "--to", "99999999h"], "--to: '99999999h' is no time; write"),
      (["trace", "trivial", "3", "--from", "2", "--to", "1"], "--from: 2.0 seconds is after --to"),
      (["trace", "trivial", "3", "--process", "me"], "no process of this run is called 'me'; "),
      (["trace", "trivial", "3", "--kind", "any"], "no event is of the kind 'any'; there are "),
      (["diff", "trivial", "3"], "name a second recipe, or a file with --against"),
      (
        ["diff", "trivial", "3", "4", "--against", "x"],
        "--against takes the place of a second recipe; leave one out"
      ),
      (["diff", "trivial", "3", "4", "--context", "0"], "--context: at least 1, not 0"),
    ])
  func whatCannotBeUnderstoodIsRefused(arguments: [String], message: String) throws {
    let ended = try HostCommand(arguments)
    #expect(ended.code == 64 && ended.isRefusal, "\(ended)")
    #expect(ended.errors.hasPrefix("error: \(message)"), "\(ended.errors)")
  }

  @Test func filesOfSomethingElseAreRefused() throws {
    let folder = try TemporaryFolder()
    let trace = try Self.trivial.get()
    try folder.write("{}", to: "other")
    try folder.write(
      EventFilter(kinds: ["Job"]).apply(to: trace).jsonLines, to: "part")
    try folder.write(trace.jsonLines, to: "trivial")
    let cases: [(String, String, String, Int32)] = [
      ("trivial", "none", "cannot read '\(folder.file("none"))': No such file", 66),
      ("trivial", "other", "'\(folder.file("other"))': it is no trace of this program; ", 66),
      ("trivial", "part", "'\(folder.file("part"))' has only some of its run's events; save", 66),
      ("fixed", "trivial", "'\(folder.file("trivial"))' is a run of 'trivial' under '3'; name", 64),
    ]
    for (scenario, name, message, code) in cases {
      let ended = try HostCommand(["diff", scenario, "3", "--against", folder.file(name)])
      #expect(ended.code == code && ended.isRefusal, "\(ended)")
      #expect(ended.errors.hasPrefix("error: \(message)"), "\(ended.errors)")
    }
  }

  @Test func helpIsComplete() throws {
    let trace = try HostCommand(["trace", "--help"]).output
    for option in [
      "--process", "--kind", "--from", "--to", "--timeline-only", "--format", "--output",
      "perfetto",
    ] { #expect(trace.contains(option)) }
    let diff = try HostCommand(["diff", "--help"]).output
    #expect(diff.contains("USAGE: campaign-host diff <scenario> <recipe> [<recipe-b>]"))
    for option in ["--against", "--context", "--ignore-times", "--timeline-only", "recipe-b"] {
      #expect(diff.contains(option))
    }
    let all = try HostCommand(["--help"]).output
    for word in ["trace", "diff", "two runs differ"] { #expect(all.contains(word)) }
  }
}
