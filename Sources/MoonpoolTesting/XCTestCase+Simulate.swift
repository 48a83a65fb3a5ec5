//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

#if canImport(XCTest)
  internal import Glibc
  public import MoonpoolRuntime
  public import XCTest

  extension XCTestCase {
    /// Runs `body` once per seed from 1 to `seeds`, which is at least 1, inside a simulation; the
    /// first failing seed ends it.
    ///
    /// `XCTAssert…` inside the body counts for the seed in which it fails. The environment variable
    /// `MOONPOOL_SEED` takes precedence over `seeds`. The first seed runs twice, in lock-step,
    /// unless `checksDeterminism` is false.
    ///
    /// ```swift
    /// func testNeverOverdrawn() {
    ///   simulate(seeds: 200) { … }
    /// }
    /// ```
    public func simulate(
      seeds: Int, options: SimulationOptions = SimulationOptions(), checksDeterminism: Bool = true,
      file: StaticString = #filePath, line: UInt = #line, _ body: @escaping Simulation.Body
    ) {
      if seeds <= 0 { fatalError("a simulated test needs at least 1 seed, not \(seeds)") }
      do {
        let selection = try SeedSelection(default: Seeds(1...UInt64(seeds)))
        var isFirst = true
        for recipe in selection.seeds {
          let failure = failure(
            recipe, options, checksDeterminism && isFirst, selection.printsTrace, body)
          isFirst = false
          guard let failure else { continue }
          XCTFail(failure, file: file, line: line)
          return
        }
      } catch {
        XCTFail("\(error)", file: file, line: line)
      }
    }

    /// What went wrong under one recipe, with the command that replays it; nil if nothing did.
    private func failure(
      _ recipe: Recipe, _ options: SimulationOptions, _ checks: Bool, _ printsTrace: Bool,
      _ body: @escaping Simulation.Body
    ) -> String? {
      let failuresBefore = testRun?.totalFailureCount ?? 0
      var options = checks ? Simulation.comparable(options) : options
      if printsTrace { options.trace = .full }
      let report = Simulation.run(recipe, options: options, body)
      if printsTrace, let trace = report.trace { print(trace.text, terminator: "") }
      // XCTest names a test `-[Class test]` or `Class.test`.
      let test = name.split(whereSeparator: { ". ]".contains($0) }).last.map(String.init) ?? name
      let hint = replayHint(
        recipe, time: report.virtualTime, decisions: report.decisionCount, test: test)
      if !report.passed { return "\(failureText(report, options))\n\(hint)" }
      if (testRun?.totalFailureCount ?? 0) > failuresBefore {
        return "an assertion failed\n\(hint)"
      }
      guard checks, let finding = Simulation.difference(from: report, options: options, body) else {
        return nil
      }
      return "\(finding)\n\(hint)"
    }
  }
#endif
