//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Glibc

/// A worker's own part of the shared memory: where it is, and a ring of records that only it writes
/// and only the campaign reads.
///
/// A record appears whole or not at all. So of a worker that is killed nothing is half known: its
/// present run has not been, and can be done again.
struct Lane: @unchecked Sendable {
  private enum Word {
    static let current = 0
    static let written = 8
    static let read = 16
  }

  /// Words of the ring. The pages that are never reached cost nothing.
  private static let capacity = 1 << 18
  private static let headWords = 512
  /// Bytes of a lane.
  static let size = (headWords + capacity) * 8
  /// Words that a record may have at most.
  static let longestRecord = capacity / 2

  private let words: Words
  private let ring: UnsafeMutablePointer<UInt64>

  init(_ memory: UnsafeMutableRawPointer) {
    words = Words(memory)
    ring = (memory + Self.headWords * 8).assumingMemoryBound(to: UInt64.self)
  }

  /// The place in the series that the worker has taken and not finished.
  var current: UInt64? {
    get {
      let word = words[Word.current]
      return word == 0 ? nil : word - 1
    }
    nonmutating set { words[Word.current] = newValue.map { $0 + 1 } ?? 0 }
  }

  // MARK: The worker's side

  /// Appends a record. Waits while there is no room for it.
  ///
  /// - Returns: False if the campaign is gone.
  func write(_ record: [UInt64]) -> Bool {
    precondition(record.count < Self.longestRecord, "a record of \(record.count) words")
    let start = words[Word.written]
    while start - words[Word.read] + UInt64(record.count) + 1 > Self.capacity {
      if getppid() == 1 { return false }
      usleep(200)
    }
    put(UInt64(record.count), at: start)
    for (offset, word) in record.enumerated() { put(word, at: start + 1 + UInt64(offset)) }
    words[Word.written] = start + 1 + UInt64(record.count)
    return true
  }

  private func put(_ word: UInt64, at position: UInt64) {
    ring[Int(position) & (Self.capacity - 1)] = word
  }

  // MARK: The campaign's side

  /// Takes the oldest record; nil if there is none.
  func read() -> [UInt64]? {
    let start = words[Word.read]
    guard start < words[Word.written] else { return nil }
    let count = get(start)
    let record = (0..<count).map { get(start + 1 + $0) }
    words[Word.read] = start + 1 + count
    return record
  }

  private func get(_ position: UInt64) -> UInt64 { ring[Int(position) & (Self.capacity - 1)] }

  /// Makes the lane ready for another worker. What the one before wrote has been read.
  func reset() {
    current = nil
    words[Word.read] = words[Word.written]
  }
}
