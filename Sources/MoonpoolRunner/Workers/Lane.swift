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
/// A record is read when it is whole, or not at all. So of a worker that is killed nothing is half
/// known: its present run has not been, and can be done again.
struct Lane: @unchecked Sendable {
  private enum Word {
    static let current = 0
    static let written = 8
    static let read = 16
    static let lostCount = 24
    static let firstLost = 25
  }

  /// How many places may be handed on at once.
  private static let mostLost = 8

  /// Words of the ring. The pages that are never reached cost nothing.
  private static let capacity = 1 << 18
  private static let headWords = 512
  /// Bytes of a lane.
  static let size = (headWords + capacity) * 8
  /// Words that a piece may have at most: a longer record travels in pieces.
  private static let longestPiece = capacity / 4
  /// A piece's first word is how many words follow, and this bit if another piece does.
  private static let goesOn: UInt64 = 1 << 63

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

  /// Places that others have taken and lost: the worker's first.
  var lost: [UInt64] {
    (0..<Int(words[Word.lostCount])).map { words[Word.firstLost + $0] }
  }

  /// Appends a record. Waits while there is no room for it.
  func write(_ record: [UInt64]) {
    var rest = record[...]
    repeat {
      let piece = rest.prefix(Self.longestPiece)
      rest = rest.dropFirst(piece.count)
      write(piece, goesOn: !rest.isEmpty)
    } while !rest.isEmpty
  }

  private func write(_ piece: ArraySlice<UInt64>, goesOn: Bool) {
    let start = words[Word.written]
    let end = start + 1 + UInt64(piece.count)
    while end - words[Word.read] > Self.capacity { usleep(200) }
    put(UInt64(piece.count) | (goesOn ? Self.goesOn : 0), at: start)
    for (position, word) in zip(start + 1..<end, piece) { put(word, at: position) }
    words[Word.written] = end
  }

  private func put(_ word: UInt64, at position: UInt64) {
    ring[Int(position) & (Self.capacity - 1)] = word
  }

  // MARK: The campaign's side

  /// Takes the oldest record; nil if there is none.
  ///
  /// - Parameter beginning: What has come so far of a record whose other pieces haven't.
  func read(after beginning: inout [UInt64]) -> [UInt64]? {
    while true {
      let start = words[Word.read]
      guard start < words[Word.written] else { return nil }
      let head = get(start)
      let end = start + 1 + head & ~Self.goesOn
      take(start + 1..<end, into: &beginning)
      words[Word.read] = end
      if head & Self.goesOn != 0 { continue }
      defer { beginning = [] }
      return beginning
    }
  }

  private func take(_ positions: Range<UInt64>, into words: inout [UInt64]) {
    let first = Int(positions.lowerBound) & (Self.capacity - 1)
    let beforeWrap = min(positions.count, Self.capacity - first)
    words.append(contentsOf: UnsafeBufferPointer(start: ring + first, count: beforeWrap))
    let rest = UnsafeBufferPointer(start: ring, count: positions.count - beforeWrap)
    words.append(contentsOf: rest)
  }

  private func get(_ position: UInt64) -> UInt64 { ring[Int(position) & (Self.capacity - 1)] }

  /// Makes the lane ready for another worker. What the one before wrote has been read.
  ///
  /// - Parameter lost: At most 8 places.
  func reset(lost: [UInt64]) {
    precondition(lost.count <= Self.mostLost)
    words[Word.lostCount] = UInt64(lost.count)
    for (offset, place) in lost.enumerated() { words[Word.firstLost + offset] = place }
    current = nil
    words[Word.read] = words[Word.written]
  }
}
