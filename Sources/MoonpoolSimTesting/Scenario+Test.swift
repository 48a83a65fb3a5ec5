//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolRunner
public import MoonpoolRuntime
public import MoonpoolSim
internal import MoonpoolTesting
public import Testing

extension Scenario: CustomTestStringConvertible {
  /// Its name, so that the cases of a test that has scenarios as arguments can be told apart.
  public var testDescription: String { name }
}

extension Scenario {
  /// Runs the scenario under the seeds from 1 to `seeds`, and records what goes wrong as issues of
  /// the calling test.
  ///
  /// Does in the body of a test what a ``ScenarioTrait`` does before it. With scenarios as
  /// arguments one test runs them all:
  ///
  /// ```swift
  /// @Test(arguments: [Scenario.kvSurvivesCrashes, .kvSurvivesPartitions])
  /// func survives(_ scenario: Scenario) async throws {
  ///   try await scenario.test(seeds: 500)
  /// }
  /// ```
  ///
  /// - Parameters:
  ///   - seeds: How many; at least 1.
  ///   - stop: When the campaign ends before the last of them: by default at the first failure.
  ///   - requiresAll: Whether assertions that were never seen to hold are issues.
  ///   - runsInParallel: Whether this may go on beside other simulated tests.
  ///   - sourceLocation: Where issues are that have no place in a source file of the package.
  /// - Returns: What was found, for expectations of the test's own.
  /// - Throws: If nothing could be run, what to do about it.
  @discardableResult
  public func test(
    seeds: Int, stop: StopRule = StopRule(failures: 1), requiresAll: Bool = true,
    runsInParallel: Bool = false, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> CampaignReport {
    try await test(
      seeds: Seeds(upTo: seeds), stop: stop, requiresAll: requiresAll,
      runsInParallel: runsInParallel, sourceLocation: sourceLocation)
  }

  /// The same for seeds or recipes that are named.
  @discardableResult
  public func test(
    seeds: Seeds, stop: StopRule = StopRule(failures: 1), requiresAll: Bool = true,
    runsInParallel: Bool = false, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> CampaignReport {
    let test = ScenarioTest(
      self, stop: stop, requiresAll: requiresAll, runsInParallel: runsInParallel,
      name: Test.current?.plainName, location: sourceLocation)
    let outcome = try await test.run(SeedSelection(default: seeds))
    outcome.record()
    return outcome.report
  }
}

extension Seeds {
  /// The seeds from 1; there must be any.
  init(upTo count: Int) {
    if count <= 0 { fatalError("a scenario's test needs at least 1 seed, not \(count)") }
    self.init(1...UInt64(count))
  }
}
