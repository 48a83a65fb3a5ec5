//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension Workload {
  /// Makes a task that returns a number, and awaits it, one after the other.
  ///
  /// Source: peers.md, workload g, `spawnjoin 300000`: `spawn("t", async { i }).await`
  /// sequentially.
  static let spawnJoin = Workload("spawn-join", per: "task", count: 300_000) { count in
    for i in 0..<count { blackHole(await Task { i }.value) }
  }

  /// Makes a detached task that does nothing, and awaits it, one after the other.
  ///
  /// Source: executor.md section 7, workload a1 (`Task.detached` spawn+join).
  static let spawnJoinDetached = Workload("spawn-join-detached", per: "task", count: 300_000) {
    count in
    for _ in 0..<count { await Task.detached {}.value }
  }

  /// Makes 1,000 tasks that each return a number, then awaits the 1,000, again and again.
  ///
  /// Source: peers.md, workload g, `spawnbatch`: spawn 1,000 then join 1,000, times 400.
  static let spawnBatch = Workload("spawn-batch", per: "task", count: 400_000, granularity: 1_000) {
    count in
    var tasks: [Task<Int, Never>] = []
    tasks.reserveCapacity(1_000)
    for _ in 0..<count / 1_000 {
      for i in 0..<1_000 { tasks.append(Task { i }) }
      for task in tasks { blackHole(await task.value) }
      tasks.removeAll(keepingCapacity: true)
    }
  }
}
