//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import Measurement
internal import MoonpoolRuntime
internal import Workloads

extension OneThing {
  /// Runs the workload in simulations with seed 42. The whole of `Simulation.run` is measured, from
  /// outside.
  func runInSimulation(hops: Bool) {
    switch workload.name {
    case "empty-simulation": run(Self.emptySimulations)
    case "empty-simulation-alone": run(Self.emptySimulationsAlone)
    default:
      if let body = WorldWorkloads.body(workload.name, hops: hops) {
        return run { count in body(count) }
      }
      guard
        let body = Self.simulatedBodies[workload.name]
          ?? Self.assertingBodies[workload.name] ?? workload.body
      else {
        Arguments.fail("\(workload.name) has no simulated side")
      }
      let options = Self.options(hops: hops)
      run { count in
        Self.expectPassed(Simulation.run(seed: 42, options: options) { await body(count) })
      }
    }
  }

  /// The cheapest choice of schedules that is still random, and limits that no workload reaches,
  /// not even when it runs fifty times slower because its instructions are counted.
  static func options(hops: Bool) -> SimulationOptions {
    var options = SimulationOptions()
    options.strategy = .uniform
    options.hops = hops ? .always : .never
    options.jobLimit = .max
    options.timeLimit = .seconds(1_000_000)
    options.wallClockLimit = .seconds(3_600)
    return options
  }

  /// Default options: this is what every seed of a campaign costs at least.
  private static func emptySimulations(_ count: Int) {
    let goOn = { (report: RunReport) in
      expectPassed(report)
      return true
    }
    let nothing: Simulation.Body = {}
    Simulation.run(seeds: 1...UInt64(count), each: goOn, nothing)
  }

  private static func emptySimulationsAlone(_ count: Int) {
    for seed in 1...UInt64(count) { expectPassed(Simulation.run(seed: seed) {}) }
  }

  private static func expectPassed(_ report: RunReport) {
    guard report.passed else { fatalError(report.line) }
  }
}
