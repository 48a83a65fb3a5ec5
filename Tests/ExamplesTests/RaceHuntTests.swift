//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import Testing

/// What a finished command left behind.
struct Ended {
  let exitCode: Int32
  let output: String
  let error: String
}

/// Runs a tool that was built beside the test bundle.
func run(
  _ tool: String, _ arguments: [String], environment: [String: String] = [:]
) throws -> Ended {
  let bundle = try #require(Bundle.main.executableURL)
  let process = Process()
  process.executableURL = bundle.deletingLastPathComponent().appending(path: tool)
  process.arguments = arguments
  process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
  let output = Pipe()
  let error = Pipe()
  process.standardOutput = output
  process.standardError = error
  try process.run()
  // Standard error is at most a line, so that reading one pipe after the other cannot block.
  let outputData = output.fileHandleForReading.readDataToEndOfFile()
  let errorData = error.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return Ended(
    exitCode: process.terminationStatus,
    output: String(decoding: outputData, as: UTF8.self),
    error: String(decoding: errorData, as: UTF8.self))
}

/// Expects a refusal: nothing on standard output, one line on standard error.
func expectOneLine(_ ended: Ended) {
  #expect(ended.output.isEmpty)
  #expect(ended.error.hasSuffix("\n"))
  #expect(ended.error.split(separator: "\n", omittingEmptySubsequences: false).count == 2)
  #expect(ended.error.unicodeScalars.count < 400)
}

func raceHunt(_ arguments: [String]) throws -> Ended { try run("race-hunt", arguments) }

@Suite("race-hunt")
struct RaceHuntTests {
  static let badInput: [[String]] = [
    ["--seed", "banana"], ["--seed", "-5"], ["--seed", ""], ["--seed"], ["--seed", "1\n2"],
    ["--seed", "18446744073709551616"], ["--seed", "+5"], ["--seed", "0x"],
    ["--recipe", "banana"], ["--recipe", "7: 151@"], ["--recipe", "7: x; #1=2"],
    ["--recipe", "\u{7}; ; #"], ["--recipe", ""],
    ["--seeds", "0"], ["--seeds", "5..<5"], ["--seeds", "5...4"], ["--seeds", "1-2"],
    ["--time-limit", "0"], ["--time-limit", "-1"], ["--time-limit", "nan"],
    ["--time-limit", "1e400"], ["--time-limit", "1e-12"], ["--time-limit", "soon"],
    ["--example", "nothing"], ["--strategy", "luck"], ["--strategy", "pct:"],
    ["--strategy", "pct:-1"], ["--seed", "1", "--seeds", "2"], ["--bogus"], ["extra"],
  ]

  @Test("refuses what it cannot understand in one line, exit code 64", arguments: badInput)
  func refusesBadInput(arguments: [String]) throws {
    let ended = try raceHunt(arguments)
    #expect(ended.exitCode == 64)
    expectOneLine(ended)
  }

  @Test("refuses a seed list that it cannot read in one line, exit code 66")
  func refusesMissingInput() throws {
    let directory = FileManager.default.temporaryDirectory
    let empty = directory.appending(path: "race-hunt-\(UUID().uuidString)")
    try Data("# nothing\n\n".utf8).write(to: empty)
    defer { try? FileManager.default.removeItem(at: empty) }
    for path in ["/nowhere/seeds.txt", directory.path, empty.path, ""] {
      let ended = try raceHunt(["--seed-list", path])
      #expect(ended.exitCode == 66, "\(path)")
      expectOneLine(ended)
    }
  }

  @Test("names the line of a seed list that is no seed")
  func refusesBadSeedList() throws {
    let file = FileManager.default.temporaryDirectory
      .appending(path: "race-hunt-\(UUID().uuidString)")
    try Data("1\n0xff # fine\nbanana\n".utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let ended = try raceHunt(["--seed-list", file.path])
    #expect(ended.exitCode == 64)
    #expect(ended.error.contains(":3: 'banana'"))
    expectOneLine(ended)
  }

  @Test("prints help on standard output")
  func printsHelp() throws {
    let ended = try raceHunt(["--help"])
    #expect(ended.exitCode == 0)
    #expect(ended.output.contains("--seed-list <file>"))
    #expect(ended.error.isEmpty)
  }

  @Test("shows the passing and the failing order, without colour in a pipe")
  func showsBothOrders() throws {
    let ended = try raceHunt(["--example", "overdraft"])
    #expect(ended.exitCode == 0)
    #expect(ended.output.contains("FAILED seed="))
    #expect(ended.output.contains(" race-hunt --example overdraft --seed "))
    #expect(ended.output.contains("passes (seed "))
    #expect(ended.output.contains("\n  > "))
    #expect(ended.output.contains("seeds needed: portfolio "))
    #expect(!ended.output.contains("please report"))
    #expect(!ended.output.contains("\u{1B}"))
    #expect(ended.error.isEmpty)
  }

  @Test("replays a seed with the same line in every process")
  func replaysAcrossProcesses() throws {
    let found = try raceHunt(["--example", "retry", "--strategy", "uniform"])
    let line = try #require(
      found.output.split(separator: "\n").first { $0.hasPrefix("FAILED seed=") })
    let seed = line.dropFirst("FAILED seed=".count).prefix { $0.isNumber }
    let replay = ["--example", "retry", "--strategy", "uniform", "--seed", String(seed)]
    let first = try raceHunt(replay)
    let second = try raceHunt(replay)
    #expect(first.exitCode == 1)
    #expect(first.output.contains(line))
    #expect(first.output == second.output)
  }
}
