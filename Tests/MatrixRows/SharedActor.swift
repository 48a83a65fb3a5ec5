//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import MoonpoolRuntime
import Synchronization

/// Four threads simulate code that uses one global actor: nothing can keep them apart, since the
/// actor's queue gives each job to whichever thread works it off. It must not go unnoticed.
public enum SharedActor {
  public struct Result: Sendable {
    public var passed = 0
    /// Runs that passed with another trace than the seed's own.
    public var wrong = 0
    /// How the others ended.
    public var verdicts: [String: Int] = [:]
  }

  /// To be called in a process that does nothing else: the actor is of no use afterwards.
  public static func run(runsPerThread: UInt64) -> Result {
    let result = Mutex(Result())
    let expected = (0..<10).map { simulate(seed: $0).digest }
    let finished = DispatchSemaphore(value: 0)
    for _ in 0..<4 {
      Thread.detachNewThread {
        for run in 0..<runsPerThread {
          let report = simulate(seed: run % 10)
          result.withLock {
            if !report.passed {
              $0.verdicts[report.verdict.name, default: 0] += 1
            } else if report.digest == expected[Int(run % 10)] {
              $0.passed += 1
            } else {
              $0.wrong += 1
            }
          }
        }
        finished.signal()
      }
    }
    for _ in 0..<4 { finished.wait() }
    return result.withLock { $0 }
  }

  private static func simulate(seed: UInt64) -> RunReport {
    var options = SimulationOptions()
    options.trace = .digest
    return Simulation.run(seed: seed, options: options) {
      await withTaskGroup { group in
        for _ in 0..<6 { group.addTask { await workAtTill() } }
      }
    }
  }
}

@globalActor
private actor Till {
  static let shared = Till()
}

@Till
private func workAtTill() async {
  await Task.yield()
  _ = Int.random(in: 0..<10)
}
