//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CampaignScenarios
import Foundation
import MoonpoolAssertions
import MoonpoolRunner
import MoonpoolRuntime
import Testing

/// Reports as the command line writes and shows them.
@Suite struct ReportCommandTests {
  @Test func runWritesAllItIsAskedFor() throws {
    let folder = try TemporaryFolder()
    let (json, junit) = (folder.file("a.json"), folder.file("a.xml"))
    let ended = try HostCommand([
      "run", "trivial", "broken", "--seeds", "28", "--workers", "2", "--json", json,
      "--junit", junit, "--github",
    ])
    #expect(ended.code == 1 && ended.errors.isEmpty)
    #expect(folder.names == ["a.json", "a.xml"])
    let reports = try CampaignReports(contentsOf: json)
    #expect(reports.campaigns.map(\.scenario) == ["trivial", "planted, broken"])
    #expect(reports.campaigns.map(\.seedCount) == [28, 28])
    #expect(try folder.text("a.xml") == reports.junit(executable: HostProgram.path))
    let annotations = ended.output.split(separator: "\n").filter { $0.hasPrefix("::error ") }
    let problems = reports.campaigns.reduce(0) {
      $0 + $1.failures.count + $1.assertions.filter { $0.status != .passed }.count
        + ($1.unrepeatable.isEmpty ? 0 : 1)
    }
    #expect(problems > 9 && annotations.count == problems)
    // What was saved is shown again, in all formats.
    let show = { try HostCommand(["report", json, "--format", $0]) }
    #expect(try show("json").output == folder.text("a.json"))
    #expect(try show("junit").output == folder.text("a.xml"))
    let github = try show("github").output.split(separator: "\n")
    #expect(github.count == problems && github.allSatisfy { $0.hasPrefix("::error ") })
    let text = try HostCommand(["report", json])
    #expect(text.code == 0)
    for line in ended.output.split(separator: "\n") where !line.hasPrefix("::error") {
      #expect(text.output.contains(line))
    }
  }

