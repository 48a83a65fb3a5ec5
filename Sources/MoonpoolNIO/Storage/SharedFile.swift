//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//
import Glibc
import MoonpoolCore
import Synchronization
import SystemPackage

/// What tells a file from all others of the machine, as long as somebody has it open.
struct FileIdentity: Hashable {
  let device: dev_t
  let inode: ino_t

  init(_ status: stat) {
    device = status.st_dev
    inode = status.st_ino
  }
}

/// What all handles on one file share: who may touch its bytes now, and what became of its syncs.
///
/// Syncs that wait while another one runs are done by one call, since it says the same to all.
final class SharedFile: Sendable {
  /// A task that waits for a sync.
  struct Request: Sendable {
    let file: OpenFile
    let scope: SynchronizationScope
    let continuation: UnsafeContinuation<Void, any Error>
  }

  private struct Syncs {
    var waiting: [Request] = []
    var isRunning = false
    var hasFailed = false
  }

  let identity: FileIdentity
  /// Two operations on the same bytes take effect in some order, as a simulated disk does it; of
  /// the kernel's file systems not all do so for a read beside a write.
  private let bytes = ReadersWriterLock()
  private let syncs = Mutex(Syncs())

  init(_ identity: FileIdentity) { self.identity = identity }

  /// Looks at the file while nobody changes it.
  func reading<Value>(_ body: () throws(Errno) -> Value) throws(Errno) -> Value {
    bytes.lockForReading()
    defer { bytes.unlock() }
    return try body()
  }

  /// Changes the file while nobody else uses it.
  func writing<Value>(_ body: () throws(Errno) -> Value) throws(Errno) -> Value {
    bytes.lockForWriting()
    defer { bytes.unlock() }
    return try body()
  }

  /// Makes durable what was written before.
  nonisolated(nonsending) func synchronize(
    _ file: OpenFile, _ scope: SynchronizationScope
  ) async throws {
    try await withUnsafeThrowingContinuation { continuation in
      let isFirst = syncs.withLock { syncs in
        syncs.waiting.append(Request(file: file, scope: scope, continuation: continuation))
        defer { syncs.isRunning = true }
        return !syncs.isRunning
      }
      if isFirst { file.pool.enqueue { self.synchronizeWaiting(file.pool) } }
    }
  }

  private func synchronizeWaiting(_ pool: BlockingPool) {
    let (requests, hasFailed) = syncs.withLock { syncs in
      defer { syncs.waiting = [] }
      return (syncs.waiting, syncs.hasFailed)
    }
    let hasGivenUp = requests[0].file.registry.hasGivenUp
    let error = hasFailed || hasGivenUp ? Errno(rawValue: EIO) : perform(requests)
    for request in requests {
      let file = request.file
      file.end()
      if let error {
        let reported = StorageError(errno: error, file.synchronizeOperation, file.path)
        request.continuation.resume(throwing: reported)
      } else {
        request.continuation.resume()
      }
    }
    let isDone = syncs.withLock { syncs in
      syncs.isRunning = !syncs.waiting.isEmpty
      return !syncs.isRunning
    }
    if !isDone { pool.enqueue { self.synchronizeWaiting(pool) } }
  }

  private func perform(_ requests: [Request]) -> Errno? {
    let file = requests[0].file
    let dataOnly = requests.allSatisfy { $0.scope == .data }
    do throws(Errno) {
      try uninterrupted { () throws(Errno) in
        try file.calls.synchronize(file.descriptor, dataOnly)
      }
      return nil
    } catch {
      // The kernel forgets what it couldn't write, and says so once: nothing that it says of this
      // file afterwards is worth anything.
      syncs.withLock { $0.hasFailed = true }
      file.registry.rememberFailure(of: file)
      // A file system that can't synchronise says EINVAL: it is no argument of the caller's.
      return error.rawValue == EINVAL ? Errno(rawValue: EIO) : error
    }
  }
}

/// Many may read, or one may write; whoever wants to write doesn't wait for those that come later.
///
/// Safe to share because that is what the lock is for.
private final class ReadersWriterLock: @unchecked Sendable {
  private let lock = UnsafeMutablePointer<pthread_rwlock_t>.allocate(capacity: 1)

  init() {
    var attributes = pthread_rwlockattr_t()
    pthread_rwlockattr_init(&attributes)
    pthread_rwlockattr_setkind_np(
      &attributes, CInt(PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP))
    pthread_rwlock_init(lock, &attributes)
    pthread_rwlockattr_destroy(&attributes)
  }

  deinit {
    pthread_rwlock_destroy(lock)
    lock.deallocate()
  }

  func lockForReading() { pthread_rwlock_rdlock(lock) }
  func lockForWriting() { pthread_rwlock_wrlock(lock) }
  func unlock() { pthread_rwlock_unlock(lock) }
}
