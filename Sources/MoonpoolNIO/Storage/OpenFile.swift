//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//
import MoonpoolCore
import Synchronization
import SystemPackage

/// A file or directory that is open until it is closed and the last operation on it is done.
final class OpenFile: Sendable {
  private struct State {
    var inFlight = 0
    var isClosed = false
  }

  let descriptor: FileDescriptor
  let path: String
  let shared: SharedFile
  let registry: OpenFiles
  let pool: BlockingPool
  let calls: SystemCalls
  /// Nil for a directory, which takes none of the places for files.
  let options: OpenOptions?
  private let state = Mutex(State())

  init(
    _ descriptor: FileDescriptor, _ path: String, _ options: OpenOptions?, _ shared: SharedFile,
    _ storage: FileSystemStorage
  ) {
    self.descriptor = descriptor
    self.path = path
    self.options = options
    self.shared = shared
    registry = storage.files
    pool = storage.pool
    calls = storage.calls
  }

  /// What a sync of it is called in errors.
  var synchronizeOperation: String { options == nil ? "synchronizeDirectory" : "synchronize" }

  /// Keeps the file open until `end`, whoever closes it.
  func begin(_ operation: String) throws(StorageError) {
    let isOpen = state.withLock { state in
      if state.isClosed { return false }
      state.inFlight += 1
      return true
    }
    if !isOpen { throw StorageError(.closed, operation, path) }
  }

  /// An operation is done. To be called before its task goes on: that may rely on the place.
  func end() {
    let isLast = state.withLock { state in
      state.inFlight -= 1
      return state.isClosed && state.inFlight == 0
    }
    if isLast { release() }
  }

  /// Lets no further operation begin.
  func close() {
    let isLast = state.withLock { state in
      if state.isClosed { return false }
      state.isClosed = true
      return state.inFlight == 0
    }
    if isLast { release() }
  }

  private func release() {
    registry.release(shared)
    if options != nil { registry.givePlace() }
    // The last use of a removed file frees all of it, which takes its time.
    pool.enqueue { [descriptor] in try? descriptor.close() }
  }
}
