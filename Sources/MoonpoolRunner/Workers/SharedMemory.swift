//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import Glibc

/// The memory that a campaign and its workers share: the campaign's words, a lane for each worker,
/// and what is to be run.
package struct SharedMemory: @unchecked Sendable {
  private enum Word {
    static let magic = 0
    static let nextIndex = 1
    static let claimLimit = 2
    static let end = 3
    static let laneCount = 4
    static let planSize = 5
  }

  private static let magic: UInt64 = 0x314c_4f4f_504e_4f4d
  private static let headSize = 4_096

  package let descriptor: CInt
  let laneCount: Int
  private let base: UnsafeMutableRawPointer
  private let words: Words

  private let size: Int

  /// Makes memory for so many workers.
  ///
  /// - Parameter plan: The text of a ``SeedPlan``: an environment has no room for a long one.
  /// - Throws: ``RunnerError``, if the system has none to give.
  package init(laneCount: Int, plan: String) throws(RunnerError) {
    // Not a file in /dev/shm: containers have little room there, and who writes to a page for which
    // there is none dies.
    let descriptor = mp_make_shared_memory("moonpool-campaign")
    guard descriptor >= 0 else { throw RunnerError("cannot make shared memory", errno: errno) }
    var plan = plan
    let lanesEnd = Self.headSize + laneCount * Lane.size
    let size = lanesEnd + plan.utf8.count
    do throws(RunnerError) {
      guard ftruncate(descriptor, size) == 0 else {
        throw RunnerError("cannot make \(size) bytes of shared memory", errno: errno)
      }
      try self.init(descriptor, size: size, laneCount: laneCount)
    } catch {
      close(descriptor)
      throw error
    }
    words[Word.magic] = Self.magic
    words[Word.laneCount] = UInt64(laneCount)
    words[Word.planSize] = UInt64(plan.utf8.count)
    plan.withUTF8 {
      UnsafeMutableRawBufferPointer(start: base + lanesEnd, count: $0.count).copyBytes(from: $0)
    }
  }

  /// Finds the memory that a campaign has made.
  ///
  /// - Throws: ``RunnerError``, if the descriptor is of something else.
  package init(inherited descriptor: CInt) throws(RunnerError) {
    let isSomethingElse = RunnerError("descriptor \(descriptor) is not a campaign's memory")
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_size >= Self.headSize + Lane.size else {
      throw isSomethingElse
    }
    try self.init(descriptor, size: Int(status.st_size), laneCount: nil)
    guard words[Word.magic] == Self.magic else { throw isSomethingElse }
  }

  private init(_ descriptor: CInt, size: Int, laneCount: Int?) throws(RunnerError) {
    let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
    guard let memory, memory != MAP_FAILED else {
      throw RunnerError("cannot map \(size) bytes of shared memory", errno: errno)
    }
    self.descriptor = descriptor
    self.size = size
    base = memory
    words = Words(memory)
    self.laneCount = laneCount ?? Int(truncatingIfNeeded: words[Word.laneCount])
  }

  /// The text of what is to be run.
  package var plan: String {
    let start = base + Self.headSize + laneCount * Lane.size
    return String(
      decoding: UnsafeRawBufferPointer(start: start, count: Int(words[Word.planSize])),
      as: UTF8.self)
  }

  /// Gives the memory back. Nothing may use it after that.
  package func unmap() {
    munmap(base, size)
    close(descriptor)
  }

  /// The lane of one worker.
  func lane(_ number: Int) -> Lane { Lane(base + Self.headSize + number * Lane.size) }

  /// Places in the series below this may be taken. Raised by the campaign as it takes results in.
  var claimLimit: UInt64 {
    get { words[Word.claimLimit] }
    nonmutating set { words[Word.claimLimit] = newValue }
  }

  /// The campaign is over: workers end after the run that they are in.
  var isOver: Bool {
    get { words[Word.end] != 0 }
    nonmutating set { words[Word.end] = newValue ? 1 : 0 }
  }

  /// The series goes on from here. Before there are workers.
  func begin(at index: UInt64) { words[Word.nextIndex] = index }

  /// Takes the next place in the series, which may not be there yet: see ``claimLimit``.
  func takeIndex() -> UInt64 { words.takeNext(Word.nextIndex) }
}
