//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import MoonpoolRuntime

/// The clocks of one machine: they go on when its process restarts.
///
/// True until somebody changes them, and free of charge until then. Safe to share because all code
/// of a simulation runs on one thread.
final class MachineClock: @unchecked Sendable {
  private let model = UnsafeMutablePointer<ClockModel>.allocate(capacity: 1)
  private var isTrue = true
  /// The incarnation whose code reads these clocks.
  private var tasks: SimulatedNode?

  init() {
    model.initialize(to: ClockModel(epoch: Int64(mp_wall_base())))
  }

  deinit { model.deallocate() }

  /// From now on these are the clocks of an incarnation.
  func govern(_ tasks: SimulatedNode) {
    self.tasks = tasks
    if !isTrue { tasks.setClock(Self.handlers, model) }
  }

  /// Changes the clocks. What the incarnation's code waits for moves with them.
  func change(at now: UInt64, _ body: (inout ClockModel) -> Void) {
    var change = (old: model.pointee, new: model.pointee, now: now)
    body(&change.new)
    model.pointee = change.new
    guard let tasks, tasks.isAlive else {
      isTrue = false
      return
    }
    if isTrue { tasks.setClock(Self.handlers, model) }
    isTrue = false
    if change.new.drift == change.old.drift { return }
    withUnsafeMutablePointer(to: &change) { change in
      tasks.retime(
        { context, when in
          let change = context!.assumingMemoryBound(
            to: (old: ClockModel, new: ClockModel, now: UInt64).self)
          if when <= change.pointee.now { return when }
          let deadline = change.pointee.old.monotonic(at: when)
          return change.pointee.new.instant(monotonic: deadline, from: change.pointee.now)
        }, change)
    }
  }

  var present: ClockModel { model.pointee }

  // MARK: Reading, in nanoseconds

  @inline(__always)
  func monotonic(at now: UInt64) -> UInt64 { isTrue ? now : model.pointee.monotonic(at: now) }

  func wall(at now: UInt64) -> UInt64 {
    isTrue ? mp_wall_base() + now : UInt64(max(0, model.pointee.wall(at: now)))
  }

  /// The virtual time at which the monotonic clock shows a deadline.
  func instant(of deadline: UInt64, from now: UInt64) -> UInt64 {
    isTrue ? deadline : model.pointee.instant(monotonic: deadline, from: now)
  }

  /// The virtual time at which the monotonic clock shows a deadline; `.max` without one.
  @inline(__always)
  func instant(of deadline: Duration?, from now: UInt64) -> UInt64 {
    guard let deadline else { return .max }
    return min(instant(of: deadline.clampedNanoseconds, from: now), .max - 1)
  }

  /// What the kernel asks for code that calls libc. Never changed.
  private nonisolated(unsafe) static let handlers: UnsafePointer<mp_clock_model> = {
    let handlers = UnsafeMutablePointer<mp_clock_model>.allocate(capacity: 1)
    handlers.initialize(
      to: mp_clock_model(
        monotonic: { clock, now in
          clock!.assumingMemoryBound(to: ClockModel.self).pointee.monotonic(at: now)
        },
        wall: { clock, now in
          UInt64(max(0, clock!.assumingMemoryBound(to: ClockModel.self).pointee.wall(at: now)))
        },
        instant: { clock, deadline, now in
          clock!.assumingMemoryBound(to: ClockModel.self).pointee
            .instant(monotonic: deadline, from: now)
        }))
    return UnsafePointer(handlers)
  }()
}
