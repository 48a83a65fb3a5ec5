//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Glibc
import MoonpoolCore

/// A few threads for calls that block, so that none blocks the threads that tasks share.
///
/// Jobs begin in the order they came. Threads are started when they are needed, up to the limit,
/// and end when the pool goes and its last job is done.
final class BlockingPool: Sendable {
  typealias Job = @Sendable () -> Void

  private let queue: Queue

  /// Creates a pool, with its first thread: one that can't be had is an error now, not later.
  init(threads: Int) throws(StorageError) {
    precondition(threads >= 1, "a storage provider needs at least one thread")
    queue = Queue(limit: threads)
    if !queue.start() { throw StorageError(.inputOutput, "pthread_create") }
  }

  deinit { queue.finish() }

  /// Has a job done, some time later.
  func enqueue(_ job: @escaping Job) { queue.add(job) }

  /// Has a job done, and waits for what comes of it. Cancelling the task changes nothing.
  nonisolated(nonsending) func run<Value: Sendable>(
    _ job: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await withUnsafeThrowingContinuation { continuation in
      enqueue { continuation.resume(with: Result(catching: job)) }
    }
  }
}

/// What the threads of a pool share. They keep it alive, not the pool.
///
/// Safe to share because everything that changes is looked at under `lock` alone.
private final class Queue: @unchecked Sendable {
  private let limit: Int
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let hasChanged = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  /// Jobs in the order they came.
  private var incoming: [BlockingPool.Job] = []
  /// Jobs that came before those, the next one last.
  private var outgoing: [BlockingPool.Job] = []
  private var started = 0
  private var idle = 0
  private var isFinished = false

  init(limit: Int) {
    self.limit = limit
    pthread_mutex_init(lock, nil)
    pthread_cond_init(hasChanged, nil)
  }

  deinit {
    pthread_cond_destroy(hasChanged)
    pthread_mutex_destroy(lock)
    hasChanged.deallocate()
    lock.deallocate()
  }

  /// Starts one more thread. False if the system has none.
  func start() -> Bool {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return startLocked()
  }

  func add(_ job: @escaping BlockingPool.Job) {
    pthread_mutex_lock(lock)
    incoming.append(job)
    // Idle threads that were woken may not have run yet: as many jobs as threads is enough.
    if incoming.count + outgoing.count > idle, started < limit { _ = startLocked() }
    pthread_cond_signal(hasChanged)
    pthread_mutex_unlock(lock)
  }

  func finish() {
    pthread_mutex_lock(lock)
    isFinished = true
    pthread_cond_broadcast(hasChanged)
    pthread_mutex_unlock(lock)
  }

  /// The next job; nil when there will be none.
  private func next() -> BlockingPool.Job? {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    while true {
      if outgoing.isEmpty {
        outgoing = incoming.reversed()
        incoming.removeAll(keepingCapacity: true)
      }
      if let job = outgoing.popLast() { return job }
      if isFinished { return nil }
      idle += 1
      pthread_cond_wait(hasChanged, lock)
      idle -= 1
    }
  }

  private func startLocked() -> Bool {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
    defer { pthread_attr_destroy(&attributes) }
    let context = Unmanaged.passRetained(self)
    var thread = pthread_t()
    let result = Self.withoutSignals {
      pthread_create(&thread, &attributes, { Queue.work($0!) }, context.toOpaque())
    }
    if result != 0 {
      context.release()
      return false
    }
    started += 1
    return true
  }

  private static func work(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    let queue = Unmanaged<Queue>.fromOpaque(context).takeRetainedValue()
    while let job = queue.next() { job() }
    return nil
  }

  /// A thread inherits what its maker blocks. Signals are for others, and SIGXFSZ, which a write
  /// beyond a limit raises, would end the process: the write's error says enough.
  private static func withoutSignals<Value>(_ body: () -> Value) -> Value {
    var blocked = sigset_t()
    var before = sigset_t()
    sigfillset(&blocked)
    for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS] {
      sigdelset(&blocked, fault)
    }
    pthread_sigmask(SIG_SETMASK, &blocked, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    return body()
  }
}
