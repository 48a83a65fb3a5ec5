//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
@_spi(ExperimentalCustomExecutors) @_spi(ExperimentalScheduling) import _Concurrency

/// The process's default executor: into the simulation on a simulation thread, to the platform
/// anywhere else.
///
/// The runtime's own hook sees most jobs earlier and cheaper; `Task.yield` and every sleep come
/// only here (Swift 6.3 calls the executor directly for these).
final class RouterExecutor: TaskExecutor, SchedulingExecutor, @unchecked Sendable {
  private let platform: any TaskExecutor
  private let platformScheduling: (any SchedulingExecutor)?

  init(_ platform: any TaskExecutor) {
    self.platform = platform
    self.platformScheduling = platform as? any SchedulingExecutor
  }

  func enqueue(_ job: UnownedJob) {
    if mp_sim_current() == nil {
      if !mp_enqueue_escaped(job.pointer) { platform.enqueue(ExecutorJob(job)) }
    } else if !mp_enqueue_global(job.pointer) {
      outsideSimulation { platform.enqueue(ExecutorJob(job)) }
    }
  }

  func enqueue(_ job: consuming ExecutorJob) { enqueue(UnownedJob(job)) }

  func enqueue<C: Clock>(
    _ job: consuming ExecutorJob, at instant: C.Instant, tolerance: C.Duration?, clock: C
  ) {
    guard mp_sim_current() != nil else {
      platformScheduling?.enqueue(job, at: instant, tolerance: tolerance, clock: clock)
      return
    }
    let pointer = UnownedJob(job).pointer
    if C.self == ContinuousClock.self || C.self == SuspendingClock.self {
      // Both clocks' instants are a Duration since their common virtual epoch.
      let slack = address(ofTolerance: tolerance, C.self).load(as: Duration?.self)
      let when = address(ofInstant: instant, C.self).load(as: Duration.self)
      mp_enqueue_at(pointer, nanoseconds(when), nanoseconds(slack))
    } else {
      enqueueByForeignClock(pointer, at: instant, tolerance: tolerance, clock: clock)
    }
  }

  /// Out of line: what it needs of metadata would be looked up on entry, whatever the clock.
  @inline(never)
  private func enqueueByForeignClock<C: Clock>(
    _ job: UnsafeMutableRawPointer, at instant: C.Instant, tolerance: C.Duration?, clock: C
  ) {
    let delay = clock.now.duration(to: instant) as? Duration
    mp_enqueue_after(job, nanoseconds(delay), nanoseconds(tolerance as? Duration))
  }

  func enqueue<C: Clock>(
    _ job: consuming ExecutorJob, after delay: C.Duration, tolerance: C.Duration?, clock: C
  ) {
    guard mp_sim_current() != nil else {
      platformScheduling?.enqueue(job, after: delay, tolerance: tolerance, clock: clock)
      return
    }
    let pointer = UnownedJob(job).pointer
    mp_enqueue_after(pointer, nanoseconds(delay as? Duration), nanoseconds(tolerance as? Duration))
  }
}

/// The process's main executor, with the same switch.
final class RouterMainExecutor: MainExecutor, @unchecked Sendable {
  private let platform: any MainExecutor

  init(_ platform: any MainExecutor) { self.platform = platform }

  func run() throws { try platform.run() }
  func stop() { platform.stop() }

  func enqueue(_ job: UnownedJob) {
    if mp_sim_current() != nil {
      if mp_enqueue_main(job.pointer) { return }
    } else if mp_enqueue_escaped_main(job.pointer) {
      return
    }
    outsideSimulation { platform.enqueue(ExecutorJob(job)) }
  }

  func enqueue(_ job: consuming ExecutorJob) { enqueue(UnownedJob(job)) }
  var isMainExecutor: Bool { true }
  func checkIsolated() { platform.checkIsolated() }

  /// On a simulation thread the runtime knows from the executor identity alone; the platform would
  /// compare OS threads.
  func isIsolatingCurrentContext() -> Bool? {
    mp_sim_current() != nil ? nil : platform.isIsolatingCurrentContext()
  }
}

/// What the runtime asks for its executors. Wraps whatever the platform would have given.
private struct RouterFactory: ExecutorFactory {
  static let router = RouterExecutor(PlatformExecutorFactory.defaultExecutor)
  static let mainRouter = RouterMainExecutor(PlatformExecutorFactory.mainExecutor)
  static var defaultExecutor: any TaskExecutor { router }
  static var mainExecutor: any MainExecutor { mainRouter }
}

/// Puts the routers into the runtime. Happens once, from a constructor before `main`, while there
/// is one thread.
enum RouterInstallation {
  static let once: Void = {
    _createExecutors(factory: RouterFactory.self)
    typealias Words = (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?)
    let main = unsafeBitCast(RouterFactory.mainRouter.asUnownedSerialExecutor(), to: Words.self)
    let task = unsafeBitCast(RouterFactory.router.asUnownedTaskExecutor(), to: Words.self)
    mp_install(main.0, main.1, task.0, task.1)
  }()
}

@_cdecl("mp_install_routers")
func installRouters() { _ = RouterInstallation.once }

extension UnownedJob {
  /// The runtime's job. The value is nothing but this pointer.
  @inline(__always)
  fileprivate var pointer: UnsafeMutableRawPointer {
    unsafeBitCast(self, to: UnsafeMutableRawPointer.self)
  }
}

/// Leaves the simulation for a call into the platform, which may start threads and read clocks.
@inline(__always)
private func outsideSimulation(_ body: () -> Void) {
  let simulation = mp_sim_enter(nil)
  body()
  _ = mp_sim_enter(simulation)
}

@inline(__always)
private func nanoseconds(_ duration: Duration?) -> UInt64 {
  guard let duration else { return 0 }
  let words = unsafeBitCast(duration, to: (UInt64, UInt64).self)
  return mp_attoseconds_to_ns(words.0, words.1)
}

// An argument of generic type is passed by its address. Looking at it through a cast makes the
// runtime look up the metadata of `C.Duration?` first, which is 400 instructions for each sleep.

@_silgen_name("mp_address_of_argument")
private func address<C: Clock>(ofTolerance: C.Duration?, _ clock: C.Type) -> UnsafeRawPointer

@_silgen_name("mp_address_of_argument_too")
private func address<C: Clock>(ofInstant: C.Instant, _ clock: C.Type) -> UnsafeRawPointer
