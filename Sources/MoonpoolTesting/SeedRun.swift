//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import CMoonpoolRuntime
internal import MoonpoolRuntime
internal import Synchronization
internal import Testing

/// One test body under one recipe, with its issues annotated.
struct SeedRun: Sendable {
  let recipe: Recipe
  let options: SimulationOptions
  let test: Test
  let checksDeterminism: Bool
  let printsTrace: Bool

  /// Runs the body; true if anything went wrong.
  func failed(
    _ testCase: Test.Case?, _ function: @Sendable () async throws -> Void
  ) async throws -> Bool {
    let issues = IssueCount()
    let annotated = IssueHandlingTrait.compactMapIssues { issue in
      issues.add()
      var issue = issue
      // Inside the simulation this is the instant of the failure; afterwards the report has been
      // made already.
      if Simulation.isRunning {
        issue.comments.append(
          Comment(rawValue: hint(Simulation.elapsed, Simulation.decisionCount)))
      }
      return issue
    }
    try await annotated.provideScope(for: test, testCase: testCase) {
      try await withEscaping(function) { body in try await run(body, issues) }
    }
    return issues.value > 0
  }

  private func run(_ body: @escaping Simulation.Body, _ issues: IssueCount) async throws {
    var options = options
    if printsTrace { options.trace = .full }
    if checksDeterminism { options = Simulation.comparable(options) }
    let report = await Simulation.run(recipe, options: options, body)
    if checksDeterminism, report.passed, issues.value == 0,
      let finding = await Simulation.difference(from: report, options: options, body)
    {
      record("\(finding)", report)
    }
    if printsTrace, let trace = report.trace { print(trace.text, terminator: "") }
    switch report.verdict {
    case .passed: break
    case .threw(let thrown):
      // A failed #require has recorded itself already.
      if !(thrown.error is ExpectationFailedError) { recordError(thrown.error, report) }
    default: record(failureText(report, options), report)
    }
  }

  private func record(_ text: String, _ report: RunReport) {
    let comment = "\(text)\n\(hint(report.virtualTime, report.decisionCount))"
    Issue.record(Comment(rawValue: comment), sourceLocation: test.sourceLocation)
  }

  private func recordError(_ error: any Error, _ report: RunReport) {
    let comment = Comment(rawValue: hint(report.virtualTime, report.decisionCount))
    Issue.record(error, comment, sourceLocation: test.sourceLocation)
  }

  private func hint(_ time: Duration, _ decisions: UInt64) -> String {
    replayHint(recipe, time: time, decisions: decisions, test: test.plainName)
  }
}

/// Issues recorded in one run, from any thread.
private final class IssueCount: Sendable {
  private let count = Atomic(0)
  func add() { count.add(1, ordering: .relaxed) }
  var value: Int { count.load(ordering: .relaxed) }
}

/// Calls `use` with an escaping copy of a test's body.
///
/// Tasks of a run that deadlocked, leaked or crashed keep references to the body that nobody will
/// ever use: they are given back first, or `withoutActuallyEscaping` would trap. The frames that
/// held them never run again.
private func withEscaping(
  _ function: @Sendable () async throws -> Void,
  _ use: (@escaping Simulation.Body) async throws -> Void
) async throws {
  try await withoutActuallyEscaping(function) { body in
    let context = closureContext(body)
    let baseline = context.map { mp_closure_reference_count($0) } ?? 0
    defer {
      if let context { mp_closure_release_down_to(context, baseline) }
    }
    try await use(body)
  }
}

/// A function value is a pair of pointers: code, and a reference-counted context.
private func closureContext(_ body: @escaping Simulation.Body) -> UnsafeMutableRawPointer? {
  struct Holder { let body: Simulation.Body }
  return unsafeBitCast(
    Holder(body: body), to: (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?).self
  ).1
}
