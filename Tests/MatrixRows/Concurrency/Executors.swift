//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Synchronization

extension Row {
  static let executorRows: [Row] = [
    Row("actor on a serial executor that runs inline", .schedule) { log in
      let clerk = Clerk(InlineExecutor(), log)
      await withTaskGroup { group in
        for i in 0..<4 { group.addTask { await clerk.serve(i) } }
      }
      log(await clerk.served)
    },
    Row("actor on a serial executor with a queue of its own", .schedule) { log in
      let clerk = Clerk(QueueExecutor(), log)
      await withTaskGroup { group in
        for i in 0..<4 { group.addTask { await clerk.serve(i) } }
      }
      log(await clerk.served)
    },
    Row("two actors on one serial executor", .schedule) { log in
      let executor = QueueExecutor()
      let clerks = [Clerk(executor, log), Clerk(executor, log)]
      await withTaskGroup { group in
        for i in 0..<4 { group.addTask { await clerks[i % 2].serve(i) } }
      }
      log("\(await clerks[0].served) and \(await clerks[1].served)")
    },
    Row("withTaskExecutorPreference", .schedule) { log in
      let executor = PoolExecutor()
      await withTaskExecutorPreference(executor) {
        await withTaskGroup { group in
          for i in 0..<4 {
            group.addTask {
              log("\(i) first")
              await Task.yield()
              log("\(i) second")
            }
          }
        }
      }
      log("jobs \(executor.accepted)")
    },
    Row("Task(executorPreference:)", .schedule) { log in
      let executor = PoolExecutor()
      let counter = Counter()
      let tasks = (0..<3).map { i in
        Task(executorPreference: executor) {
          log("\(i) counted \(await counter.add(1))")
          try await Task.sleep(for: .milliseconds(1))
          log("\(i) slept")
        }
      }
      for task in tasks { try await task.value }
      log("jobs \(executor.accepted)")
    },
    Row("Task(executorPreference: globalConcurrentExecutor)", .schedule) { log in
      let tasks = (0..<3).map { i in
        Task(executorPreference: globalConcurrentExecutor) {
          log("\(i) first")
          await Task.yield()
          log("\(i) second")
        }
      }
      for task in tasks { await task.value }
    },
    Row("group.addTask(executorPreference:)", .schedule) { log in
      let executor = PoolExecutor()
      await withTaskGroup { group in
        for i in 0..<3 { group.addTask(executorPreference: executor) { log("child \(i)") } }
      }
      log("jobs \(executor.accepted)")
    },
  ]
}

private actor Clerk {
  private(set) var served = 0
  private let executor: any SerialExecutor
  private let log: RowLog

  init(_ executor: some SerialExecutor, _ log: RowLog) {
    self.executor = executor
    self.log = log
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  func serve(_ i: Int) async {
    log("\(i) in after \(served)")
    await Task.yield()
    served += 1
    log("\(i) out")
  }
}

/// Runs each job at once, where it is enqueued.
private final class InlineExecutor: SerialExecutor {
  func enqueue(_ job: consuming ExecutorJob) {
    job.runSynchronously(on: asUnownedSerialExecutor())
  }
}

/// Keeps jobs in a queue that a task works off.
private final class QueueExecutor: SerialExecutor {
  private let queue = Mutex<(jobs: [UnownedJob], isDraining: Bool)>(([], false))

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let starts = queue.withLock { queue in
      queue.jobs.append(job)
      defer { queue.isDraining = true }
      return !queue.isDraining
    }
    if starts { Task.detached { await self.drain() } }
  }

  private func drain() async {
    while let job = next() {
      job.runSynchronously(on: asUnownedSerialExecutor())
      await Task.yield()
    }
  }

  private func next() -> UnownedJob? {
    queue.withLock { queue in
      if queue.jobs.isEmpty {
        queue.isDraining = false
        return nil
      }
      return queue.jobs.removeFirst()
    }
  }
}

/// Starts a detached task for each job, as a thread pool would give it to a thread.
private final class PoolExecutor: TaskExecutor {
  private let count = Mutex(0)
  var accepted: Int { count.withLock { $0 } }

  func enqueue(_ job: consuming ExecutorJob) {
    count.withLock { $0 += 1 }
    let job = UnownedJob(job)
    Task.detached { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
