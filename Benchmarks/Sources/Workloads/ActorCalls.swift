//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What the actor workloads call.
actor Counter {
  private var value = 0
  func increment() { value &+= 1 }
}

extension Workload {
  /// One task calls an actor that nobody else uses.
  ///
  /// Source: executor.md section 7, workload b1 (actor call, idle actor).
  static let actorIdle = Workload("actor-idle", per: "call", count: 2_000_000) { count in
    let counter = Counter()
    for _ in 0..<count { await counter.increment() }
  }

  /// Ten tasks call one actor, and yield after each call.
  ///
  /// Source: executor.md section 7, workload b3 (contended actor + yield).
  static let actorContended = Workload(
    "actor-contended", per: "call and yield", count: 300_000, granularity: 10
  ) {
    count in
    let counter = Counter()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<10 {
        group.addTask {
          for _ in 0..<count / 10 {
            await counter.increment()
            await Task.yield()
          }
        }
      }
    }
  }
}
