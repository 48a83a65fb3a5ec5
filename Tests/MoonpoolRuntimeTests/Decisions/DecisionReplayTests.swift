//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import MoonpoolRuntime
import Testing

@Suite struct DecisionReplayTests {
  let log: DecisionLog
  let outcome: [UInt64]

  init() {
    (outcome, log) = withDecisions(7, recording: true) { decisions in
      (branchingProgram(decisions, steps: 40), decisions.log(recipe: 7))
    }
  }

  /// Runs the program along a log.
  func follow(
    _ log: DecisionLog, _ mode: DecisionLog.Mode, seed: UInt64, steps: Int = 40, edits: String = ""
  ) throws -> (outcome: [UInt64], divergence: Divergence?) {
    try withDecisions(Recipe(parsing: "\(seed)\(edits)")) { decisions in
      decisions.follow(log, mode)
      return (branchingProgram(decisions, steps: steps), decisions.finish(following: log))
    }
  }

  @Test func aRecordingHasEveryDecision() {
    #expect(log.streams == [.scheduling, .workload("w")])
    #expect(log.count == 40 + outcome.count { $0 >= 3_000 })
    #expect(log[1].bound == 5)
    #expect(log[1].task == 0)
    #expect(log[1].value == draws(seed: 7, .scheduling, 1, below: 5)[0])
    let tasks = log.numbers(of: .scheduling).map { log[$0].task }
    #expect(tasks == (0..<40).map { UInt32($0 % 3) })
  }

  @Test func equalRunsCompareEqual() throws {
    let (same, divergence) = try follow(log, .compare, seed: 7)
    #expect(same == outcome)
    #expect(divergence == nil)
  }

  @Test func compareFindsTheFirstDifferentValue() throws {
    let divergence = try follow(log, .compare, seed: 7, edits: ": #12=\((log[12].value + 1) % 5)")
      .divergence
    #expect(divergence?.number == 12)
    #expect(divergence?.expected?.value == log[12].value)
    #expect(divergence?.actual?.value != log[12].value)
  }

  @Test(arguments: DecisionLog.Mode.allCases)
  func differencesAreFoundInStreamBoundAndTask(mode: DecisionLog.Mode) {
    for change in ["stream", "bound", "task"] {
      withDecisions(7) { decisions in
        decisions.follow(log, mode)
        decisions.raw.pointee.context = change == "task" ? 9 : 0
        let stream = decisions.stream(change == "stream" ? .cost : .scheduling)
        _ = stream.uint64(below: change == "bound" ? 6 : 5)
        let divergence = decisions.finish(following: log)
        if mode == .lenient {
          #expect(divergence == nil)
        } else {
          #expect(divergence?.number == 1, "\(change)")
          #expect(divergence?.expected?.stream == .scheduling)
          #expect(divergence?.actual?.stream == (change == "stream" ? .cost : .scheduling))
        }
      }
    }
  }

  @Test func aRunThatIsTooLongOrTooShortDiverges() throws {
    for mode in [DecisionLog.Mode.compare, .strict] {
      let long = try follow(log, mode, seed: 7, steps: 41).divergence
      #expect(long?.number == UInt64(log.count + 1))
      #expect(long?.expected == nil)
      let short = try follow(log, mode, seed: 7, steps: 39).divergence
      #expect(short?.actual == nil)
      #expect(short?.description.hasSuffix("got the end of the run") == true)
    }
  }

  @Test(arguments: [DecisionLog.Mode.strict, .prefix, .lenient])
  func aReplayUnderAnotherSeedGivesTheSameRun(mode: DecisionLog.Mode) throws {
    let (same, divergence) = try follow(log, mode, seed: 1_000)
    #expect(same == outcome)
    #expect(divergence == nil)
  }

  @Test func aPrefixGoesOnUnderTheSeed() throws {
    var prefix = log
    prefix.truncate(to: 10)
    let (own, divergence) = try follow(prefix, .prefix, seed: 7)
    #expect(own == outcome)
    #expect(divergence == nil)
    let other = try follow(prefix, .prefix, seed: 8).outcome
    #expect(other.prefix(5) == outcome.prefix(5))
    #expect(other != outcome)
  }

  @Test func aLenientReplayAlignsByStream() throws {
    var shortened = log
    shortened.remove(.workload("w"))
    let (same, divergence) = try follow(shortened, .lenient, seed: 7)
    #expect(same == outcome)
    #expect(divergence == nil)
    let schedule = try follow(shortened, .lenient, seed: 1_000).outcome
    let choice = { (value: UInt64) in value < 3 ? value : value / 1_000 }
    #expect(schedule.map(choice) == outcome.map(choice))
    #expect(schedule != outcome)
  }

  @Test func aLenientReplayReducesValuesIntoTheBound() {
    var log = DecisionLog(recipe: 1, streams: [.cost])
    log.append(from: .cost, task: 0, bound: 100, value: 57)
    log.append(from: .hops, task: 0, bound: 0, value: .max)
    withDecisions(7) { decisions in
      decisions.follow(log, .lenient)
      #expect(decisions.stream(.cost).uint64(below: 10) == 7)
      #expect(decisions.stream(.hops).uint64(below: 10) == 5)
      // Exhausted: the second value of the generator, not the first.
      #expect(decisions.stream(.cost).uint64(below: 10) == draws(seed: 7, .cost, 2, below: 10)[1])
    }
  }

  @Test func editsGoBeforeTheLog() throws {
    let value = (log[1].value + 1) % 3
    let edited = try follow(log, .lenient, seed: 7, edits: ": #1=\(value)").outcome
    #expect(edited[0] == value)
    #expect(edited.dropFirst().count == 39)
  }

  @Test func aDivergenceCallsItsHookOnceAndTheRunGoesOn() {
    var calls = 0
    withDecisions(8) { decisions in
      withUnsafeMutablePointer(to: &calls) { calls in
        decisions.follow(
          log, .compare, onDivergence: { $0?.assumingMemoryBound(to: Int.self).pointee += 1 },
          argument: calls)
        let other = branchingProgram(decisions, steps: 40)
        #expect(other.count == 40)
        #expect(decisions.raw.pointee.attention == .max)
      }
      #expect(decisions.finish(following: log) != nil)
    }
    #expect(calls == 1)
  }

  @Test func aReplayCanBeRecordedAndComparedAtOnce() throws {
    let recipe = try Recipe(parsing: "7: 5@11 -> 9@12; #3=4, #20=0")
    let first = withDecisions(recipe, recording: true) { decisions in
      _ = branchingProgram(decisions, steps: 40)
      return decisions.log(recipe: recipe)
    }
    withDecisions(recipe, recording: true) { decisions in
      decisions.follow(first, .compare)
      _ = branchingProgram(decisions, steps: 40)
      #expect(decisions.finish(following: first) == nil)
      #expect(decisions.log(recipe: recipe) == first)
    }
    #expect(first[3].value == 4)
    #expect(first.firstDifference(from: log) != nil)
    #expect(first.firstDifference(from: first) == nil)
  }
}
