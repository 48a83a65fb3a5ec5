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

/// The files that a provider has open, and those whose sync has failed.
final class OpenFiles: Sendable {
  /// How many files whose sync has failed are told from the others.
  static let failureLimit = 64

  private struct State {
    var count = 0
    var shared: [FileIdentity: (file: SharedFile, uses: Int)] = [:]
    /// Kept open, so that no new file gets the identity of one whose sync has failed.
    var failed: [FileDescriptor] = []
    var hasGivenUp = false
  }

  private let limit: Int
  private let state = Mutex(State())

  init(limit: Int) { self.limit = limit }

  deinit {
    for descriptor in state.withLock({ $0.failed }) { try? descriptor.close() }
  }

  /// More syncs have failed than can be told apart: none succeeds any more.
  var hasGivenUp: Bool { state.withLock { $0.hasGivenUp } }

  /// Takes one of the places for open files.
  func takePlace(_ path: String) throws(StorageError) {
    let isFree = state.withLock { state in
      if state.count >= limit { return false }
      state.count += 1
      return true
    }
    if !isFree { throw StorageError(.tooManyOpenFiles, "open", path) }
  }

  /// Gives a place back.
  func givePlace() { state.withLock { $0.count -= 1 } }

  /// What the handles on a file share, for one more of them.
  func share(_ identity: FileIdentity) -> SharedFile {
    state.withLock { state in
      let file = state.shared[identity]?.file ?? SharedFile(identity)
      state.shared[identity, default: (file, 0)].uses += 1
      return file
    }
  }

  /// One handle less has the file open.
  func release(_ file: SharedFile) {
    state.withLock { state in
      guard let uses = state.shared[file.identity]?.uses else { return }
      state.shared[file.identity] = uses > 1 ? (file, uses - 1) : nil
    }
  }

  /// A sync of a file has failed: as long as this provider lives, no other one succeeds.
  func rememberFailure(of file: OpenFile) {
    let kept = try? file.descriptor.duplicate()
    state.withLock { state in
      if let kept { state.failed.append(kept) }
      if kept == nil || state.failed.count >= Self.failureLimit { state.hasGivenUp = true }
      state.shared[file.shared.identity]?.uses += 1
    }
  }
}
