//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import Glibc
package import MoonpoolRuntime
package import Testing

/// What the environment makes of a test's seeds.
///
/// - `MOONPOOL_SEED`: a seed, a range, a list or a recipe, instead of the test's own seeds.
/// - `MOONPOOL_TRACE=1`: prints each run's events.
package struct SeedSelection {
  package var seeds: Seeds
  package var printsTrace: Bool
  /// Whether the environment names the seeds.
  package var isReplay = false

  package init(default seeds: Seeds) throws {
    self.seeds = seeds
    if let text = Self.environment("MOONPOOL_SEED") {
      isReplay = true
      do { self.seeds = try Seeds(parsing: text) } catch {
        throw InvalidEnvironment(variable: "MOONPOOL_SEED", problem: error.description)
      }
    }
    printsTrace = Self.environment("MOONPOOL_TRACE").map { $0 != "0" && !$0.isEmpty } ?? false
  }

  private static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}

/// An environment variable has no meaning that we know.
package struct InvalidEnvironment: Error, CustomStringConvertible {
  var variable: String
  var problem: String
  package var description: String { "\(variable): \(problem)" }
}

/// What a run's verdict says, and what to do about a leak that is none.
func failureText(_ report: RunReport, _ options: SimulationOptions) -> String {
  guard case .leaked = report.verdict else { return report.verdict.details }
  return report.verdict.details
    + "\nstill there \(options.settleTime.secondsText) of virtual time after the body had returned;"
    + " await or cancel what it starts, or see SimulationOptions.settleTime and .leaks"
}

/// The part of a report that follows a failed expectation.
package func replayHint(
  _ recipe: Recipe, time: Duration, decisions: UInt64, test: String
) -> String {
  "seed \(recipe.seed) · sim_time=\(time.secondsText) · decision \(decisions) · "
    + "replay: \(replayCommand(recipe, test: test))"
}

/// The command that runs a test under one recipe.
///
/// - Parameter test: Its name; nil: nobody knows, so all tests run under it.
package func replayCommand(_ recipe: Recipe, test: String?) -> String {
  let value = recipe.isPlainSeed ? "\(recipe)" : "'\(recipe)'"
  let command = "MOONPOOL_SEED=\(value) swift test"
  guard let test else { return command }
  // A name in backticks has characters that mean something to the shell or in a pattern.
  let isPlain = test.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
  let pattern = test.map { $0.isLetter || $0.isNumber || "_ `".contains($0) ? $0 : "." }
  return "\(command) --filter \(isPlain ? test : "'\(String(pattern))'")"
}

extension Test {
  /// Its name as patterns for tests have it: without what is in parentheses.
  package var plainName: String { String(name.prefix { $0 != "(" }) }
}
