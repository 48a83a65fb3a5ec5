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
import Testing

/// What is left when a process is killed.
@Suite struct SurvivalTests {
  /// Eight tasks append records to files of their own, and say which are durable. The process kills
  /// itself amid that, with other records on their way.
  @Test func `what was synchronised survives kill -9`() async throws {
    try await TemporaryDirectory.with { path in
      await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
        let storage = Storage(provider: try FileSystemStorage(below: path))
        // Beside the provider: what was promised must not depend on what is tested.
        let promises = open("\(path)/promises", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        try await withThrowingTaskGroup { group in
          for task in 0..<8 {
            group.addTask {
              let file = try await storage.open("\(task)", .appending)
              try await storage.synchronizeDirectory()
              for number in 1...100 {
                try await file.write([UInt8](repeating: UInt8(number), count: 100))
                try await file.synchronize(.data)
                var promise = (UInt8(task), UInt8(number))
                write(promises, &promise, 2)
                if task == 3, number == 20 { kill(getpid(), SIGKILL) }
              }
            }
          }
          try await group.waitForAll()
        }
      }
      let storage = Storage(provider: try FileSystemStorage(below: path))
      var promised = [Int](repeating: 0, count: 8)
      let promises = try await storage.withFile("promises", .readOnly) { try await $0.read(9_999) }
      for start in stride(from: 0, to: promises.count, by: 2) {
        promised[Int(promises[start])] = Int(promises[start + 1])
      }
      #expect(promised[3] == 20)
      for (task, count) in promised.enumerated() where count > 0 {
        let records = try await storage.withFile("\(task)", .readOnly) { try await $0.read(99_999) }
        let expected = (1...count).flatMap { [UInt8](repeating: UInt8($0), count: 100) }
        #expect(Array(records.prefix(count * 100)) == expected)
      }
    }
  }
}
