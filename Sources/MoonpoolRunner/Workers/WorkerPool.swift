//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Glibc
package import MoonpoolAssertions
import MoonpoolRuntime

/// The workers of a campaign: keeps them running, and gives their outcomes in the order of the
/// series, whoever finished first.
package final class WorkerPool {
  /// How far workers may get ahead of the first outcome that is missing.
  private let window: UInt64

  private let executable: String
  private let scenario: String
  private let plan: SeedPlan
  private let limit: Duration
  private let memory: SharedMemory
  private var workers: [WorkerProcess] = []
  /// What came before its turn.
  private var early: [UInt64: (SeedOutcome, [AssertionRecord])] = [:]
  private var next: UInt64
  /// How often the process died in which a seed ran.
  private var deaths: [UInt64: Int] = [:]
  /// Places in the series at which a process died once, though nobody had killed it.
  private var suspects: Set<UInt64> = []
  /// Workers that ended before they had taken a seed, one after the other.
  private var stillbirths = 0
  /// How many processes have been started.
  package private(set) var startCount = 0

  package init(
    _ executable: String, _ scenario: String, _ plan: SeedPlan, from first: UInt64 = 0, count: Int,
    limit: Duration, window: UInt64 = 4_096
  ) throws(RunnerError) {
    self.executable = executable
    self.scenario = scenario
    self.plan = plan
    self.limit = limit
    self.window = window
    memory = try SharedMemory(laneCount: count, plan: plan.text)
    next = first
    memory.begin(at: first)
    memory.claimLimit = first + window
    do throws(RunnerError) {
      for lane in 0..<count { try start(lane) }
    } catch {
      end()
      throw error
    }
  }

  deinit { memory.unmap() }

  /// Starts a worker, with places that others have taken and lost.
  private func start(_ lane: Int, first: [UInt64] = []) throws(RunnerError) {
    typealias Variable = CampaignWorker.Variable
    let environment = [
      (Variable.lane, "\(lane)"), (Variable.scenario, scenario),
      (Variable.first, first.map { "\($0)" }.joined(separator: ",")),
      // Workers say what happened in records; a trap's backtrace would take longer than most seeds.
      ("SWIFT_BACKTRACE", "enable=no"),
    ]
    startCount += 1
    workers.append(
      try WorkerProcess(
        executable: executable, memory: memory, lane: lane, environment: environment))
  }

  /// Gives each outcome of the series in order, with what its assertions counted, until there are
  /// no more or `each` returns false. Ends all workers.
  ///
  /// - Parameters:
  ///   - idle: Called at least every few milliseconds; false ends the series.
  package func run(
    each: (SeedOutcome, [AssertionRecord]) -> Bool, idle: () -> Bool
  ) throws(RunnerError) {
    defer { end() }
    while next < plan.count {
      try step()
      while let (found, records) = early.removeValue(forKey: next) {
        var outcome = found
        outcome.hasDiedOnce = suspects.contains(next)
        next += 1
        if !each(outcome, records) { return }
      }
      memory.claimLimit = next + window
      if !idle() { return }
      try restoreLostPlace()
      // Once in a while is enough, and leaves the processors to the workers: a lane holds the
      // outcomes of many times as long.
      if next < plan.count { usleep(500) }
    }
  }

  /// Takes in what workers have written, and replaces those that died.
  private func step() throws(RunnerError) {
    for index in workers.indices { drain(index) }
    for index in workers.indices.reversed() {
      watch(index)
      guard let end = workers[index].endIfAny() else { continue }
      drain(index)
      let worker = workers.remove(at: index)
      if !worker.isFinished { try replace(worker, end) }
    }
  }

  private func drain(_ index: Int) {
    while let words = workers[index].read() {
      switch WorkerRecord(words, recipe: { plan.recipe(at: $0) }) {
      case .site(_, let site, let names): workers[index].sites.append((site, names))
      case .outcome(let outcome):
        stillbirths = 0
        if outcome.index >= next {
          early[outcome.index] = (outcome, outcome.records(workers[index].sites))
        }
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
    Glibc.kill(workers[index].pid, SIGKILL)
    // It is not the death of the process that counts, and a second try would take as long.
    let reason = "the run took longer than \(limit) of real time"
    early[current] = (SeedOutcome(lost: current, plan.recipe(at: current), because: reason), [])
    lane.current = nil
    workers[index].isOverdue = true
  }

  /// A worker died. Its present seed is run again, once: then the seed is at fault.
  private func replace(_ worker: WorkerProcess, _ end: ProcessEnd) throws(RunnerError) {
    let present = worker.lane.current.flatMap { $0 >= next && early[$0] == nil ? $0 : nil }
    if worker.isOverdue { return try start(worker.laneNumber, first: present.map { [$0] } ?? []) }
    guard let lost = present else {
      stillbirths += 1
      guard stillbirths < 5 else {
        throw RunnerError(
          "workers end before they run a seed: the last one \(end); does the executable call "
            + "CampaignWorker.serve first of all?")
      }
      return try start(worker.laneNumber)
    }
    deaths[lost, default: 0] += 1
    if deaths[lost] == 1 {
      if !end.isKill { suspects.insert(lost) }
      return try start(worker.laneNumber, first: [lost])
    }
    suspects.remove(lost)
    let reason = "the process \(end)"
    early[lost] = (SeedOutcome(lost: lost, plan.recipe(at: lost), because: reason), [])
    try start(worker.laneNumber)
  }

  /// A worker may have died between taking a place and saying so. Everybody waits then.
  private func restoreLostPlace() throws(RunnerError) {
    guard next < plan.count, early[next] == nil else { return }
    guard isEverybodyWaiting else { return }
    // It may have come since somebody looked, and so may all that came after it.
    for index in workers.indices { drain(index) }
    guard early[next] == nil else { return }
    guard let worker = workers.popLast() else { return try start(0, first: [next]) }
    worker.kill()
    try start(worker.laneNumber, first: [next] + (worker.lane.current.map { [$0] } ?? []))
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
      workers.removeAll { $0.endIfAny() != nil }
      usleep(500)
    }
    for worker in workers { worker.kill() }
    workers = []
  }
}
