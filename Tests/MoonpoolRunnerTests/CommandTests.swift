//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import Testing

/// The command line of an executable that lists scenarios, run as its users do.
@Suite struct CommandTests {
  private func run(_ arguments: String..., interrupted: Bool = false) throws -> HostCommand {
    try HostCommand(arguments, interrupted: interrupted)
  }

  private func run(_ arguments: [String]) throws -> HostCommand { try HostCommand(arguments) }

  @Test func listNamesTheScenarios() throws {
    let all = try run("list")
    #expect(all.code == 0 && all.errors.isEmpty)
    #expect(
      all.output == """
        trivial
        planted, broken
        planted, fixed
        deadly
        unlucky
        slow
        endless
        unrepeatable
        talkative
        compound
        chaotic <& more>
        gated

        """)
    #expect(try run("list", "planted").output == "planted, broken\nplanted, fixed\n")
  }

  @Test(arguments: ["0", "2"]) func aGreenRunExitsWithZero(workers: String) throws {
    let ended = try run("run", "fixed", "--seeds", "50", "--workers", workers)
    #expect(ended.code == 0 && ended.errors.isEmpty)
    #expect(ended.output.hasPrefix("planted, fixed: 50 seeds in "))
    #expect(ended.output.hasSuffix("PASSED\n\n"))
  }

  @Test func aRedRunExitsWithOneAndSaysHowToReplay() throws {
    let ended = try run("run", "broken", "--seeds", "20...28", "--workers", "2")
    #expect(ended.code == 1)
    #expect(ended.output.contains("FAILED seed=20 — nothing was lost violated at sim_time="))
    #expect(
      ended.output.contains("  replay:   \(HostProgram.path) replay 'planted, broken' '20'"))
    let again = try run("replay", "planted, broken", "20")
    #expect(again.code == 1)
    let lines = again.output.split(separator: "\n")
    #expect(
      lines.first?.hasPrefix("FAILED seed=20 — nothing was lost violated at sim_time=") == true)
    #expect(lines.last?.contains("(CampaignScenarios/Defect.swift:59) on client at ") == true)
    // The replay fails at the very time that the campaign has told.
    #expect(lines.first.map { ended.output.contains($0) } == true)
  }

  @Test func theFirstFailuresAreEnoughIfSomebodySaysSo() throws {
    let ended = try run("run", "broken", "--failures", "2", "--workers", "2")
    #expect(ended.code == 1)
    #expect(ended.output.contains("FAILED: 2 of 2 seeds failed (2 kinds)"))
  }

  @Test func seedsThatFollowFromABaseAreTheSameEachTime() throws {
    let first = try run("run", "unlucky", "--base", "7", "--seeds", "5", "--workers", "0")
    #expect(first.code == 0 && first.output.contains("unlucky: 5 seeds"))
    let broken = ["run", "broken", "--base", "7", "--seeds", "40"]
    let one = try run(broken + ["--workers", "1"])
    let two = try run(broken + ["--workers", "2"])
    // All but the first line, which has real time.
    let facts = [one, two].map { Array($0.output.split(separator: "\n").dropFirst()) }
    #expect(facts[0] == facts[1], "\(facts[0].difference(from: facts[1]))")
    #expect(one.code == 1)
  }

  @Test func anInterruptedCampaignTellsWhatItHas() throws {
    let ended = try run("run", "trivial", "--seeds", "100000000", interrupted: true)
    #expect(ended.code == 130)
    #expect(ended.output.hasPrefix("trivial: "))
    #expect(ended.output.hasSuffix(" (interrupted)\n\n") && !ended.output.contains("PASSED"))
  }

  @Test func replayShowsTimelineAndTrace() throws {
    let ended = try run("replay", "trivial", "3", "--timeline", "--trace")
    #expect(ended.code == 0)
    #expect(ended.output.contains("phase"))
    #expect(ended.output.contains("Processing event at t="))
    #expect(ended.output.contains("\nPASSED seed=3 at sim_time="))
  }

  @Test(
    arguments: [
      (["run", "nobody"], "no scenario is called 'nobody'; 'list' says which there are"),
      (["run", "--seeds", "0"], "--seeds: 0 seeds find nothing"),
      (["run", "--seeds", "x"], "--seeds: "),
      (["run", "--base", "x"], "--base: 'x' is no seed"),
      (["run", "--base", "1", "--seeds", "1...3"], "--base wants --seeds to be a count"),
      (["run", "--workers", "-1"], "--workers: from 0 to 1,024, not -1"),
      (["run", "--failures", "0"], "--failures: at least 1, not 0"),
      (["run", "--seconds", "-2"], "--seconds: a positive number, not -2.0"),
      (["run", "--save-seconds", "-1"], "--save-seconds: 0 or more, not -1.0"),
      (["run", "--until-quiet", "0"], "--until-quiet: at least 1, not 0"),
      (
        ["replay", "planted", "1"],
        "'planted' may be 'planted, broken', 'planted, fixed'; say which"
      ),
      (
        ["replay", "trivial", "x"],
        "malformed recipe \"x\", column 1: found 'x' instead of a seed, such as 8839214571 or 0x1f"
      ),
      (["minimise", "trivial", "1"], "'trivial' passes under 1; there is nothing to minimise"),
      (["minimise", "compound", "7", "--runs", "0"], "--runs: at least 1, not 0"),
      (
        ["minimise", "compound", "7: only"],
        "malformed recipe \"7: only\", column 8: found the end instead of '#' or '@'; "
          + "a rule is STREAM#FIRST...=0 or STREAM@SEED, as in scheduling#100...=0"
      ),
    ])
  func whatCannotBeUnderstoodIsRefusedInOneLine(arguments: [String], message: String) throws {
    let ended = try run(arguments)
    #expect(ended.code == 64 && ended.output.isEmpty)
    #expect(ended.errors.hasPrefix("error: \(message)"))
    #expect(ended.errors.split(separator: "\n").count == 1)
  }

  @Test func helpIsComplete() throws {
    let help = try run("--help")
    #expect(help.code == 0)
    for word in ["list", "run", "replay", "history", "Exit codes: 0 all is well"] {
      #expect(help.output.contains(word))
    }
    let runHelp = try run("run", "--help").output
    for option in [
      "--seeds", "--base", "--workers", "--failures", "--seconds", "--until-all-seen",
      "--until-quiet", "--html", "--regressions", "--resume", "--history", "--no-history",
      "--save-seconds",
    ] { #expect(runHelp.contains(option)) }
  }
}
