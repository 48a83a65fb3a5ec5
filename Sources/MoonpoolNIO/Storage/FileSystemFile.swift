//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//
import Glibc
import MoonpoolCore
import SystemPackage

/// An open file of the machine.
final class FileSystemFile: FileHandler {
  /// Reads of more than this look first how much there is, so that they don't ask for its memory.
  private static let largeRead = 1 << 16

  private let file: OpenFile
  private let options: OpenOptions

  init(_ file: OpenFile, _ options: OpenOptions) {
    self.file = file
    self.options = options
  }

  deinit { file.close() }

  func close() { file.close() }

  nonisolated(nonsending) func read(at offset: Int64, count: Int) async throws -> [UInt8] {
    try await perform("read") { [options] (file) throws(Errno) in
      guard offset >= 0, count >= 0 else { throw Errno(rawValue: EINVAL) }
      guard options.read else { throw Errno(rawValue: EBADF) }
      let count = min(count, Int(Int64.max - offset))
      return count == 0
        ? []
        : try file.shared.reading { () throws(Errno) in
          try Self.read(file, offset, count)
        }
    }
  }

  private static func read(
    _ file: OpenFile, _ offset: Int64, _ count: Int
  ) throws(Errno) -> [UInt8] {
    var count = count
    if count > largeRead {
      count = min(count, max(0, Int(try status(of: file.descriptor).st_size) - Int(offset)))
    }
    var failure: Errno?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
      while done < count, failure == nil {
        do throws(Errno) {
          let rest = UnsafeMutableRawBufferPointer(
            rebasing: UnsafeMutableRawBufferPointer(buffer)[done..<count])
          let more = try uninterrupted { () throws(Errno) in
            try file.calls.read(file.descriptor, rest, offset + Int64(done))
          }
          if more == 0 { break }
          done += more
        } catch {
          failure = error
        }
      }
    }
    if let failure { throw failure }
    return bytes
  }

  nonisolated(nonsending) func write(_ bytes: [UInt8], at offset: Int64) async throws -> Int {
    try await perform("write") { [options] (file) throws(Errno) in
      guard offset >= 0 else { throw Errno(rawValue: EINVAL) }
      guard options.write else { throw Errno(rawValue: EBADF) }
      // The kernel finds the end by itself, and looks whether it could add to the offset.
      let start = options.append ? 0 : offset
      return try file.shared.writing { () throws(Errno) in try Self.write(file, bytes, start) }
    }
  }

  /// Writes all, or what comes before the first error, which the next write will meet again.
  private static func write(
    _ file: OpenFile, _ bytes: [UInt8], _ offset: Int64
  ) throws(Errno) -> Int {
    var done = 0
    while done < bytes.count {
      do throws(Errno) {
        let rest = bytes.span.extracting(done..<bytes.count).bytes
        let more = try rest.withUnsafeBytes { (rest) throws(Errno) in
          try uninterrupted { () throws(Errno) in
            try file.calls.write(file.descriptor, rest, offset + Int64(done))
          }
        }
        if more == 0 { throw Errno(rawValue: EIO) }
        done += more
      } catch {
        if done == 0 { throw error }
        return done
      }
    }
    return done
  }

  nonisolated(nonsending) func synchronize(_ scope: SynchronizationScope) async throws {
    try file.begin("synchronize")
    try await file.shared.synchronize(file, scope)
  }

  nonisolated(nonsending) func size() async throws -> Int64 {
    try await perform("size") { (file) throws(Errno) in
      try file.shared.reading { () throws(Errno) in
        Int64(try status(of: file.descriptor).st_size)
      }
    }
  }

  nonisolated(nonsending) func truncate(to size: Int64) async throws {
    try await perform("truncate") { [options] (file) throws(Errno) in
      guard size >= 0 else { throw Errno(rawValue: EINVAL) }
      guard options.write else { throw Errno(rawValue: EBADF) }
      try file.shared.writing { () throws(Errno) in
        try uninterrupted { () throws(Errno) in try file.calls.resize(file.descriptor, size) }
      }
    }
  }

  /// Has a thread do something with the file; the file stays open until that is done.
  nonisolated(nonsending) private func perform<Value: Sendable>(
    _ operation: String, _ body: @escaping @Sendable (OpenFile) throws(Errno) -> Value
  ) async throws -> Value {
    try file.begin(operation)
    return try await file.pool.run { [file] in
      defer { file.end() }
      do throws(Errno) {
        return try body(file)
      } catch {
        throw StorageError(errno: error, operation, file.path)
      }
    }
  }
}
