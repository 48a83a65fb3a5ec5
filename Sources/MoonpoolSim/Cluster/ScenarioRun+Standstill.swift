//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import MoonpoolRuntime

/// What makes a process stand still at times.
struct Standstill {
  /// A time in which it is slow.
  struct Slowness {
    /// How long it stands still after each slice of time that it runs, in nanoseconds.
    let rest: UInt64
    /// When it is over, in nanoseconds of virtual time.
    let end: UInt64
    /// Whether the process has stood still for it.
    var isCounted = false
  }

  /// When its last pause ends, in nanoseconds of virtual time.
  var pausedUntil: UInt64 = 0
  /// When and how much it is slow.
  var slow: [Slowness] = []
  /// It has run its slice and rests.
  var isResting = false
  /// Whether its slices are being counted already.
  var isCycling = false
  /// Since when it stands still; nil: it runs.
  var since: UInt64?

  /// Whether it stands still at an instant.
  func holds(at now: UInt64) -> Bool { isResting || pausedUntil > now }

  /// When a rest ends that begins now: of what makes it slow, that counts which holds it longest.
  func restEnd(from now: UInt64) -> UInt64 { slow.reduce(now) { max($0, $1.restEnd(from: now)) } }
}

extension Standstill.Slowness {
  fileprivate func restEnd(from now: UInt64) -> UInt64 { min(now &+ rest, end) }
}

/// Processes that stand still, for once or again and again.
extension ScenarioRun {
  /// How long a slow process runs at a time, in nanoseconds.
  private static let slice: UInt64 = 1_000_000

  /// Stops a running process where it stands, for a time. Of pauses that overlap the one that ends
  /// last counts.
  func pause(_ index: Int, for duration: Duration) {
    let end = world.instant(after: duration)
    guard end > max(processes[index].standstill.pausedUntil, world.now) else { return }
    processes[index].standstill.pausedUntil = end
    world.processEffects.pauses += 1
    adjustStandstill(index)
    world.alarm(at: end) { [self] in adjustStandstill(index) }
  }

  /// Makes a running process slow for a time. Of times that overlap the larger factor holds while
  /// both last.
  func slow(_ index: Int, by factor: Double, for duration: Duration) {
    let rest = UInt64((factor - 1) * Double(Self.slice))
    processes[index].standstill.slow.append(
      Standstill.Slowness(rest: rest, end: world.instant(after: duration)))
    guard !processes[index].standstill.isCycling else { return }
    runSlice(index)
  }

  private func runSlice(_ index: Int) {
    let end = world.now &+ Self.slice
    processes[index].standstill.slow.removeAll { $0.end <= end }
    processes[index].standstill.isCycling = !processes[index].standstill.slow.isEmpty
    guard processes[index].standstill.isCycling else { return }
    world.alarm(at: end) { [self] in
      let restEnd = processes[index].standstill.restEnd(from: world.now)
      rest(index, until: restEnd)
      world.alarm(at: restEnd) { [self] in
        processes[index].standstill.isResting = false
        adjustStandstill(index)
        runSlice(index)
      }
    }
  }

  /// Lets a slow process rest, if it isn't down.
  private func rest(_ index: Int, until end: UInt64) {
    let process = processes[index]
    processes[index].standstill.isResting = world.now < end
    if process.isRunning, process.standstill.since == nil, world.now < end {
      for (number, slow) in process.standstill.slow.enumerated()
      where !slow.isCounted && slow.restEnd(from: world.now) == end {
        processes[index].standstill.slow[number].isCounted = true
        world.processEffects.slowdowns += 1
      }
    }
    adjustStandstill(index)
  }

  /// Stops a process, or lets it go on, as it should be by now.
  func adjustStandstill(_ index: Int) {
    let process = processes[index]
    guard process.isRunning, let tasks = process.tasks else { return }
    let stands = process.standstill.holds(at: world.now)
    if stands, process.standstill.since == nil {
      processes[index].standstill.since = world.now
      tasks.pause()
    } else if !stands {
      endStandstill(index)
      tasks.resume()
    }
  }

  /// Counts what a standstill was that ends now, whatever for.
  func endStandstill(_ index: Int) {
    guard let since = processes[index].standstill.since else { return }
    processes[index].standstill.since = nil
    world.processEffects.stoodStill += Duration(nanoseconds: world.now - since)
  }

  /// Counts all standstills that end now, and the jobs that ran late.
  func closeStandstills() {
    for index in processes.indices { endStandstill(index) }
    world.processEffects.delayedJobs = Int(mp_sim_late_jobs(world.simulation))
  }

  /// Lets all processes run, for good.
  func endAllStandstills() {
    for index in processes.indices {
      processes[index].standstill.pausedUntil = 0
      processes[index].standstill.slow = []
      processes[index].standstill.isResting = false
      adjustStandstill(index)
    }
  }
}
