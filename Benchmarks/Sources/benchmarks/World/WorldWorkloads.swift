//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import Measurement
internal import MoonpoolSim

/// Workloads that need a simulated world: each a scenario.
enum WorldWorkloads {
  /// Runs so many operations of the workload with this name; nil if it needs no world.
  static func body(_ name: String, hops: Bool) -> ((_ count: Int) -> Void)? {
    switch name {
    case "tcp-pingpong": { run(pingPong(pairs: 1, trips: $0), hops) }
    case "tcp-pingpong-100": { run(pingPong(pairs: 100, trips: $0 / 100), hops) }
    case "tcp-bulk": { run(bulk(mebibytes: $0), hops) }
    case "rpc-64": { run(calls(of: 64, atOnce: 1, each: $0), hops) }
    case "rpc-64-1024": { run(calls(of: 64, atOnce: 1_024, each: $0 / 1_024), hops) }
    case "rpc-4k": { run(calls(of: 4_096, atOnce: 1, each: $0), hops) }
    case "storage-4k": { run(storage(cycles: $0), hops) }
    case "seed-100-calls": { run(calls(withChaos: false), hops, seeds: $0) }
    case "seed-100-calls-chaos": { run(calls(withChaos: true), hops, seeds: $0) }
    case "seed-events": { run(calls(withChaos: false, .events), hops, seeds: $0) }
    case "seed-invariants": { run(calls(withChaos: false, .invariants), hops, seeds: $0) }
    case "seed-watched":
      { run(calls(withChaos: false, [.events, .invariants]), hops, seeds: $0) }
    case "seed-chaos-events": { run(calls(withChaos: true, .events), hops, seeds: $0) }
    case "seed-chaos-invariants": { run(calls(withChaos: true, .invariants), hops, seeds: $0) }
    case "seed-chaos-watched":
      { run(calls(withChaos: true, [.events, .invariants]), hops, seeds: $0) }
    case "crowd-3": { run(crowd(of: 3, connections: 10, trips: $0 / 30), hops) }
    case "crowd-1000": { run(crowd(of: 1_000, connections: 10, trips: $0 / 10_000), hops) }
    case "buggify-armed": { run(buggifies($0), hops) }
    default: nil
    }
  }

  /// Seeds from 42 on, on one thread, as a campaign's worker runs them.
  private static func run(_ scenario: Scenario, _ hops: Bool, seeds: Int = 1) {
    var scenario = scenario
    scenario.options = OneThing.options(hops: hops)
    scenario.run(seeds: 42..<UInt64(42 + seeds)) { report in
      guard report.passed else { fatalError(report.line) }
      return true
    }
  }
}
