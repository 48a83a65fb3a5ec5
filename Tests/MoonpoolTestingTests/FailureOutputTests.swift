//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import Testing

/// What a person reads when a simulated test fails: each fixture is run in a process of its own.
@Suite struct FailureOutputTests {
  @Test func aFailedExpectationCarriesSeedTimeAndCommand() throws {
    let output = try runFixture("overdrawn")
    #expect(output.status != 0)
    let line = try #require(output.text.split(separator: "\n").first { $0.contains("replay:") })
    #expect(
      line.contains(/seed \d+ · sim_time=\d+\.\d+s · decision \d+ · replay: MOONPOOL_SEED=\d+/))
    #expect(line.contains("swift test --filter overdrawn"))
    #expect(output.text.contains("await account.balance >= 0"), "\(output.text)")
    #expect(output.count(of: "recorded an issue") == 1, "the first failing seed stops the test")
  }

  @Test func theSeedOfTheEnvironmentIsTheOnlyOne() throws {
    let all = try runFixture("printsItsSeed")
    #expect(all.status == 0, "\(all.text)")
    #expect(all.count(of: "ran under seed") == 21, "the first seed runs twice")
    let one = try runFixture("printsItsSeed", ["MOONPOOL_SEED": "77"])
    #expect(one.count(of: "ran under seed 77") == one.count(of: "ran under seed"))
    let recipe = try runFixture("printsItsSeed", ["MOONPOOL_SEED": "7: 1@9"])
    #expect(recipe.text.contains("ran under seed 7: 1@9"))
  }

  @Test func aSeedThatIsNoneIsOneClearLine() throws {
    let output = try runFixture("printsItsSeed", ["MOONPOOL_SEED": "banana"])
    #expect(output.status != 0)
    #expect(output.count(of: "ran under seed") == 0)
    #expect(output.text.contains("MOONPOOL_SEED: "), "\(output.text)")
  }

  @Test func theTraceIsPrintedOnDemand() throws {
    let output = try runFixture("printsItsSeed", ["MOONPOOL_SEED": "3", "MOONPOOL_TRACE": "1"])
    #expect(output.text.contains("Processing event at t=0.0s seq=0: TaskCreated"), "\(output.text)")
  }

  @Test(arguments: [
    ("throwsAnError", "Boom()"),
    ("requires", "nothing → nil"),
    ("traps", "Fatal error: out of paper"),
    ("deadlocks", "deadlock: 1 task: task #1 \"body\" waits for a continuation"),
    ("leaks", "leaked tasks: 1 task: task #2 \"stray\" waits for a continuation"),
    ("takesTooLong", "virtual time limit reached"),
    ("startsAThread", "uncontrolled: pthread_create called from"),
    ("dependsOnAGlobal", "a global, static or cache that the first run has changed"),
  ])
  func everyVerdictTurnsTheTestRed(_ fixture: String, _ message: String) throws {
    let output = try runFixture(fixture)
    #expect(output.status != 0)
    #expect(output.text.contains(message), "\(output.text)")
    #expect(
      output.text.contains("MOONPOOL_SEED=1 swift test --filter \(fixture)"), "\(output.text)")
    #expect(output.count(of: "recorded an issue") == 1, "\(output.text)")
  }

  @Test func anXCTestFailsTheSameWay() throws {
    let output = try runFixture(
      arguments: ["MoonpoolTestingTests.XCTestSimulationTests/testFixtureFails"])
    #expect(output.status != 0)
    #expect(output.text.contains("an assertion failed"), "\(output.text)")
    #expect(output.text.contains(/replay: MOONPOOL_SEED=\d+ swift test --filter testFixtureFails/))
  }

  @Test func parameterisedTestsRunEachArgument() throws {
    let output = try runFixture("parameterised")
    #expect(output.count(of: "recorded an issue") == 1, "\(output.text)")
    #expect(output.text.contains("2"))
  }
}

/// What a process printed, and how it ended.
struct FixtureOutput {
  var text: String
  var status: Int32
  func count(of needle: String) -> Int { text.components(separatedBy: needle).count - 1 }
}

/// Runs one of the fixtures in a process of its own.
private func runFixture(
  _ name: String, _ environment: [String: String] = [:]
) throws -> FixtureOutput {
  try runFixture(
    arguments: ["--testing-library", "swift-testing", "--filter", "Fixtures/\(name)"], environment)
}

private func runFixture(
  arguments: [String], _ environment: [String: String] = [:]
) throws -> FixtureOutput {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
  process.arguments = arguments
  var variables = ProcessInfo.processInfo.environment
  variables["MOONPOOL_FIXTURES"] = "1"
  variables["MOONPOOL_SEED"] = nil
  variables["NO_COLOR"] = "1"
  variables.merge(environment) { $1 }
  process.environment = variables
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = pipe
  try process.run()
  let data = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return FixtureOutput(
    text: String(decoding: data, as: UTF8.self), status: process.terminationStatus)
}
