//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Follows a list of tasks, one for each job that runs.
///
/// The list says which task the job of each step belongs to, jobs that had no rival included: the
/// schedule of a trace, or one written by hand. Where the wanted task has no runnable job, and
/// after the end of the list, the first job of the queue runs. No decisions.
public struct ReplaySchedule: SchedulingStrategy {
  /// Birth numbers of tasks, from 1, by step.
  public let tasks: [UInt32]
  /// In how many choices within the list the wanted task was not runnable.
  public private(set) var misses = 0

  /// Makes the strategy from the birth numbers of tasks, by step.
  public init(_ tasks: [UInt32]) { self.tasks = tasks }

  /// Starts to count misses anew.
  public mutating func begin(_ context: StrategyContext) { misses = 0 }

  /// The first runnable job of the wanted task, or else the first of the queue.
  public mutating func select(from runnable: RunnableJobs, decisions: DecisionStream) -> Int {
    guard runnable.step < UInt64(tasks.count) else { return 0 }
    let wanted = tasks[Int(runnable.step)]
    for index in 0..<runnable.count where runnable[index].task == wanted { return index }
    misses += 1
    return 0
  }

  /// Such as `replay(120 jobs, 3 misses)`.
  public var description: String { "replay(\(tasks.count) jobs, \(misses) misses)" }
}
