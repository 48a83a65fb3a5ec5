//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import Foundation
import MoonpoolRuntime

/// The order in which a process goes through the seeds `0..<count`.
public struct SeedOrder: Sendable {
  public var count: UInt64
  /// How many places the order is rotated by.
  public var shift: UInt64

  public init(count: UInt64, shift: UInt64 = 0) {
    self.count = count
    self.shift = shift
  }

  /// The seed that another order runs first is run in the middle here: of 1,000 as the 500th.
  public var rotated: SeedOrder { SeedOrder(count: count, shift: count / 2 + 1) }

  public var seeds: [UInt64] { (0..<count).map { ($0 + shift) % count } }
}

/// Runs of one row, by seed.
public typealias Outcomes = [UInt64: Outcome]

/// Rows in this process and in others, and what must be equal between them.
public enum Matrix {
  /// How many seeds have their traces compared byte by byte: each strategy twice.
  public static let textCount: UInt64 = 10

  /// The executable `matrix-rows`, which is built into the same folder as this one.
  public static let tool = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appendingPathComponent("matrix-rows")

  /// Runs a row in this process.
  public static func outcomes(of row: Row, _ order: SeedOrder) -> Outcomes {
    var outcomes: Outcomes = [:]
    row.run(seeds: order.seeds, detail: .schedule) { outcomes[$0] = $1 }
    return outcomes
  }

  /// Traces and logs of the first seeds, in this process.
  public static func text(of row: Row) -> String {
    (0..<textCount).map { row.run(seed: $0, detail: .text).text }.joined()
  }

  /// Runs a row in a process of its own.
  public static func outcomesElsewhere(of row: Row, _ order: SeedOrder) throws -> Outcomes {
    let output = try run(["digests", row.name, "\(order.count)", "\(order.shift)"])
    var outcomes: Outcomes = [:]
    for line in output.split(separator: "\n") {
      let fields = line.split(separator: "\t", maxSplits: 5).map(String.init)
      guard fields.count == 6, let seed = UInt64(fields[0]), let digest = UInt64(fields[1]),
        let schedule = UInt64(fields[2]), let values = UInt64(fields[3])
      else { throw ToolFailure(description: "unexpected line: \(line)") }
      outcomes[seed] = Outcome(
        digest: digest, schedule: schedule, values: values, line: fields[5],
        passed: fields[4] == "passed", text: "")
    }
    return outcomes
  }

  /// Traces and logs of the first seeds, from a process of its own.
  public static func textElsewhere(of row: Row) throws -> String { try run(["text", row.name]) }

  /// The growth of a process that does nothing but run a row.
  public static func growthElsewhere(of row: Row, seeds: UInt64) throws -> Growth.Result {
    let output = try run(["growth", row.name, "\(seeds)"])
    let fields = output.split(separator: "\t").compactMap { Int($0) }
    guard fields.count == 2 else { throw ToolFailure(description: "unexpected line: \(output)") }
    return Growth.Result(bytes: fields[0], abandoned: fields[1])
  }

  /// How many runs of simulations that share an actor passed, and how many of these wrongly.
  public static func sharedActorElsewhere(runs: UInt64) throws -> (passed: Int, wrong: Int) {
    let output = try run(["shared-actor", "\(runs)"])
    let fields = output.split(separator: "\t").compactMap { Int($0) }
    guard fields.count == 2 else { throw ToolFailure(description: "unexpected line: \(output)") }
    return (fields[0], fields[1])
  }

  /// What the tool prints for `digests`.
  public static func line(_ seed: UInt64, _ outcome: Outcome) -> String {
    let passed = outcome.passed ? "passed" : "failed"
    return [
      "\(seed)", "\(outcome.digest)", "\(outcome.schedule)", "\(outcome.values)", passed,
      outcome.line.replacing("\n", with: " "),
    ].joined(separator: "\t")
  }

  private static func run(_ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = tool
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw ToolFailure(description: "matrix-rows ended with \(process.terminationStatus)")
    }
    return String(decoding: data, as: UTF8.self)
  }
}

/// The second process did not do its work.
public struct ToolFailure: Error, CustomStringConvertible {
  public var description: String
}

/// What became of a row.
public struct RowResult: Sendable {
  public var name: String
  public var seeds: Int
  public var distinctTraces: Int
  public var distinctSchedules: Int
  public var distinctValues: Int
  /// What does not hold, in words.
  public var problems: [String]

  /// Compares runs of a row in several processes.
  public init(_ row: Row, _ runs: [Outcomes]) {
    let first = runs[0]
    name = row.name
    seeds = first.count
    distinctTraces = Set(first.values.map(\.digest)).count
    distinctSchedules = Set(first.values.map(\.schedule)).count
    distinctValues = Set(first.values.map(\.values)).count
    problems = []
    for (seed, outcome) in first.sorted(by: { $0.key < $1.key }) {
      if !outcome.passed { problems.append(outcome.line) }
      for (index, other) in runs.enumerated().dropFirst() where other[seed] != outcome {
        let otherLine = other[seed]?.line ?? "none"
        problems.append("run \(index + 1) of seed \(seed): \(otherLine), not \(outcome.line)")
      }
    }
    switch row.choice {
    case .none: break
    case .schedule where distinctSchedules < 2: problems.append("all seeds have one schedule")
    case .values where distinctValues < 2: problems.append("all seeds observe the same")
    case .schedule, .values: break
    }
  }

  /// One line of a table.
  public var line: String {
    let columns = [seeds, distinctTraces, distinctSchedules, distinctValues].map {
      String(repeating: " ", count: max(0, 7 - String($0).count)) + String($0)
    }
    let verdict = problems.isEmpty ? "ok" : "\(problems.count) problems, first: \(problems[0])"
    let padding = String(repeating: " ", count: max(1, 62 - name.count))
    return name + padding + columns.joined() + "  " + verdict
  }

  /// The head of the table.
  public static let head =
    "row" + String(repeating: " ", count: 59) + "  seeds traces schedl values"
}