  @Test func annotationsComeByThemselvesOnGitHub() throws {
    let arguments = ["run", "broken", "--seeds", "20...20", "--workers", "0"]
    let folder = try TemporaryFolder()
    let plain = try HostCommand(arguments, ["GITHUB_ACTIONS": "false"])
    #expect(!plain.output.contains("::error"))
    let module = folder.file("package/Sources/CampaignScenarios")
    try FileManager.default.createDirectory(atPath: module, withIntermediateDirectories: true)
    try folder.write("", to: "package/Sources/CampaignScenarios/Defect.swift")
    let root = URL(filePath: folder.path).resolvingSymlinksInPath().path
    let there = try HostCommand(
      arguments, ["GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": root],
      in: folder.file("package"))
    #expect(
      there.output.contains(
        "\n::error file=package/Sources/CampaignScenarios/Defect.swift,line=59,title="))
  }

  @Test func whatIsThereIsReplacedAsAWhole() throws {
    let folder = try TemporaryFolder()
    try folder.write("old", to: "old.json")
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link"), withDestinationPath: "old.json")
    let path = folder.file("link")
    let run = try HostCommand(
      ["run", "fixed", "--seeds", "2", "--workers", "0", "--json", path, "--junit", "/dev/stdout"])
    #expect(run.code == 0 && run.output.contains("<testsuite name=\"planted, fixed\""))
    #expect(try CampaignReports(contentsOf: path).passed)
    #expect(folder.names == ["link", "old.json"])
    let type = try FileManager.default.attributesOfItem(atPath: path)[.type]
    #expect(type as? FileAttributeType == .typeSymbolicLink)
  }

  @Test func anInterruptedCampaignIsSavedAsThat() throws {
    let folder = try TemporaryFolder()
    let ended = try HostCommand(
      [
        "run", "trivial", "--seeds", "100000000", "--json", folder.file("json"),
        "--junit", folder.file("xml"),
      ], interrupted: true)
    #expect(ended.code == 130)
    let report = try CampaignReports(contentsOf: folder.file("json")).campaigns[0]
    #expect(report.stopReason == .interrupted && !report.passed)
    #expect(try folder.text("xml").contains("type=\"interrupted\""))
  }

  // MARK: Refusals

  @Test func whatCannotBeWrittenIsRefusedBeforeTheCampaign() throws {
    let folder = try TemporaryFolder()
    let refusals = [
      (["--json", folder.file("no/a")], 73, "cannot write '\(folder.file("no/a"))': No such file"),
      (["--junit", folder.path], 73, "cannot write '\(folder.path)': Is a directory; name a file"),
      (["--json", "/proc/self/nobody"], 73, "cannot write '/proc/self/nobody': "),
      (
        ["--json", folder.file("a"), "--junit", folder.file("a")], 64,
        "'\(folder.file("a"))' cannot have two reports; name another file for one of them"
      ),
    ]
    for (options, code, message) in refusals {
      let ended = try HostCommand(["run", "endless", "--seconds", "1"] + options)
      #expect(ended.code == code && ended.isRefusal, "\(ended)")
      #expect(ended.errors.hasPrefix("error: \(message)"), "\(ended.errors)")
    }
    #expect(folder.names.isEmpty)
  }

  @Test func aFullDiskTakesNoReportAway() throws {
    let ended = try HostCommand([
      "run", "fixed", "--seeds", "2", "--workers", "0", "--json", "/dev/full",
    ])
    #expect(ended.code == 73 && ended.output.contains("\nPASSED\n"))
    #expect(
      ended.errors
        == "error: cannot write '/dev/full': No space left on device; make room first\n")
  }

  @Test func whatCannotBeReadIsRefused() throws {
    let folder = try TemporaryFolder()
    try folder.write("{\"schema\": ", to: "part")
    try folder.write("{\"schema\": \"moonpool.campaign/9\"}", to: "new")
    let refusals = [
      ("none", "cannot read '\(folder.file("none"))': No such file or directory; name a file"),
      ("part", "'\(folder.file("part"))': it is no JSON, or only a part of one; save it again"),
      ("new", "'\(folder.file("new"))': its schema is moonpool.campaign/9, and this version"),
      ("", "cannot read '\(folder.file(""))': Is a directory; name a file that can be read"),
    ]
    for (name, message) in refusals {
      let ended = try HostCommand(["report", folder.file(name)])
      #expect(ended.code == 66 && ended.isRefusal, "\(ended)")
      #expect(ended.errors.hasPrefix("error: \(message)"), "\(ended.errors)")
    }
    let format = try HostCommand(["report", "x", "--format", "pdf"])
    #expect(format.code == 64 && format.isRefusal && format.errors.contains("junit"))
  }

  @Test func helpIsComplete() throws {
    let run = try HostCommand(["run", "--help"]).output
    for option in ["--json", "--junit", "--github"] { #expect(run.contains(option)) }
    let report = try HostCommand(["report", "--help"]).output
    for word in ["--format", "text", "json", "junit", "github"] { #expect(report.contains(word)) }
    let all = try HostCommand(["--help"]).output
    for word in ["report", "66 a file", "73 a file"] { #expect(all.contains(word)) }
  }

  // MARK: Terminals

  private static let red = "\u{1b}[31;1m"
  private static let green = "\u{1b}[32;1m"

  @Test func coloursAreForTerminals() throws {
    let broken = ["run", "broken", "--seeds", "20...20", "--workers", "0"]
    let seen = try HostCommand.onTerminal(broken)
    #expect(seen.contains("\(Self.red)FAILED seed=20 — nothing was lost violated"))
    #expect(seen.contains("\(Self.red)FAILED: 1 of 1 seeds failed"))
    #expect(seen.contains("\u{1b}[33m○  sometimes  a nineteen"))
    let fixed = ["run", "fixed", "--seeds", "2", "--workers", "0"]
    #expect(try HostCommand.onTerminal(fixed).contains("\(Self.green)PASSED\u{1b}[0m"))
    let replay = ["replay", "broken", "20"]
    let again = try HostCommand.onTerminal(replay)
    #expect(again.hasPrefix("\(Self.red)FAILED seed=20 — nothing was lost violated"))
    #expect(again.components(separatedBy: "\u{1b}[0m\r\n").count == 2)
    #expect(
      try HostCommand.onTerminal(["replay", "fixed", "1"])
        .hasPrefix("\(Self.green)PASSED seed=1 at sim_time="))
    // Nowhere else.
    for command in [broken, replay] {
      #expect(try HostCommand(command).output.contains("\u{1b}") == false)
      for refusal in [["NO_COLOR": "1"], ["TERM": "dumb"]] {
        #expect(try HostCommand.onTerminal(command, refusal).contains("\u{1b}") == false)
      }
    }
    #expect(try HostCommand.onTerminal(fixed, ["NO_COLOR": ""]).contains(Self.green))
  }

  @Test func progressIsALineOfTheTerminal() throws {
    let run = ["run", "trivial", "--seeds", "600", "--workers", "1"]
    let seen = try HostCommand.onTerminal(run, errorsToo: true)
    #expect(seen.hasPrefix("\r\u{1b}[Ktrivial  [") && seen.hasSuffix("\r\u{1b}[K"))
    #expect(seen.contains("] 1/600 · ") || seen.contains("] 0/600 · "))
    let plain = try HostCommand.onTerminal(run, ["NO_COLOR": "1"], errorsToo: true)
    #expect(plain.hasPrefix("\rtrivial  [") && !plain.contains("\u{1b}"))
    #expect(plain.hasSuffix(" \r"))
    #expect(try HostCommand.onTerminal(run, ["TERM": "dumb"], errorsToo: true).isEmpty)
    let narrow = try HostCommand.onTerminal(run, columns: 20, errorsToo: true)
    #expect(
      narrow.components(separatedBy: "\r\u{1b}[K").dropFirst()
        .allSatisfy { $0.count <= 19 })
  }

  @Test func progressSaysWhatHasBeenSeen() throws {
    var lines: Set<String> = []
    let campaign = Campaign(
      PlantedScenarios.chaotic, seeds: SeedPlan(Seeds(1...6)), recheckedSeeds: 0)
    let report = try campaign.run {
      lines.insert("\($0.seedCount): \($0.coverage.seen)/\($0.coverage.wanted)")
      return true
    }
    #expect(lines == ["1: 3/4", "2: 3/4", "3: 3/4", "4: 3/4", "5: 3/4", "6: 3/4"])
    #expect(report.coverage == .init(seen: 3, wanted: 4))
    #expect(try CampaignReport(json: report.json).coverage == report.coverage)
  }
}
