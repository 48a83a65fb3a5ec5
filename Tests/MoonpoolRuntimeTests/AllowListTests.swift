//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Dispatch
import Glibc
import MoonpoolRuntime
import Testing

/// What can't be controlled fails a run, unless it is named in its options.
@Suite struct AllowListTests {
  @Test func aCallIsFatalUnlessItIsAllowed() throws {
    let strict = Simulation.run(seed: 1) { usleep(1_000) }
    guard case .uncontrolled(let incident) = strict.verdict else {
      Issue.record("\(strict.line)")
      return
    }
    #expect(incident.api.name == "usleep")
    var options = SimulationOptions()
    options.allowed = [try #require(UncontrolledAPI(named: "usleep"))]
    let lenient = Simulation.run(seed: 1, options: options) { usleep(1_000) }
    #expect(lenient.passed, "\(lenient.line)")
    #expect(lenient.virtualTime >= .milliseconds(1), "the sleep takes virtual time")
  }

  /// To hand a block over is one call for the program, and several for the library: it starts a
  /// thread or wakes one that is idle.
  @Test func anAllowedDispatchIsAllowedAltogether() throws {
    var options = SimulationOptions()
    options.allowed = [.foreignResume, try #require(UncontrolledAPI(named: "DispatchQueue.async"))]
    options.foreignResumeWait = .seconds(60)
    for seed in UInt64(1)...50 {
      let report = Simulation.run(seed: seed, options: options) {
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
          DispatchQueue.global().async { done.resume() }
        }
      }
      #expect(report.passed, "\(report.line)")
    }
  }

  @Test func everyNameIsFoundAndOthersAreNot() {
    for api in UncontrolledAPI.all { #expect(UncontrolledAPI(named: api.name) == api) }
    #expect(UncontrolledAPI(named: "printf") == nil)
  }

  @Test func aStrategyThatChoosesNoJobIsToldSo() {
    struct Broken: SchedulingStrategy {
      mutating func select(from runnable: RunnableJobs, decisions: DecisionStream) -> Int { 99 }
      var description: String { "broken" }
    }
    var options = SimulationOptions()
    options.strategy = .custom(Broken())
    let report = Simulation.run(seed: 1, options: options) {
      async let first: Void = Task.yield()
      async let second: Void = Task.yield()
      _ = await (first, second)
    }
    #expect(report.line.contains("the strategy broken chose job 99 of 2"), "\(report.line)")
  }
}
