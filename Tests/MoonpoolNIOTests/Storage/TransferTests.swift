//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//
import Glibc
import MoonpoolCore
import MoonpoolNIO
import Synchronization
import SystemPackage
import Testing

/// Calls that do less than they were asked for, or nothing.
@Suite struct TransferTests {
  private let text = Array("a text that takes a few calls".utf8)

  private func withStorage(
    _ change: (inout SystemCalls) -> Void, _ body: (Storage) async throws -> Void
  ) async throws {
    var calls = SystemCalls.kernel
    change(&calls)
    try await TemporaryDirectory.with { [calls] path in
      try await body(Storage(provider: try FileSystemStorage(below: path, calls: calls)))
    }
  }

  @Test func `short reads and writes, and signals between them, are gone on with`() async throws {
    let count = Atomic(0)
    try await withStorage {
      $0.read = { (file, buffer, offset) throws(Errno) in
        if count.add(1, ordering: .relaxed).newValue % 2 == 0 { throw Errno(rawValue: EINTR) }
        let part = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(3))
        return try SystemCalls.kernel.read(file, part, offset)
      }
      $0.write = { (file, bytes, offset) throws(Errno) in
        if count.add(1, ordering: .relaxed).newValue % 2 == 0 { throw Errno(rawValue: EINTR) }
        let part = UnsafeRawBufferPointer(rebasing: bytes.prefix(3))
        return try SystemCalls.kernel.write(file, part, offset)
      }
    } _: { storage in
      let file = try await storage.open("f", .createOrOpen)
      #expect(try await file.handler.write(text, at: 2) == text.count)
      #expect(try await file.read(at: 0, count: 999) == [0, 0] + text)
      let log = try await storage.open("log", .appending)
      for _ in 0..<2 { #expect(try await log.handler.write(text, at: 0) == text.count) }
      #expect(try await storage.open("log").read(at: 0, count: 999) == text + text)
    }
  }

  @Test func `opens and truncations that a signal interrupts are done again`() async throws {
    let signals = Mutex(0)
    let interrupt: @Sendable () throws(Errno) -> Void = {
      () throws(Errno) in
      let strikes = signals.withLock { signals in
        signals += 1
        return signals % 2 == 1
      }
      if strikes { throw Errno(rawValue: EINTR) }
    }
    try await withStorage {
      $0.open = { (directory, name, flags, mode) throws(Errno) in
        try interrupt()
        return try SystemCalls.kernel.open(directory, name, flags, mode)
      }
      $0.resize = { (file, size) throws(Errno) in
        try interrupt()
        try SystemCalls.kernel.resize(file, size)
      }
    } _: { storage in
      try await storage.createDirectory("a/b")
      let file = try await storage.open("a/b/f", .createOrOpen)
      try await file.truncate(to: 3)
      try await storage.open("a/b/f", .createWrite).close()
      #expect(try await file.size() == 0)
      #expect(signals.withLock { $0 } > 8)
    }
  }

  /// The kernel takes what fits, then says that there is no room.
  @Test func `a disk that fills up takes the first part, and then none`() async throws {
    let room: Int64 = 10
    try await withStorage {
      $0.write = { (file, bytes, offset) throws(Errno) in
        let part = UnsafeRawBufferPointer(rebasing: bytes.prefix(Int(max(0, room - offset))))
        if part.isEmpty { throw Errno(rawValue: ENOSPC) }
        return try SystemCalls.kernel.write(file, part, offset)
      }
    } _: { storage in
      let file = try await storage.open("f", .createOrOpen)
      #expect(try await file.handler.write(text, at: 0) == 10)
      await #expect(throws: StorageError(.noSpace, "write", "f")) {
        try await file.handler.write(text, at: 10)
      }
      await #expect(throws: StorageError(.noSpace, "write", "f")) {
        try await file.write(text, at: 0)
      }
      #expect(try await file.read(at: 0, count: 99) == Array(text[..<10]))
    }
  }

  @Test func `a read that fails midway gives nothing`() async throws {
    try await withStorage {
      $0.read = { (file, buffer, offset) throws(Errno) in
        if offset > 0 { throw Errno(rawValue: EIO) }
        return try SystemCalls.kernel.read(file, .init(rebasing: buffer.prefix(3)), offset)
      }
    } _: { storage in
      let file = try await storage.open("f", .createOrOpen)
      try await file.write(text, at: 0)
      await #expect(throws: StorageError(.inputOutput, "read", "f")) {
        try await file.read(at: 0, count: 9)
      }
    }
  }

  @Test func `a read asks for no more memory than there are bytes`() async throws {
    try await withStorage { _ in
    } _: { storage in
      let file = try await storage.open("f", .createOrOpen)
      try await file.write(text, at: 0)
      #expect(try await file.read(at: 2, count: .max) == Array(text[2...]))
      #expect(try await file.read(at: .max, count: .max) == [])
    }
  }
}
