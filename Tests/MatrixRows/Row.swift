//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime

/// One construct, as a small program that says what it observed.
public struct Row: Sendable {
  /// In what the seeds of a row must differ.
  public enum Choice: Sendable {
    /// Nothing is left to decide.
    case none
    /// The order in which tasks run.
    case schedule
    /// What the program observes.
    case values
  }

  public let name: String
  public let choice: Choice
  public let body: @Sendable (RowLog) async throws -> Void

  public init(
    _ name: String, _ choice: Choice, _ body: @escaping @Sendable (RowLog) async throws -> Void
  ) {
    self.name = name
    self.choice = choice
    self.body = body
  }

  /// All rows, in a fixed order.
  public static let all: [Row] =
    taskRows + groupRows + actorRows + executorRows + mainActorRows + streamRows + continuationRows
    + cancellationRows + priorityRows + sleepRows + clockSleepRows + algorithmRows
    + observationRows + synchronizationRows + clockRows + entropyRows + cryptoRows + hashingRows

  /// The row with this name.
  public static func named(_ name: String) -> Row? { all.first { $0.name == name } }
}

/// What a row observed, in the order in which it happened. Only the simulation's thread writes.
public final class RowLog: @unchecked Sendable {
  public private(set) var text = ""

  public init() {}

  public func callAsFunction(_ line: some CustomStringConvertible) {
    text += line.description
    text += "\n"
  }
}

/// What one run of a row left behind.
public struct Outcome: Sendable, Hashable {
  /// Digest of trace, log, verdict and figures.
  public var digest: UInt64
  /// Digest of the order in which tasks ran; 0 unless the trace was full.
  public var schedule: UInt64
  /// Digest of the log.
  public var values: UInt64
  /// ``RunReport/line``, with the name of the strategy.
  public var line: String
  public var passed: Bool
  /// The whole trace as JSON lines, and the log; empty unless asked for.
  public var text: String
}

extension Row {
  /// How much of a run is kept.
  public enum Detail: Sendable { case digest, schedule, text }

  /// Runs the row once for each seed on one simulation thread.
  public func run(
    seeds: some Sequence<UInt64>, detail: Detail = .digest, each: (UInt64, Outcome) -> Void
  ) {
    for seed in seeds { each(seed, run(seed: seed, detail: detail)) }
  }

  /// Runs the row once.
  public func run(seed: UInt64, detail: Detail = .digest) -> Outcome {
    var options = SimulationOptions()
    options.trace = detail == .digest ? .digest : .full
    let log = RowLog()
    let body = self.body
    let report = Simulation.run(seed: seed, options: options) { try await body(log) }
    return Outcome(report, log, detail)
  }
}

extension Outcome {
  init(_ report: RunReport, _ log: RowLog, _ detail: Row.Detail) {
    var whole = Digest()
    whole.add(report.digest)
    whole.add(report.decisionCount)
    whole.add(report.jobCount)
    whole.add(report.fingerprint)
    whole.add(UInt64(report.virtualTime / .nanoseconds(1)))
    whole.add(report.strategy)
    whole.add(report.line)
    whole.add(log.text)
    digest = whole.value
    var logged = Digest()
    logged.add(log.text)
    values = logged.value
    var order = Digest()
    if let trace = report.trace { for task in trace.schedule { order.add(UInt64(task)) } }
    schedule = report.trace == nil ? 0 : order.value
    line = "\(report.line) (\(report.strategy))"
    passed = report.passed
    text = detail == .text ? report.trace!.jsonLines + line + "\n" + log.text : ""
  }
}

/// FNV-1a over bytes.
public struct Digest: Sendable {
  public private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  public init() {}

  public mutating func add(_ word: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      add(UInt8(truncatingIfNeeded: word >> shift))
    }
  }

  public mutating func add(_ text: String) {
    for byte in text.utf8 { add(byte) }
    add(UInt8(0xff))
  }

  private mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
}
