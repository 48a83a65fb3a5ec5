//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import ClusterScenarios
import Foundation
import HuntSupport
import MoonpoolSim

/// Prints what a hunt found.
struct Printer {
  let request: Request
  private let style = Style.forStandardOutput()

  init(request: Request) { self.request = request }

  func list(_ example: ClusterExample) {
    let width = ClusterExample.all.map(\.name.count).max() ?? 0
    print(style.title(padded(example.name, width)) + "  " + example.summary)
  }

  func heading(_ example: ClusterExample) {
    print(
      style.title(example.name) + (request.fixed ? " (correct)" : "") + " — " + example.summary)
    print(style.dim(wrapped(example.story, width: 96, indent: "  ")))
    fflush(nil)
  }

  /// The failures of a hunt, or what was survived.
  func hunted(_ example: ClusterExample, _ outcome: Outcome) {
    for report in outcome.failures { failure(report, of: example) }
    let count = grouped(outcome.seedCount)
    if request.fixed {
      let failed = outcome.failureCount == 0 ? "" : "; \(grouped(outcome.failureCount)) FAILED"
      print("  seeds run: \(count)\(failed); \(speed(outcome))")
    } else if outcome.failures.isEmpty {
      print(style.failure("  not found in \(count) seeds") + "; \(speed(outcome))")
    } else {
      print("  seeds needed: \(count); \(speed(outcome))")
    }
    idle(outcome)
    print()
  }

  /// What two runs of each seed have shown.
  func compared(_ outcome: Outcome) {
    let text =
      "  seeds run twice: \(grouped(outcome.seedCount)); mismatches: "
      + grouped(UInt64(outcome.mismatches.count))
    print(outcome.mismatches.isEmpty ? text : style.failure(text) + " \(outcome.mismatches)")
    print(
      "  runs that failed: \(grouped(outcome.failureCount)); \(speed(outcome))")
    idle(outcome)
    print()
  }

  /// One run that was asked for.
  func replayed(_ report: SimulationReport, of example: ClusterExample) {
    if request.timeline { for event in report.timeline { print("  \(event)") } }
    if report.passed {
      print(style.success(report.line))
    } else {
      failure(report, of: example)
    }
    print("  operations that succeeded: \(report.workDone)\n")
  }

  private func failure(_ report: SimulationReport, of example: ClusterExample) {
    print(style.failure(report.line))
    print("  replay: " + replayCommand(report, of: example))
  }

  private func idle(_ outcome: Outcome) {
    guard !outcome.idleSeeds.isEmpty else { return }
    print(style.failure("  seeds in which no operation succeeded: \(outcome.idleSeeds)"))
  }

  private func speed(_ outcome: Outcome) -> String {
    let seconds = max(outcome.time / .seconds(1), 1e-9)
    let time = String(format: "%.2f s", seconds)
    let rate = String(format: "%.0f", Double(outcome.seedCount) / seconds)
    return "\(time), \(rate) seeds/s, \(grouped(UInt64(outcome.workDone))) operations"
  }

  private func replayCommand(_ report: SimulationReport, of example: ClusterExample) -> String {
    // The optimiser removes suspension points, so that a seed belongs to its build configuration.
    #if DEBUG
      let command = "swift run cluster-hunt"
    #else
      let command = "swift run -c release cluster-hunt"
    #endif
    let twin = request.fixed ? " --fixed" : ""
    return "\(command) --example \(example.name)\(twin) --seed \(report.seed) --timeline"
  }
}
