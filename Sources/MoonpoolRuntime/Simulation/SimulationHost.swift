//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import Glibc

/// A series of runs on one simulation thread: what the thread's C side calls, first and after each
/// loss.
///
/// The state lives here and not on the thread's stack, because a thread that is lost never returns
/// from its frames.
final class SimulationHost: @unchecked Sendable {
  /// Gives the next run, started, or nil when there is none left. Called on the simulation thread.
  private var next: (() -> SimulationRun?)?
  /// Takes the report; false ends the series.
  private var each: ((RunReport) -> Bool)?
  private var finished: (() -> Void)?
  private var run: SimulationRun?

  private init(
    next: @escaping () -> SimulationRun?, each: @escaping (RunReport) -> Bool,
    finished: @escaping () -> Void
  ) {
    self.next = next
    self.each = each
    self.finished = finished
  }

  /// Starts the series on a simulation thread and returns at once. `finished` is called on that
  /// thread at the end.
  static func start(
    next: @escaping () -> SimulationRun?, each: @escaping (RunReport) -> Bool,
    finished: @escaping () -> Void
  ) {
    let host = SimulationHost(next: next, each: each, finished: finished)
    let context = Unmanaged.passRetained(host).toOpaque()
    let work: mp_host_work = { context, loss in
      Unmanaged<SimulationHost>.fromOpaque(context!).takeUnretainedValue()
        .work(after: loss?.pointee)
    }
    mp_host_start(work, context) { context in
      Unmanaged<SimulationHost>.fromOpaque(context!).takeRetainedValue().finish()
    }
  }

  /// Starts one run, whose root has been made, on a simulation thread and returns at once.
  /// `finished` is called on that thread with the report.
  static func start(_ run: SimulationRun, finished: @escaping (RunReport) -> Void) {
    var first: SimulationRun? = run
    start(
      next: {
        defer { first = nil }
        return first
      },
      each: { _ in false }, finished: { finished(run.report!) })
  }

  private func work(after loss: mp_loss?) {
    var loss = loss
    while true {
      if run == nil { run = next?() }
      guard let run else { return }
      run.proceed(after: loss)
      loss = nil
      self.run = nil
      guard let report = run.report, each?(report) == true else { return }
    }
  }

  /// The frames of lost threads hold the host for ever; what it was given must not be held with it.
  private func finish() {
    let finished = self.finished
    next = nil
    each = nil
    self.finished = nil
    finished?()
  }
}

/// Waits for something that another thread does, once.
final class Completion: @unchecked Sendable {
  private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  init() { sem_init(semaphore, 0, 0) }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  func signal() { sem_post(semaphore) }

  /// Blocks the thread until `signal()`.
  func wait() {
    while sem_wait(semaphore) != 0 {}  // a signal handler of the host process may interrupt
  }
}
