//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import Glibc
package import MoonpoolRuntime

/// What the environment makes of a test's seeds.
///
/// - `MOONPOOL_SEED`: a seed, a range, a list or a recipe, instead of the test's own seeds.
/// - `MOONPOOL_TRACE=1`: prints each run's events.
package struct SeedSelection {
  package var seeds: Seeds
  package var printsTrace: Bool

  package init(default seeds: Seeds) throws {
    self.seeds = seeds
    if let text = Self.environment("MOONPOOL_SEED") {
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
  let value = recipe.isPlainSeed ? "\(recipe)" : "'\(recipe)'"
  return "seed \(recipe.seed) · sim_time=\(time.secondsText) · decision \(decisions) · "
    + "replay: MOONPOOL_SEED=\(value) swift test --filter \(test)"
}
