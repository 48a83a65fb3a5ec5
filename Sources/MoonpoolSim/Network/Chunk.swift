//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Bytes on their way, or waiting: a part of an array that somebody wrote. Nothing is copied.
struct Chunk: SlabElement {
  /// What a chunk in flight stands for.
  enum Kind: UInt8 {
    case data
    /// The end of the stream.
    case finish
    /// The connection is closed forcibly.
    case reset
  }

  var generation: UInt32 = 0
  var next: Int32 = -1
  var kind = Kind.data
  var bytes: [UInt8] = []
  var offset = 0
  var count = 0
  /// Virtual time at which it arrives; for chunks in flight.
  var due: UInt64 = 0
  /// Its number among the messages that are written down; -1: it isn't.
  var message: Int32 = -1
}

/// Chunks in order: first in, first out.
struct ChunkQueue {
  var first: Int32 = -1
  var last: Int32 = -1
  /// Bytes in all of them.
  var bytes = 0

  var isEmpty: Bool { first < 0 }

  mutating func append(_ index: Int32, in chunks: Slab<Chunk>) {
    if last >= 0 { chunks[last].pointee.next = index } else { first = index }
    last = index
    bytes += chunks[index].pointee.count
  }

  /// Takes the first chunk out of the queue; it stays the caller's to give back.
  mutating func removeFirst(in chunks: Slab<Chunk>) -> Int32 {
    let index = first
    first = chunks[index].pointee.next
    if first < 0 { last = -1 }
    chunks[index].pointee.next = -1
    bytes -= chunks[index].pointee.count
    return index
  }

  mutating func removeAll(in chunks: Slab<Chunk>) {
    while first >= 0 { chunks.release(removeFirst(in: chunks)) }
  }
}

extension Slab<Chunk> {
  /// Gives a chunk back whose bytes nobody needs.
  func release(_ index: Int32) {
    self[index].pointee.bytes = []
    self[index].pointee.kind = .data
    self[index].pointee.message = -1
    giveEmptied(index)
  }
}
