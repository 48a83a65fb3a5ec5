//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime

/// What makes a process stand still at times.
struct Standstill {
  /// When its last pause ends, in nanoseconds of virtual time.
  var pausedUntil: UInt64 = 0
  /// When it is no longer slow.
  var slowUntil: UInt64 = 0
  /// How long it stands still after each slice of time that it runs, in nanoseconds.
  var rest: UInt64 = 0
  /// It has run its slice and rests.
  var isResting = false
  /// Whether its slices are being counted already.
  var isCycling = false
  /// Since when it stands still; nil: it runs.
  var since: UInt64?
}

/// Processes that stand still, for once or again and again.
extension ScenarioRun {
  /// How long a slow process runs at a time, in nanoseconds.
  private static let slice: UInt64 = 1_000_000

  /// Stops a running process where it stands, for a time.
  func pause(_ index: Int, for duration: Duration) {
    let end = world.instant(after: duration)
    processes[index].standstill.pausedUntil = max(processes[index].standstill.pausedUntil, end)
    world.processEffects.pauses += 1
    adjustStandstill(index)
    world.alarm(at: end) { [self] in adjustStandstill(index) }
  }

  /// Makes a process slow for a time.
  func slow(_ index: Int, by factor: Double, for duration: Duration) {
    world.processEffects.slowdowns += 1
    processes[index].standstill.rest = UInt64((factor - 1) * Double(Self.slice))
    processes[index].standstill.slowUntil = world.instant(after: duration)
    guard !processes[index].standstill.isCycling else { return }
    processes[index].standstill.isCycling = true
    runSlice(index)
  }

  private func runSlice(_ index: Int) {
    let standstill = processes[index].standstill
    let end = world.now &+ Self.slice
    guard standstill.rest > 0, end < standstill.slowUntil else {
      processes[index].standstill.isCycling = false
      return
    }
    world.alarm(at: end) { [self] in
      let standstill = processes[index].standstill
      let end = min(world.now &+ standstill.rest, standstill.slowUntil)
      processes[index].standstill.isResting = world.now < end
      adjustStandstill(index)
      world.alarm(at: max(end, world.now)) { [self] in
        processes[index].standstill.isResting = false
        adjustStandstill(index)
        runSlice(index)
      }
    }
  }

  /// Stops a process, or lets it go on, as it should be by now.
  func adjustStandstill(_ index: Int) {
    let process = processes[index]
    guard process.status == .up || process.status == .stopping, let tasks = process.tasks else {
      return
    }
    let stands = process.standstill.isResting || process.standstill.pausedUntil > world.now
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
    guard let since = processes[index].standstill.since, let tasks = processes[index].tasks else {
      return
    }
    processes[index].standstill.since = nil
    world.processEffects.stoodStill += Duration(nanoseconds: world.now - since)
    world.processEffects.delayedJobs += tasks.waitingJobCount
  }

  /// Counts all standstills that end now.
  func closeStandstills() {
    for index in processes.indices { endStandstill(index) }
  }

  /// Lets all processes run, for good.
  func endAllStandstills() {
    for index in processes.indices {
      processes[index].standstill.pausedUntil = 0
      processes[index].standstill.slowUntil = 0
      processes[index].standstill.isResting = false
      adjustStandstill(index)
    }
  }
}
