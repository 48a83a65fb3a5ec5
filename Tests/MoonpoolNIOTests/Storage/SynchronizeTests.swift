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

/// What a sync asks of the kernel, and what is left of one that failed.
@Suite struct SynchronizeTests {
  /// Notes syncs, and lets some fail.
  final class Device: Sendable {
    /// For each sync, whether it was for data only.
    let syncs = Mutex<[Bool]>([])
    /// Errors of the next syncs.
    let failures = Mutex<[CInt]>([])

    var calls: SystemCalls {
      var calls = SystemCalls.kernel
      calls.synchronize = { (file, dataOnly) throws(Errno) in
        self.syncs.withLock { $0.append(dataOnly) }
        let failure = self.failures.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        if let failure { throw Errno(rawValue: failure) }
        try SystemCalls.kernel.synchronize(file, dataOnly)
      }
      return calls
    }

    func fail(_ errors: CInt...) { failures.withLock { $0 = errors } }
  }

  private func withDevice(_ body: (Device, Storage) async throws -> Void) async throws {
    try await TemporaryDirectory.with { path in
      let device = Device()
      let provider = try FileSystemStorage(below: path, calls: device.calls)
      try await body(device, Storage(provider: provider))
    }
  }

  @Test func `data is synchronised with fdatasync, all with fsync`() async throws {
    try await withDevice { device, storage in
      let file = try await storage.open("f", .createOrOpen)
      try await file.write([1], at: 0)
      #expect(device.syncs.withLock { $0 } == [], "a write is not durable by itself")
      try await file.synchronize(.data)
      try await file.synchronize(.all)
      try await storage.synchronizeDirectory()
      #expect(device.syncs.withLock { $0 } == [true, false, false])
    }
  }

  @Test func `names are durable when their directory is synchronised, not before`() async throws {
    try await withDevice { device, storage in
      try await storage.withFile("f") { try await $0.write([1]) }
      try await storage.rename("f", to: "g")
      try await storage.createDirectory("a/b")
      try await storage.remove("g")
      try await storage.removeDirectory("a/b")
      #expect(device.syncs.withLock { $0.count } == 0)
    }
  }

  @Test func `a file whose sync failed never reports success again`() async throws {
    try await withDevice { device, storage in
      let file = try await storage.open("f", .createOrOpen)
      let other = try await storage.open("f", .readWrite)
      try await file.write([1], at: 0)
      device.fail(EIO)
      try await expectFailure(.inputOutput) { try await file.synchronize() }
      let count = device.syncs.withLock { $0.count }
      for handle in [file, other] {
        try await handle.write([2], at: 0)
        try await expectFailure(.inputOutput) { try await handle.synchronize(.data) }
      }
      file.close()
      other.close()
      try await storage.rename("f", to: "g")
      let again = try await storage.open("g", .readWrite)
      try await expectFailure(.inputOutput) { try await again.synchronize() }
      #expect(device.syncs.withLock { $0.count } == count, "the kernel would have said yes")
    }
  }

  @Test func `other files, and a new one of the same name, are synchronised`() async throws {
    try await withDevice { device, storage in
      let bystander = try await storage.open("b", .createOrOpen)
      device.fail(EIO)
      let code = try await failure {
        try await storage.withFile("f") { try await $0.synchronize() }
      }
      #expect(code == .inputOutput)
      try await bystander.synchronize()
      for _ in 0..<3 {
        // Many file systems would give its inode to the next file, were it not kept.
        try await storage.remove("f")
        try await storage.withFile("f") { try await $0.synchronize() }
      }
    }
  }

  @Test func `the first report says why, later ones that it is lost`() async throws {
    try await withDevice { device, storage in
      for (error, code) in [(ENOSPC, .noSpace), (EDQUOT, .noSpace), (EINVAL, .inputOutput)]
        as [(CInt, StorageError.Code)]
      {
        let file = try await storage.open("\(error)", .createOrOpen)
        device.fail(error)
        try await expectFailure(code) { try await file.synchronize() }
        try await expectFailure(.inputOutput) { try await file.synchronize() }
      }
    }
  }

  @Test func `a directory whose sync failed never reports success again`() async throws {
    try await withDevice { device, storage in
      try await storage.createDirectory("d")
      device.fail(EIO)
      for _ in 0..<3 {
        await #expect(throws: StorageError(.inputOutput, "synchronizeDirectory", "d")) {
          try await storage.synchronizeDirectory("d")
        }
      }
      try await storage.synchronizeDirectory()
    }
  }

  @Test func `when too many have failed to tell them apart, no sync succeeds`() async throws {
    try await withDevice { device, storage in
      let healthy = try await storage.open("healthy", .createOrOpen)
      try await healthy.synchronize()
      for number in 0..<64 {
        device.fail(EIO)
        try await expectFailure(.inputOutput) {
          try await storage.withFile("\(number)") { try await $0.synchronize() }
        }
        if number < 63 { try await healthy.synchronize() }
      }
      try await expectFailure(.inputOutput) { try await healthy.synchronize() }
    }
  }

  @Test func `a sync that a signal interrupts is done again`() async throws {
    try await withDevice { device, storage in
      let file = try await storage.open("f", .createOrOpen)
      device.fail(EINTR, EINTR)
      try await file.synchronize()
      try await file.synchronize()
      #expect(device.syncs.withLock { $0.count } == 4)
    }
  }

  /// While one runs, all that wait are done by the next, since it begins after they were asked for.
  @Test func `syncs that wait share one call, and its failure`() async throws {
    for failing in [false, true] {
      try await TemporaryDirectory.with { path in
        let gate = Gate()
        let count = Mutex(0)
        var calls = SystemCalls.kernel
        calls.synchronize = { (_, _) throws(Errno) in
          let number = count.withLock { count in
            count += 1
            return count
          }
          if number == 1 { gate.wait() }
          if number == 2, failing { throw Errno(rawValue: EIO) }
        }
        let storage = Storage(provider: try FileSystemStorage(below: path, calls: calls))
        let file = try await storage.open("f", .createOrOpen)
        let first = Task { try await file.synchronize() }
        try await gate.waitUntilSomebodyWaits()
        // On one thread each, in order: what a task asks for it has asked when the next begins.
        let results = await withTaskGroup(of: StorageError.Code?.self) { group in
          for _ in 0..<50 {
            group.addImmediateTask {
              try? await failure { try await file.synchronize() }
            }
          }
          gate.open()
          return await group.reduce(into: []) { $0.append($1) }
        }
        try await first.value
        #expect(results == Array(repeating: failing ? .inputOutput : nil, count: 50))
        #expect(count.withLock { $0 } == 2)
      }
    }
  }
}
