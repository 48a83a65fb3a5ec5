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

/// Runs a scenario under many seeds before a test's body, and fails the test for what they find.
///
/// On a suite it counts once, for the suite: all of its tests see the same
/// ``MoonpoolRunner/CampaignReport/current``. With a test that has arguments it is the same.
public struct ScenarioTrait: TestTrait, SuiteTrait, TestScoping {
  /// What is run.
  public var scenario: Scenario
  /// The seeds, in order. The environment variable `MOONPOOL_SEED` takes precedence: a seed, a
  /// range or a recipe.
  public var seeds: Seeds
  /// When the campaign ends before the last of them.
  public var stop: StopRule
  /// Whether assertions that were never seen to hold are issues.
  public var requiresAll: Bool
  /// Whether the campaign may run beside other simulated tests.
  public var runsInParallel: Bool

  /// A campaign for each test of a suite would be the same one again.
  public var isRecursive: Bool { false }

  /// The test or suite as a whole has the scope, not its cases.
  public func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? {
    testCase == nil ? self : nil
  }

  /// Runs the campaign, then the body; without the first there is no use in the second.
  public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    let campaign = ScenarioTest(
      scenario, stop: stop, requiresAll: requiresAll, runsInParallel: runsInParallel,
      name: test.plainName, location: test.sourceLocation)
    let outcome: ScenarioTest.Outcome
    do {
      outcome = try await campaign.run(SeedSelection(default: seeds))
    } catch {
      Issue.record("\(error)", sourceLocation: test.sourceLocation)
      return
    }
    outcome.record()
    try await CurrentCampaign.$report.withValue(outcome.report) { try await function() }
  }
}

extension Trait where Self == ScenarioTrait {
  /// Runs a scenario under the seeds from 1 to `seeds`, and fails the test for what they find.
  ///
  /// ```swift
  /// @Test(.scenario(.kvSurvivesCrashes, seeds: 1_000)) func kv() {}
  /// ```
  ///
  /// Each kind of failure is an issue, at the place of the assertion that did not hold if the
  /// package has that file, with the command that replays its first seed. So is a seed whose second
  /// run is another, and an assertion that should have been seen to hold. Attached are what a
  /// person wants to see of a failing seed: see <doc:MoonpoolSimTesting>.
  ///
  /// The test's body runs afterwards, outside of simulations. It may be empty, or expect something
  /// of ``MoonpoolRunner/CampaignReport/current``.
  ///
  /// The seeds run in the test's process, one after the other, since a test process cannot be
  /// started a second time as a worker: a seed that kills its process ends the tests. Traps, hangs
  /// and deadlocks don't. Campaigns on all processors are what the command line is for.
  ///
  /// - Parameters:
  ///   - scenario: What is run. In its code use assertions of `MoonpoolAssertions`: `#expect` knows
  ///     no test there.
  ///   - seeds: How many; at least 1.
  ///   - stop: When the campaign ends before the last of them: by default at the first failure.
  ///   - requiresAll: Whether assertions that were never seen to hold are issues. They are none in
  ///     a campaign that ends at a failure, or under `MOONPOOL_SEED`.
  ///   - runsInParallel: Whether the campaign may run beside other simulated tests. Only for
  ///     scenarios that share no global actor, and no actor in a static, with these.
  public static func scenario(
    _ scenario: Scenario, seeds: Int, stop: StopRule = StopRule(failures: 1),
    requiresAll: Bool = true, runsInParallel: Bool = false
  ) -> Self {
    self.scenario(
      scenario, seeds: Seeds(upTo: seeds), stop: stop, requiresAll: requiresAll,
      runsInParallel: runsInParallel)
  }

  /// The same for seeds or recipes that are named.
  public static func scenario(
    _ scenario: Scenario, seeds: Seeds, stop: StopRule = StopRule(failures: 1),
    requiresAll: Bool = true, runsInParallel: Bool = false
  ) -> Self {
    ScenarioTrait(
      scenario: scenario, seeds: seeds, stop: stop, requiresAll: requiresAll,
      runsInParallel: runsInParallel)
  }
}
