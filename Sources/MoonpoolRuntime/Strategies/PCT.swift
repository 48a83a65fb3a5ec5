//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Probabilistic concurrency testing: random task priorities that change at a few random points.
///
/// Burckhardt, Kothari, Musuvathi and Nagarakatte, "A randomized scheduler with probabilistic
/// guarantees of finding bugs", ASPLOS 2010. Every task draws a priority at its birth, and the
/// runnable job of the highest priority runs. At each of `changePoints` steps, drawn without
/// repetition from the first k, the task that would run next falls to a priority below all initial
/// ones; the order among the fallen is drawn too. With n tasks and k steps, a bug that needs d
/// ordered events is found with a probability of at least 1 / (n * k^(d - 1)), for d - 1 change
/// points.
///
/// What differs from the paper: a step is a choice between two or more runnable jobs, because a
/// change of priority has no effect where there is no choice; this makes k smaller. And k is not
/// measured in an earlier run but drawn for each: an exponent e uniformly in 3...14, then k
/// uniformly in 2^e..<2^(e + 1), so about log-uniformly in 8..<32,768.
///
/// The paper's programs block while they wait. One that polls, as in
/// `while !done { await Task.yield() }`, would keep everybody of lower priority from running for
/// ever, so a task that has been preferred ``patience`` times falls below all others.
///
/// After a breakpoint the change points that are still ahead are drawn again.
///
/// Costs one decision per task and `changePoints + 2` per run, and one scan of the runnable jobs
/// per choice. Keeps 16 bytes per task.
public struct PCT: SchedulingStrategy {
  /// A step at which the task that would run next falls to `rank`.
  private struct Change {
    var step: UInt64
    var rank: UInt64
  }

  /// How many times in a run a priority changes.
  public let changePoints: Int
  /// The k that was asked for; nil to draw it for each run.
  public let steps: UInt64?

  private var drawnSteps: UInt64 = 0
  private var changes: [Change] = []
  private var nextChange = 0
  private var step: UInt64 = 0
  private var reseedCount = 0
  /// By birth number of the task; 0 for a task that has not been seen.
  private var priorities: [UInt64] = []
  /// By birth number of the task: how often it was preferred to another.
  private var preferences: [UInt32] = []
  private var lowestRank = Self.firstRank

  /// Initial priorities have this bit, ranks don't.
  private static let initialBit: UInt64 = 1 << 63
  /// The ranks of change points lie above this, those of tasks that were preferred too often below.
  private static let firstRank: UInt64 = 1 << 62

  /// How often a task is preferred to others before it falls below them.
  public static let patience: UInt32 = 1024

  /// Makes the strategy.
  ///
  /// - Parameters:
  ///   - changePoints: How many times in a run a priority changes: the depth of the bugs that the
  ///     guarantee speaks of, less one. Negative is taken as 0.
  ///   - steps: k, the number of choices in a run if it is known; nil to draw it for each run.
  public init(changePoints: Int, steps: UInt64? = nil) {
    self.changePoints = max(0, changePoints)
    self.steps = steps
  }

  /// Draws k and the change points.
  public mutating func begin(_ context: StrategyContext) {
    step = 0
    nextChange = 0
    reseedCount = context.decisions.reseedCount
    priorities.removeAll(keepingCapacity: true)
    preferences.removeAll(keepingCapacity: true)
    lowestRank = Self.firstRank
    changes = (0..<changePoints).map { Change(step: 0, rank: Self.firstRank + UInt64($0) + 1) }
    drawnSteps = max(steps ?? Self.drawSteps(context.decisions), UInt64(max(1, changePoints)))
    drawChanges(context.decisions)
  }

  /// The runnable job whose task has the highest priority.
  public mutating func select(from runnable: RunnableJobs, decisions: DecisionStream) -> Int {
    step += 1
    if decisions.reseedCount != reseedCount {
      reseedCount = decisions.reseedCount
      drawChanges(decisions)
    }
    var best = highest(of: runnable, decisions)
    while nextChange < changes.count, changes[nextChange].step <= step {
      let fallen = runnable[best]
      fallen.key = changes[nextChange].rank
      if fallen.task != 0 { priorities[Int(fallen.task)] = fallen.key }
      nextChange += 1
      best = highest(of: runnable, decisions)
    }
    notePreference(of: Int(runnable[best].task))
    return best
  }

  private mutating func notePreference(of task: Int) {
    guard task != 0 else { return }
    preferences[task] += 1
    guard preferences[task] == Self.patience else { return }
    preferences[task] = 0
    lowestRank -= 1
    priorities[task] = lowestRank
  }

  /// Such as `pct(changePoints: 3, steps: 1024)`; the steps are known once a run has begun.
  public var description: String { "pct(changePoints: \(changePoints), steps: \(drawnSteps))" }

  /// The index of the job of the highest priority. Newcomers get theirs here.
  private mutating func highest(of runnable: RunnableJobs, _ decisions: DecisionStream) -> Int {
    var (best, bestKey): (Int, UInt64) = (0, 0)
    runnable.visit { job, index in
      var key = job.key
      if key == 0 {
        key = priority(of: job.task, decisions)
        job.key = key
      }
      if key > bestKey { (best, bestKey) = (index, key) }
    }
    return best
  }

  private mutating func priority(of task: UInt32, _ decisions: DecisionStream) -> UInt64 {
    guard task != 0 else { return decisions.decide(below: Self.initialBit) | Self.initialBit }
    let index = Int(task)
    if index >= priorities.count {
      let grown = max(index + 1, priorities.count * 2)
      priorities.append(contentsOf: repeatElement(0, count: grown - priorities.count))
      preferences.append(contentsOf: repeatElement(0, count: grown - preferences.count))
    }
    if priorities[index] == 0 {
      priorities[index] = decisions.decide(below: Self.initialBit) | Self.initialBit
    }
    return priorities[index]
  }

  private static func drawSteps(_ decisions: DecisionStream) -> UInt64 {
    let magnitude = 1 << UInt64(decisions.int(in: 3...14))
    return UInt64(magnitude + decisions.int(in: 0..<magnitude))
  }

  /// Draws the steps of all changes that are still ahead: distinct, in `step+1...step+k`. Which
  /// rank meets which step is part of the draw; then they are sorted by step.
  private mutating func drawChanges(_ decisions: DecisionStream) {
    let first = nextChange
    for index in first..<changes.count {
      // The n-th step that is still free, by moving past the taken ones in ascending order.
      let rank = changes[index].rank
      var drawn = decisions.decide(below: drawnSteps - UInt64(index - first))
      var position = first
      while position < index, changes[position].step - step - 1 <= drawn {
        drawn += 1
        position += 1
      }
      changes.remove(at: index)
      changes.insert(Change(step: step + 1 + drawn, rank: rank), at: position)
    }
  }
}
