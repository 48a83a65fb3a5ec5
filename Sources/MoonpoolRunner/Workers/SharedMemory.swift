//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Glibc

/// The memory that a campaign and its workers share: the campaign's words, and a lane for each
/// worker.
struct SharedMemory: @unchecked Sendable {
  private enum Word {
    static let magic = 0
    static let nextIndex = 1
    static let claimLimit = 2
    static let end = 3
  }

  private static let magic: UInt64 = 0x314c_4f4f_504e_4f4d
  private static let headSize = 4_096

  let descriptor: CInt
  let laneCount: Int
  private let base: UnsafeMutableRawPointer
  private let words: Words

  private var size: Int { Self.headSize + laneCount * Lane.size }

  /// Makes memory for so many workers.
  ///
  /// - Throws: ``RunnerError``, if the system has none to give.
  init(laneCount: Int) throws(RunnerError) {
    // Only for as long as it takes to open it has it a name.
    let name = "/moonpool-\(getpid())-\(UInt32.random(in: .min ... .max))"
    let descriptor = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0o600)
    guard descriptor >= 0 else { throw RunnerError("cannot make shared memory", errno: errno) }
    shm_unlink(name)
    let size = Self.headSize + laneCount * Lane.size
    guard ftruncate(descriptor, size) == 0 else {
      throw RunnerError("cannot make \(size) bytes of shared memory", errno: errno)
    }
    try self.init(descriptor, laneCount: laneCount)
    words[Word.magic] = Self.magic
  }

  /// Finds the memory that a campaign has made.
  ///
  /// - Throws: ``RunnerError``, if the descriptor is of something else.
  init(inherited descriptor: CInt) throws(RunnerError) {
    let isSomethingElse = RunnerError("descriptor \(descriptor) is not a campaign's memory")
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_size >= Self.headSize + Lane.size else {
      throw isSomethingElse
    }
    try self.init(descriptor, laneCount: (Int(status.st_size) - Self.headSize) / Lane.size)
    guard words[Word.magic] == Self.magic else { throw isSomethingElse }
  }

  private init(_ descriptor: CInt, laneCount: Int) throws(RunnerError) {
    let size = Self.headSize + laneCount * Lane.size
    let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
    guard let memory, memory != MAP_FAILED else {
      throw RunnerError("cannot map \(size) bytes of shared memory", errno: errno)
    }
    self.descriptor = descriptor
    self.laneCount = laneCount
    base = memory
    words = Words(memory)
  }

  /// Gives the memory back. Nothing may use it after that.
  func unmap() {
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

  /// Takes the next place in the series, which may not be there yet: see ``claimLimit``.
  func takeIndex() -> UInt64 { words.takeNext(Word.nextIndex) }
}
