//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//
import Foundation
import MoonpoolCore
import MoonpoolNIO
import Synchronization
import SystemPackage
import Testing

/// Who does the waiting, and in which order.
@Suite struct ThreadTests {
  @Test func `a thousand operations at once are done by four threads`() async throws {
    try await TemporaryDirectory.with { path in
      let threads = Mutex<Set<UInt>>([])
      let gate = Gate()
      let inside = Atomic(0)
      var calls = SystemCalls.kernel
      calls.write = { (file, bytes, offset) throws(Errno) in
        threads.withLock { _ = $0.insert(UInt(pthread_self())) }
        gate.wait()
        inside.add(1, ordering: .relaxed)
        return try SystemCalls.kernel.write(file, bytes, offset)
      }
      let storage = Storage(provider: try FileSystemStorage(below: path, calls: calls))
      try await withThrowingTaskGroup { group in
        for number in 0..<1_000 {
          group.addTask {
            try await storage.withFile("\(number)") { file in
              try await file.write([UInt8](repeating: UInt8(number % 251), count: number), at: 0)
              try await file.write([1], at: 2_000)
            }
          }
        }
        // Four stand in the kernel, and this task still runs.
        try await gate.waitUntilSomebodyWaits(4)
        #expect(inside.load(ordering: .relaxed) == 0)
        gate.open()
        try await group.waitForAll()
      }
      #expect(threads.withLock { $0.count } == 4)
      #expect(try await storage.entries().count == 1_000)
      for number in 0..<1_000 {
        let bytes = try await storage.withFile("\(number)", .readOnly) { try await $0.read(3_000) }
        let pattern = [UInt8](repeating: UInt8(number % 251), count: number)
        let expected = pattern + [UInt8](repeating: 0, count: 2_000 - number) + [1]
        #expect(bytes == expected)
      }
    }
  }

  @Test func `one thread does what it is asked in order`() async throws {
    try await TemporaryDirectory.with { path in
      let gate = Gate()
      let order = Mutex<[Int64]>([])
      var calls = SystemCalls.kernel
      calls.write = { (_, bytes, offset) throws(Errno) in
        gate.wait()
        order.withLock { $0.append(offset) }
        return bytes.count
      }
      let provider = try FileSystemStorage(below: path, threads: 1, calls: calls)
      let file = try await Storage(provider: provider).open("f", .createOrOpen)
      await withTaskGroup { group in
        for number in 0..<200 {
          group.addImmediateTask { try? await file.write([1], at: Int64(number)) }
        }
        gate.open()
      }
      #expect(order.withLock { $0 } == Array(0..<200))
    }
  }

  /// On some file systems of the kernel a read beside a write sees half of it.
  @Test func `a read sees a write as a whole or not at all`() async throws {
    try await TemporaryDirectory.with { path in
      let gate = Gate()
      let reads = Atomic(0)
      var calls = SystemCalls.kernel
      calls.write = { (file, bytes, offset) throws(Errno) in
        let part = UnsafeRawBufferPointer(rebasing: bytes.prefix(5))
        let count = try SystemCalls.kernel.write(file, part, offset)
        if bytes.count == 10, bytes[0] == 2 { gate.wait() }
        return count
      }
      calls.read = { (file, buffer, offset) throws(Errno) in
        reads.add(1, ordering: .relaxed)
        return try SystemCalls.kernel.read(file, buffer, offset)
      }
      let storage = Storage(provider: try FileSystemStorage(below: path, calls: calls))
      let writer = try await storage.open("f", .createOrOpen)
      try await writer.write([UInt8](repeating: 1, count: 10), at: 0)
      let reader = try await storage.open("f")
      let write = Task { try await writer.write([UInt8](repeating: 2, count: 10), at: 0) }
      try await gate.waitUntilSomebodyWaits()
      let bytes = try await withThrowingTaskGroup(of: [UInt8].self) { group in
        group.addImmediateTask { try await reader.read(at: 0, count: 10) }
        // Other threads are free, and would have done it by now.
        for _ in 0..<20 { _ = try await storage.metadata("f") }
        #expect(reads.load(ordering: .relaxed) == 0)
        gate.open()
        return try await group.next()!
      }
      #expect(bytes == [UInt8](repeating: 2, count: 10))
      try await write.value
    }
  }

  @Test func `threads and descriptors go with the provider`() async throws {
    try await TemporaryDirectory.with { path in
      func descriptors() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
          .compactMap { try? Self.target(of: "/proc/self/fd/\($0)") }
          .count { $0.hasPrefix(path) }
      }
      // Links such as "12/task/34": threads of this process.
      let threads = Mutex<Set<String>>([])
      var calls = SystemCalls.kernel
      calls.write = { (file, bytes, offset) throws(Errno) in
        guard let thread = try? Self.target(of: "/proc/thread-self") else {
          throw Errno(rawValue: EIO)
        }
        threads.withLock { _ = $0.insert(thread) }
        return try SystemCalls.kernel.write(file, bytes, offset)
      }
      do {
        let storage = Storage(
          provider: try FileSystemStorage(below: path, threads: 8, calls: calls))
        let file = try await storage.open("f", .createOrOpen)
        try await withThrowingTaskGroup { group in
          for number in 0..<64 {
            group.addTask { try await file.write([1], at: Int64(number)) }
          }
          try await group.waitForAll()
        }
        #expect(try descriptors() == 2)
        #expect(1...8 ~= threads.withLock { $0.count })
      }
      while try descriptors() > 0 { try await Task.sleep(for: .milliseconds(1)) }
      for thread in threads.withLock({ $0.sorted() }) {
        while FileManager.default.fileExists(atPath: "/proc/\(thread)") {
          try await Task.sleep(for: .milliseconds(1))
        }
      }
    }
  }

  /// Where a symbolic link leads.
  private static func target(of link: String) throws -> String {
    try FileManager.default.destinationOfSymbolicLink(atPath: link)
  }
}
