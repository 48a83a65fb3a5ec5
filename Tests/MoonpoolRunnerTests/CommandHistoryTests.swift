//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CampaignScenarios
import Foundation
import Testing

/// What the command line keeps, and what it does with that.
@Suite struct CommandHistoryTests {
  private let folder: TemporaryFolder
  private var file: String { folder.file("history.sqlite") }

  init() throws { folder = try TemporaryFolder() }

  private func run(_ arguments: String..., file: String? = nil) throws -> HostCommand {
    try RunningCommand(arguments + ["--history", file ?? self.file]).ended()
  }

  // MARK: Going on

  private static let gated = ["run", "gated", "--seeds", "60", "--workers", "2"]

  /// Begins a campaign that comes to seed 25 and no further, ends it there, and opens the gate.
  ///
  /// - Returns: What became of it, and what the whole campaign says elsewhere.
  private func ended(_ options: [String], by end: (RunningCommand) -> Void) throws -> (
    half: HostCommand, whole: HostCommand
  ) {
    let whole = try RunningCommand(Self.gated).ended()
    let half = try RunningCommand(
      Self.gated + ["--save-seconds", "0", "--history", file] + options,
      environment: [Gate.variable: folder.file("gate")])
    while try seedsInHistory() < 24 { usleep(10_000) }
    end(half)
    let result = try half.ended()
    #expect(FileManager.default.createFile(atPath: folder.file("gate"), contents: nil))
    return (result, whole)
  }

  private func seedsInHistory() throws -> Int {
    struct Document: Decodable {
      struct Scenario: Decodable { var revisions: [Revision] }
      struct Revision: Decodable { var seeds: Int }
      var scenarios: [Scenario]
    }
    let json = try run("history", "--json").output
    let document = try JSONDecoder().decode(Document.self, from: Data(json.utf8))
    return document.scenarios.first?.revisions.first?.seeds ?? 0
  }

