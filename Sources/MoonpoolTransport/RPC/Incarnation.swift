//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

/// Numbers for the lives of a node, larger each time.
enum Incarnation {
  private static let file = "moonpool-incarnation"
  /// The number, and the checksum of its bytes.
  private static let size = 12

  /// The number of the life that begins, which is kept for the next one.
  static func next(on node: Node) async throws -> UInt64 {
    let stored = try await read(on: node)
    let microseconds = node.wallClock.sinceEpoch / .microseconds(1)
    let clock = microseconds >= 1 ? UInt64(microseconds) : 1
    let next = max(stored &+ 1, clock)
    try await write(next, on: node)
    return next
  }

  /// 0 if there is none, or none that can be read: then the clock has to do.
  private static func read(on node: Node) async throws -> UInt64 {
    guard try await node.storage.exists(file) else { return 0 }
    // What can't be read now may say more than the clock.
    let bytes = try await node.storage.withFile(file, .readOnly) { try await $0.read(size) }
    guard bytes.count == size else { return 0 }
    let number = bytes.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return Array(bytes) == self.bytes(number) ? number : 0
  }

  private static func bytes(_ number: UInt64) -> [UInt8] {
    let digits = withUnsafeBytes(of: number.littleEndian) { Array($0) }
    return digits + withUnsafeBytes(of: Checksum.crc32c(digits).littleEndian) { Array($0) }
  }
}

extension Incarnation {
  /// What is written under another name and renamed is there as a whole, or not at all.
  private static func write(_ number: UInt64, on node: Node) async throws {
    let new = file + ".new"
    try await node.storage.withFile(new, .createWrite) { file in
      try await file.write(bytes(number), at: 0)
      try await file.synchronize()
    }
    try await node.storage.rename(new, to: file)
    try await node.storage.synchronizeDirectory()
  }
}
