//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension Workload {
  /// 900 tasks, each of which yields 1,000 times.
  ///
  /// Source: peers.md, workload g, `yield 900 1000`.
  static let yielding = Workload("yield", per: "yield", count: 900_000, granularity: 900) { count in
    var tasks: [Task<Void, Never>] = []
    for _ in 0..<900 {
      tasks.append(Task { for _ in 0..<count / 900 { await Task.yield() } })
    }
    for task in tasks { await task.value }
  }

  /// One task yields, with nobody else to run.
  ///
  /// Source: executor.md section 7, `Task.yield` (2 jobs).
  static let yieldingAlone = Workload("yield-alone", per: "yield", count: 500_000) { count in
    for _ in 0..<count { await Task.yield() }
  }
}
