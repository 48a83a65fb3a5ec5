//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import Glibc
package import MoonpoolAssertions
import MoonpoolRuntime

/// Gives an assertion, with the names of its conditions or keys, a number.
package typealias SiteNumbering = (AssertionSite, [String]) -> UInt32

/// The workers of a campaign: keeps them running, and gives their outcomes in the order of the
/// series, whoever finished first.
package final class WorkerPool {
  /// How far workers may get ahead of the first outcome that is missing.
  private let window: UInt64

  private let executable: String
  private let scenario: String
  private let plan: SeedPlan
  private let limit: Duration
  private let patience: Duration
  private let memory: SharedMemory
  private var nursery: Nursery
  private var workers: [Worker] = []
  /// What came before its turn.
  private var early: [UInt64: SeedOutcome] = [:]
  private var next: UInt64
  /// How often the process died in which a seed ran.
  private var deaths: [UInt64: Int] = [:]
  /// Places in the series at which a process died once, though nobody had killed it.
  private var suspects: Set<UInt64> = []
  /// Workers, and nurseries, that ended before a seed was done, one after the other.
  private var stillbirths = 0
  /// How many workers have been asked for.
  package private(set) var startCount = 0
  /// The process that workers come from.
  package var nurseryID: pid_t { nursery.pid }

  package init(
    _ executable: String, _ scenario: String, _ plan: SeedPlan, from first: UInt64 = 0, count: Int,
    limit: Duration, window: UInt64 = 4_096, patience: Duration = .seconds(60)
  ) throws(RunnerError) {
    self.executable = executable
    self.scenario = scenario
    self.plan = plan
    self.limit = limit
    self.window = window
    self.patience = patience
    memory = try SharedMemory(laneCount: count, plan: plan.text)
    next = first
    memory.begin(at: first)
    memory.claimLimit = first + window
    do throws(RunnerError) {
      nursery = try Nursery(
        executable: executable, memory: memory, scenario: scenario, patience: patience)
    } catch {
      memory.unmap()
      throw error
    }
    for lane in 0..<count { start(lane) }
  }

  deinit {
    nursery.end()
    memory.unmap()
  }

  /// Starts a worker, with places that others have taken and lost.
  private func start(_ number: Int, lost: [UInt64] = []) {
    let lane = memory.lane(number)
    lane.reset(lost: lost)
    startCount += 1
    workers.append(Worker(lane: lane, laneNumber: number))
    nursery.start(number)
  }

  /// Gives each outcome of the series in order until there are no more or `each` returns false.
  /// Ends all workers.
  ///
  /// - Parameters:
  ///   - number: What outcomes shall call an assertion by.
  ///   - idle: Called at least every few milliseconds; false ends the series.
  package func run(
    number: SiteNumbering = { _, _ in 0 }, each: (SeedOutcome) -> Bool, idle: () -> Bool
  ) throws(RunnerError) {
    defer { end() }
    while next < plan.count {
      try step(number)
      while var outcome = early.removeValue(forKey: next) {
        if !suspects.isEmpty { outcome.hasDiedOnce = suspects.contains(next) }
        next += 1
        if !each(outcome) { return }
      }
      memory.claimLimit = next + window
      if !idle() { return }
      try restoreLostPlace(number)
      // Once in a while is enough, and leaves the processors to the workers: a lane holds the
      // outcomes of many times as long. Where one ends, that is heard at once.
      if next < plan.count { nursery.wait(milliseconds: 5) }
    }
  }

  /// Takes in what workers have written, and replaces those that died.
  private func step(_ number: SiteNumbering) throws(RunnerError) {
    for index in workers.indices { drain(index, number) }
    for index in workers.indices { watch(index) }
    while let event = try nursery.nextEvent() {
      switch event {
      case .ended(let lane, let end):
        if let index = workers.firstIndex(where: { $0.laneNumber == lane }) {
          try bury(index, end, number)
        }
      case .gone: try replaceNursery(number)
      }
    }
  }

  private func bury(
    _ index: Int, _ end: ProcessEnd, _ number: SiteNumbering
  ) throws(RunnerError) {
    drain(index, number)
    let worker = workers.remove(at: index)
    if !worker.isFinished { try replace(worker, end) }
  }

  /// The nursery died, and all workers with it: somebody has killed it.
  private func replaceNursery(_ number: SiteNumbering) throws(RunnerError) {
    try countStillbirth(.killed(signal: SIGKILL))
    nursery = try Nursery(
      executable: executable, memory: memory, scenario: scenario, patience: patience)
    for _ in workers.indices { try bury(0, .killed(signal: SIGKILL), number) }
  }

  private func countStillbirth(_ end: ProcessEnd) throws(RunnerError) {
    stillbirths += 1
    guard stillbirths < 5 else {
      throw RunnerError(
        "workers end before they run a seed: the last one \(end); try with one worker, or with 0")
    }
  }

  private func drain(_ index: Int, _ number: SiteNumbering) {
    while let words = workers[index].read() {
      switch WorkerRecord(words, recipe: { plan.recipe(at: $0) }) {
      case .site(_, let site, let names):
        workers[index].siteNumbers.append(number(site, names))
      case .outcome(var outcome):
        stillbirths = 0
        if outcome.index < next { continue }
        outcome.counts.renumber(workers[index].siteNumbers)
        early[outcome.index] = outcome
      case .finished: workers[index].isFinished = true
      case nil: fatalError("a worker wrote a record that cannot be read")
      }
    }
  }

  /// Ends a worker whose present seed takes too long in real time.
  private func watch(_ index: Int) {
    let lane = workers[index].lane
    let present = lane.current.flatMap { $0 < memory.claimLimit ? $0 : nil }
    let time = workers[index].watch.look(present, at: .now)
    guard let current = present, time > limit else { return }
    nursery.kill(workers[index].laneNumber)
    // It is not the death of the process that counts, and a second try would take as long.
    let reason = "the run took longer than \(limit) of real time"
    early[current] = SeedOutcome(lost: current, plan.recipe(at: current), because: reason)
    lane.current = nil
    workers[index].isOverdue = true
  }

  /// A worker died. Its present seed is run again, once: then the seed is at fault.
  private func replace(_ worker: Worker, _ end: ProcessEnd) throws(RunnerError) {
    let present = worker.lane.current.flatMap { $0 >= next && early[$0] == nil ? $0 : nil }
    if worker.isOverdue || worker.heirTakes != nil {
      return start(worker.laneNumber, lost: [worker.heirTakes, present].compactMap(\.self))
    }
    guard let lost = present else {
      try countStillbirth(end)
      return start(worker.laneNumber)
    }
    deaths[lost, default: 0] += 1
    if deaths[lost] == 1 {
      if !end.isKill { suspects.insert(lost) }
      return start(worker.laneNumber, lost: [lost])
    }
    suspects.remove(lost)
    let reason = "the process \(end)"
    early[lost] = SeedOutcome(lost: lost, plan.recipe(at: lost), because: reason)
    start(worker.laneNumber)
  }

  /// A worker may have died between taking a place and saying so. Everybody waits then.
  private func restoreLostPlace(_ number: SiteNumbering) throws(RunnerError) {
    guard next < plan.count, early[next] == nil else { return }
    guard isEverybodyWaiting else { return }
    // It may have come since somebody looked, and so may all that came after it.
    for index in workers.indices { drain(index, number) }
    guard early[next] == nil else { return }
    if workers.isEmpty { return start(0, lost: [next]) }
    if workers.contains(where: { $0.heirTakes != nil }) { return }
    // One of them has to take it, and they all wait.
    let last = workers.indices.last!
    workers[last].heirTakes = next
    nursery.kill(workers[last].laneNumber)
  }

  /// Whether no worker can go on before the campaign has taken in more.
  package var isEverybodyWaiting: Bool {
    let limit = memory.claimLimit
    return workers.allSatisfy { $0.isFinished || ($0.lane.current ?? 0) >= limit }
  }

  /// Takes a place as a worker does that dies before it has said so.
  package func losePlace() { _ = memory.takeIndex() }

  private func end() {
    memory.isOver = true
    let deadline = ContinuousClock.now + .milliseconds(200)
    while !workers.isEmpty, ContinuousClock.now < deadline {
      // They may wait for room to write.
      for index in workers.indices { while workers[index].read() != nil {} }
      while let event = try? nursery.nextEvent() {
        switch event {
        case .ended(let lane, _): workers.removeAll { $0.laneNumber == lane }
        case .gone:
          workers = []
          return
        }
      }
      nursery.wait(milliseconds: 1)
    }
    nursery.end()
    workers = []
  }
}