  @Test func aKilledCampaignGoesOn() throws {
    let (half, whole) = try ended([]) { $0.kill() }
    #expect(half.code == SIGKILL && half.output.isEmpty)
    let rest = try run("run", "gated", "--resume")
    #expect(rest.facts == whole.facts && rest.code == 1 && whole.code == 1)
    // Of 60 seeds; so that nobody compares nothing with nothing.
    #expect(rest.output.hasPrefix("gated: 60 seeds in ") && rest.output.contains("clock."))
    let again = try run("run", "gated", "--resume")
    #expect(again.code == 64)
    #expect(
      again.errors
        == "error: --resume: no campaign of 'gated' is unfinished; leave it out to begin one\n")
  }

  @Test func anInterruptedCampaignGoesOn() throws {
    let (half, whole) = try ended([]) { $0.interrupt() }
    #expect(half.code == 130 && half.output.hasPrefix("gated: 24 seeds in "))
    let rest = try run("run", "--resume")
    #expect(rest.facts == whole.facts && rest.code == 1)
  }

  @Test func aRunningCampaignIsNotTakenAway() throws {
    let (_, _) = try ended([]) { command in
      let other = try? run("run", "gated", "--resume")
      #expect(other?.code == 64 && other?.output == "")
      #expect(
        other?.errors.hasPrefix(
          "error: --resume: the campaign of 'gated' is running as process ") == true)
      command.kill()
    }
  }

  @Test func anotherExecutableDoesNotGoOn() throws {
    let (_, _) = try ended([]) { $0.kill() }
    let other = folder.file("other-host")
    try FileManager.default.copyItem(atPath: HostProgram.path, toPath: other)
    let handle = try #require(FileHandle(forWritingAtPath: other))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data([0]))
    try handle.close()
    let refused = try RunningCommand(
      ["run", "gated", "--resume", "--history", file], executable: other
    ).ended()
    #expect(refused.code == 64 && refused.output.isEmpty)
    #expect(refused.errors.hasPrefix("error: --resume: the executable has changed since "))
    #expect(refused.errors.contains("--regressions"))
    #expect(refused.errors.split(separator: "\n").count == 1)
  }

  @Test func regressionsOfAnInterruptedCampaignAreInTheLastReport() throws {
    #expect(try run("run", "gated", "--seeds", "13", "--workers", "0").code == 1)
    let (half, _) = try ended(["--regressions"]) { $0.interrupt() }
    #expect(half.output.contains("\nregressions: 3 seeds, 3 fail again\n"))
    let rest = try run("run", "gated", "--resume")
    #expect(rest.output.contains("\nregressions: 3 seeds, 3 fail again\n"))
    #expect(rest.output.contains("3 regressions fail again"))
  }

  @Test(arguments: [
    ["--seeds", "3"], ["--base", "3"], ["--failures", "1"], ["--seconds", "1"],
    ["--until-all-seen"], ["--until-quiet", "3"], ["--regressions"],
  ])
  func whoGoesOnHasNoOtherPlan(options: [String]) throws {
    let ended = try RunningCommand(["run", "trivial", "--resume"] + options).ended()
    #expect(ended.code == 64)
    #expect(
      ended.errors
        == "error: --resume goes on with the campaign's own plan; leave out \(options[0])\n")
  }

  // MARK: What failed before

  @Test func whatFailedIsRunFirst() throws {
    let none = try run("run", "gated", "--regressions", "--seeds", "3", "--workers", "0")
    #expect(none.output.contains("\nregressions: 0 seeds, none fails again\n"))
    // Seeds 2, 9 and 13 fail, in two ways; then 16, as 2.
    #expect(try run("run", "gated", "--seeds", "13", "--workers", "0").code == 1)
    #expect(try run("run", "gated", "--seeds", "20", "--workers", "0").code == 1)
    let ended = try run("run", "gated", "--regressions", "--seeds", "1", "--workers", "2")
    #expect(ended.code == 1)
    #expect(ended.output.contains("\nregressions: 4 seeds, 4 fail again\n"))
    #expect(ended.output.contains("\nFAILED seed=2 — a seed is no two violated"))
    #expect(ended.output.contains("\nFAILED: 4 regressions fail again"))
    #expect(ended.output.contains("  replay:   \(HostProgram.path) replay 'gated' '13'\n"))
    #expect(try run("run", "trivial", "--regressions", "--seeds", "1").output.contains(": 0 seeds"))
  }

  @Test func whoEndsRegressionsLosesNothing() throws {
    // Of the seeds that fail, the last one will stand still at the gate.
    #expect(try run("run", "gated", "--seeds", "26", "--workers", "0").code == 1)
    let command = try RunningCommand(
      ["run", "gated", "--regressions", "--seeds", "3", "--workers", "2", "--history", file],
      environment: [Gate.variable: folder.file("gate")])
    command.interrupt()
    let ended = try command.ended()
    #expect(ended.code == 130 && ended.errors.isEmpty)
    #expect(ended.facts.hasPrefix("gated: 0 seeds,"))
    #expect(ended.output.hasSuffix("\nFAILED: no seed was run (interrupted)\n\n"))
    // They are run again, all of them, and then the seeds.
    let rest = try run("run", "gated", "--resume")
    #expect(rest.code == 1 && rest.facts.hasPrefix("gated: 3 seeds,"))
    #expect(rest.output.contains("\nregressions: 6 seeds, 6 fail again\n"))
  }

  @Test func trendsAreShown() throws {
    #expect(
      try run("history").output
        == "there are no such campaigns in \(file) yet; 'run' keeps them there\n")
    #expect(!FileManager.default.fileExists(atPath: file))
    #expect(try run("run", "gated", "--seeds", "13", "--workers", "0").code == 1)
    let ended = try run("history")
    #expect(ended.code == 0 && ended.output.hasPrefix("gated\n\ncommit "))
    #expect(ended.output.contains("\nviolated: a seed is no two ("))
    #expect(try run("history", "nobody").output.hasPrefix("there are no such campaigns"))
    #expect(try run("history", "--limit", "0").errors == "error: --limit: at least 1, not 0\n")
  }

  @Test func theFileIsBesideThePackage() throws {
    let deep = folder.url.appending(path: "Sources/Deep")
    try FileManager.default.createDirectory(at: deep, withIntermediateDirectories: true)
    let run = { (arguments: [String], variable: String) in
      try RunningCommand(
        ["run", "trivial", "--seeds", "1", "--workers", "0"] + arguments,
        environment: ["MOONPOOL_HISTORY": variable], folder: deep
      ).ended()
    }
    #expect(FileManager.default.createFile(atPath: folder.file("Package.swift"), contents: nil))
    #expect(try run(["--no-history"], "").code == 1)
    #expect(try run([], "off").code == 1)
    #expect(!FileManager.default.fileExists(atPath: folder.file(".moonpool")))
    #expect(try run([], "").errors == "")
    #expect(FileManager.default.fileExists(atPath: folder.file(".moonpool/history.sqlite")))
    #expect(try run([], folder.file("own.sqlite")).errors == "")
    #expect(FileManager.default.fileExists(atPath: folder.file("own.sqlite")))
  }

  // MARK: Trouble

  /// Files that cannot be a history, and what is said of them.
  private func makeTrouble(_ name: String) throws -> (file: String, message: String) {
    switch name {
    case "damaged":
      try Data(repeating: 0x55, count: 8_192).write(to: URL(filePath: file))
      return (file, "the history \(file) is damaged (")
    case "a folder":
      try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: true)
      return (file, "the history \(file) cannot be used (")
    default: return ("/proc/history.sqlite", "the history /proc/history.sqlite cannot be used (")
    }
  }

  @Test(arguments: ["damaged", "a folder", "read-only"])
  func aCampaignDoesNotNeedItsHistory(trouble: String) throws {
    let (file, message) = try makeTrouble(trouble)
    let ended = try run("run", "fixed", "--seeds", "3", "--workers", "0", file: file)
    #expect(ended.code == 0 && ended.output.hasSuffix("PASSED\n\n"))
    #expect(ended.errors.hasPrefix("warning: \(message)"))
    #expect(ended.errors.split(separator: "\n").count == 1)
    for arguments in [["run", "fixed", "--regressions"], ["run", "--resume"]] {
      let refused = try RunningCommand(arguments + ["--history", file]).ended()
      #expect(refused.code == 74 && refused.output.isEmpty)
      #expect(refused.errors.hasPrefix("error: \(message)"))
      #expect(refused.errors.split(separator: "\n").count == 1)
    }
  }

  @Test func aDamagedHistoryIsNotShown() throws {
    let (file, message) = try makeTrouble("damaged")
    let refused = try run("history", file: file)
    #expect(refused.code == 74 && refused.errors.hasPrefix("error: \(message)"))
    let without = try RunningCommand(["run", "--resume", "--no-history"]).ended()
    #expect(without.code == 64)
    #expect(without.errors == "error: --resume needs a history; leave out --no-history\n")
  }
}
