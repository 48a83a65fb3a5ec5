//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolRuntime
import MoonpoolSim

/// Runs with the decisions of a seed.
func withStorageDecisions<Result>(
  _ seed: UInt64, _ body: (Decisions) throws -> Result
) rethrows -> Result {
  let decisions = Decisions()
  defer { decisions.destroy() }
  decisions.begin(Recipe(seed: seed))
  return try body(decisions)
}

/// The streams of a crash outside of a disk.
func crashStreams(_ decisions: Decisions) -> CrashStreams {
  CrashStreams { decisions.stream(.faults("\($0)")) }
}

/// So many bytes of one letter.
func run(_ letter: Character, _ count: Int) -> [UInt8] {
  [UInt8](repeating: letter.asciiValue ?? 0, count: count)
}

extension FileSystem {
  func write(_ handle: FileHandle, at offset: Int64, _ bytes: [UInt8]) throws -> Int {
    var result = 0
    try bytes.withUnsafeBytes { result = try write(handle, at: offset, $0) }
    return result
  }

  @discardableResult
  func write(_ handle: FileHandle, at offset: Int64, _ text: String) throws -> Int {
    try write(handle, at: offset, Array(text.utf8))
  }

  func read(_ handle: FileHandle, at offset: Int64, count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0xEE, count: count)
    var done = 0
    try bytes.withUnsafeMutableBytes { done = try read(handle, at: offset, into: $0) }
    return Array(bytes[..<done])
  }

  /// Makes a file with a text in it; nothing of it is durable.
  func make(_ path: String, _ text: String = "") throws {
    let handle = try open(path, .createWrite)
    if !text.isEmpty { try write(handle, at: 0, text) }
    close(handle)
  }

  func synchronize(_ path: String) throws {
    let handle = try open(path, .readOnly)
    try synchronize(handle, .all)
    close(handle)
  }

  func append(_ path: String, _ text: String) throws {
    let handle = try open(path, .appending)
    try write(handle, at: 0, text)
    close(handle)
  }

  func text(_ path: String) throws -> String {
    let handle = try open(path, .readOnly)
    defer { close(handle) }
    return String(decoding: try read(handle, at: 0, count: 1 << 20), as: UTF8.self)
  }

  /// All names in a directory, as one text.
  func list(_ path: String) throws -> String {
    try entries(of: path).map { $0.kind == .directory ? "\($0.name)/" : $0.name }
      .joined(separator: " ")
  }
}

extension DiskImage: ExpressibleByDictionaryLiteral {
  /// Texts are files; nil is a directory.
  public init(dictionaryLiteral elements: (String, String?)...) {
    self.init(elements.map { Node(path: $0, contents: $1.map { Array($0.utf8) }) })
  }

  func text(_ path: String) -> String? {
    nodes.first { $0.path == path }?.contents.map { String(decoding: $0, as: UTF8.self) }
  }
}
