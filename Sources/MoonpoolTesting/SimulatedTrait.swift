//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import CMoonpoolRuntime
public import MoonpoolRuntime
public import Testing

/// Runs a test's body once per seed inside a simulation; the first failing seed ends it.
///
/// On a suite it counts for every test of the suite that has no such trait of its own.
public struct SimulatedTrait: TestTrait, SuiteTrait, TestScoping {
  /// The seeds, in order. The environment variable `MOONPOOL_SEED` takes precedence: a seed, a
  /// range or a recipe.
  public var seeds: Seeds
  /// How each seed runs.
  public var options: SimulationOptions
  /// Whether the first seed, if it passes, is run again in lock-step to find what is not
  /// deterministic.
  public var checksDeterminism: Bool
  /// Whether the test may run beside other simulated tests; see
  /// ``simulated(seeds:timeLimit:options:checksDeterminism:runsInParallel:)``.
  public var runsInParallel: Bool
  private let identity = TraitIdentity()

  init(
    seeds: Seeds, options: SimulationOptions, checksDeterminism: Bool, runsInParallel: Bool
  ) {
    self.seeds = seeds
    self.options = options
    self.checksDeterminism = checksDeterminism
    self.runsInParallel = runsInParallel
  }

  /// Suites pass the trait on to their tests.
  public var isRecursive: Bool { true }

  /// A test case is simulated by the innermost of its traits; suites by none.
  public func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? {
    guard testCase != nil else { return nil }
    let innermost = test.traits.last { $0 is SimulatedTrait } as? SimulatedTrait
    return innermost?.identity === identity ? self : nil
  }

  /// Runs the seeds.
  public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    let selection: SeedSelection
    do {
      try options.validate()
      selection = try SeedSelection(default: seeds)
    } catch {
      Issue.record("\(error)", sourceLocation: test.sourceLocation)
      return
    }
    if runsInParallel {
      try await run(selection, for: test, testCase, function)
    } else {
      try await SimulationTurn.take { try await run(selection, for: test, testCase, function) }
    }
  }

  private func run(
    _ selection: SeedSelection, for test: Test, _ testCase: Test.Case?,
    _ function: @Sendable () async throws -> Void
  ) async throws {
    var isFirst = true
    for recipe in selection.seeds {
      let seedRun = SeedRun(
        recipe: recipe, options: options, test: test,
        checksDeterminism: isFirst && checksDeterminism, printsTrace: selection.printsTrace)
      isFirst = false
      if try await seedRun.failed(testCase, function) { return }
    }
  }
}

/// Tells traits apart: two with equal values are still two.
private final class TraitIdentity: Sendable {}

extension Trait where Self == SimulatedTrait {
  /// Runs the test once per seed from 1 to `seeds`, inside a simulation.
  ///
  /// - Parameters:
  ///   - seeds: How many seeds; at least 1.
  ///   - timeLimit: Virtual time that each run may take.
  ///   - options: Everything else about the runs.
  ///   - checksDeterminism: Whether the first seed is run twice in lock-step.
  ///   - runsInParallel: Whether the test may run while other simulated tests do. Only for tests
  ///     that share no global actor, and no actor in a static, with these: such an actor has one
  ///     queue for the whole process.
  public static func simulated(
    seeds: Int, timeLimit: Duration? = nil, options: SimulationOptions = SimulationOptions(),
    checksDeterminism: Bool = true, runsInParallel: Bool = false
  ) -> Self {
    if seeds <= 0 { fatalError("a simulated test needs at least 1 seed, not \(seeds)") }
    return simulated(
      seeds: Seeds(1...UInt64(seeds)), timeLimit: timeLimit, options: options,
      checksDeterminism: checksDeterminism, runsInParallel: runsInParallel)
  }

  /// Runs the test once for each of `seeds`, inside a simulation; see the method for a count.
  public static func simulated(
    seeds: Seeds, timeLimit: Duration? = nil, options: SimulationOptions = SimulationOptions(),
    checksDeterminism: Bool = true, runsInParallel: Bool = false
  ) -> Self {
    var options = options
    if let timeLimit { options.timeLimit = timeLimit }
    return SimulatedTrait(
      seeds: seeds, options: options, checksDeterminism: checksDeterminism,
      runsInParallel: runsInParallel)
  }
}
