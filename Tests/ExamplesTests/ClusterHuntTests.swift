//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Testing

@Suite("cluster-hunt")
struct ClusterHuntTests {
  private func hunt(_ arguments: String...) throws -> Ended { try run("cluster-hunt", arguments) }

  static let badInput: [[String]] = [
    ["--seed", "banana"], ["--seed", ""], ["--seeds", "0"], ["--seeds", "5..<5"], ["extra"],
    ["--seed", "1", "--seeds", "2"], ["--example", "nothing"], ["--example", "overdraft"],
  ]

  @Test("refuses what it cannot understand in one line, exit code 64", arguments: badInput)
  func refusesBadInput(arguments: [String]) throws {
    let ended = try run("cluster-hunt", arguments)
    #expect(ended.exitCode == 64)
    expectOneLine(ended)
  }

  @Test("refuses a seed list that it cannot read in one line, exit code 66")
  func refusesMissingInput() throws {
    let ended = try hunt("--seed-list", "/nowhere/seeds.txt")
    #expect(ended.exitCode == 66)
    expectOneLine(ended)
  }

  @Test("lists the examples")
  func lists() throws {
    let lines = try hunt("--list").output.split(separator: "\n")
    #expect(lines.count == 5)
    #expect(lines.first?.hasPrefix("replicated-register  ") == true)
  }

  @Test("finds a mistake, and replays it with the same line in every process")
  func findsAndReplays() throws {
    let found = try hunt("--example", "transaction-store")
    #expect(found.exitCode == 0)
    #expect(found.output.contains("seeds needed: "))
    let line = try #require(
      found.output.split(separator: "\n").first { $0.hasPrefix("FAILED seed=") })
    #expect(line.contains(" — a transfer is made exactly once violated: "))
    #expect(line.contains(" at sim_time="))
    let seed = String(line.dropFirst("FAILED seed=".count).prefix { $0.isNumber })
    let replayed = try hunt("--example", "transaction-store", "--seed", seed, "--timeline")
    #expect(replayed.exitCode == 1)
    #expect(replayed.output.contains(line))
    #expect(replayed.output.contains("teller-0: TransferMade"))
  }

  @Test("says how many seeds the correct one has survived")
  func survives() throws {
    let ended = try hunt("--example", "transaction-store", "--fixed", "--seeds", "1...3")
    #expect(ended.exitCode == 0)
    #expect(ended.output.contains("seeds run: 3; "))
    #expect(!ended.output.contains("FAILED"))
  }

  @Test("runs each seed twice and compares")
  func compares() throws {
    let ended = try hunt("--example", "key-value-store", "--fixed", "--twice", "--seeds", "1...3")
    #expect(ended.exitCode == 0)
    #expect(ended.output.contains("seeds run twice: 3; mismatches: 0"))
  }
}
