//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

extension StorageCase {
  static let synchronizing: [StorageCase] = [
    StorageCase("a sync changes nothing that reads see") { volume in
      let file = try await volume.open("f", .createOrOpen)
      for (number, scope) in [SynchronizationScope.all, .data, .all].enumerated() {
        try await file.write("\(number)", at: Int64(number))
        try await file.synchronize(scope)
      }
      try await file.expect("012")
    },
    StorageCase("a sync with nothing to do is one, too") { volume in
      let file = try await volume.open("f", .createOrOpen)
      for _ in 0..<2 {
        try await file.synchronize(.all)
        try await file.synchronize(.data)
        try await volume.storage.synchronizeDirectory()
      }
    },
    StorageCase("directories are synchronised by their paths") { volume in
      try await volume.makeDirectory("d")
      try await volume.make("d/f", "text")
      try await volume.storage.synchronizeDirectory("d")
      try await volume.storage.synchronizeDirectory("/")
      try await volume.expect("text", in: "d/f")
    },
    StorageCase("what isn't a directory can't be synchronised as one") { volume in
      try await volume.make("f")
      try await requireFailure(.notFound, of: "nothing") {
        try await volume.storage.synchronizeDirectory("x")
      }
      try await requireFailure(.notFound, of: "below nothing") {
        try await volume.storage.synchronizeDirectory("x/y")
      }
      try await requireFailure(.notDirectory, of: "a file") {
        try await volume.storage.synchronizeDirectory("f")
      }
      try await requireFailure(.notDirectory, of: "below a file") {
        try await volume.storage.synchronizeDirectory("f/x")
      }
    },
  ]

  static let concurrency: [StorageCase] = [
    StorageCase("tasks write to parts of one file") { volume in
      let file = try await volume.open("f", .createOrOpen)
      try await withThrowingTaskGroup { group in
        for number in 0..<16 {
          group.addTask {
            try await file.write(pattern(3_000, seed: number), at: Int64(number) * 3_000)
          }
        }
        try await group.waitForAll()
      }
      let all = (0..<16).flatMap { pattern(3_000, seed: $0) }
      try requireBytes(try await file.read(at: 0, count: 100_000), all, "all of it")
    },
    StorageCase("records that tasks append are whole, and all there") { volume in
      try await withThrowingTaskGroup { group in
        for number in 0..<12 {
          group.addTask {
            let file = try await volume.open("f", .appending)
            for _ in 0..<5 {
              let record = [UInt8](repeating: UInt8(number), count: 100)
              try await file.write(record, at: 0)
            }
          }
        }
        try await group.waitForAll()
      }
      let bytes = try await volume.open("f").read(at: 0, count: 100_000)
      try requireEqual(bytes.count, 6_000, "the size")
      var counts = [Int](repeating: 0, count: 12)
      for start in stride(from: 0, to: bytes.count, by: 100) {
        let record = bytes[start..<(start + 100)]
        try require(record.allSatisfy { $0 == record.first }, "a record is torn at \(start)")
        counts[Int(bytes[start])] += 1
      }
      try requireEqual(counts, [Int](repeating: 5, count: 12), "records of each task")
    },
    StorageCase("of tasks that write the same byte, one wins everywhere") { volume in
      let file = try await volume.open("f", .createOrOpen)
      try await withThrowingTaskGroup { group in
        for number in 1...8 {
          group.addTask {
            try await file.write([UInt8](repeating: UInt8(number), count: 64), at: 7)
          }
        }
        try await group.waitForAll()
      }
      let bytes = try await file.read(at: 0, count: 100)
      try requireEqual(bytes.count, 71, "the size")
      try requireEqual(Array(bytes[..<7]), zeros(7), "the hole")
      try require(bytes[7...].allSatisfy { $0 == bytes[7] && 1...8 ~= $0 }, "\(bytes)")
    },
    StorageCase("one of the tasks that create a file new succeeds") { volume in
      let winners = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<10 {
          group.addTask {
            do {
              try await volume.open("lock", .createNewWrite).close()
              return 1
            } catch let error as StorageError where error.code == .alreadyExists {
              return 0
            }
          }
        }
        return try await group.reduce(0, +)
      }
      try requireEqual(winners, 1, "how many made it")
    },
    StorageCase("one of the tasks that rename or remove a file succeeds") { volume in
      for action in ["rename", "remove"] {
        try await volume.make("f", "text")
        let winners = try await withThrowingTaskGroup(of: Int.self) { group in
          for number in 0..<10 {
            group.addTask {
              do {
                if action == "rename" {
                  try await volume.storage.rename("f", to: "g\(number)")
                } else {
                  try await volume.storage.remove("f")
                }
                return 1
              } catch let error as StorageError where error.code == .notFound {
                return 0
              }
            }
          }
          return try await group.reduce(0, +)
        }
        try requireEqual(winners, 1, "how many could \(action)")
        try await volume.expectNothing(at: "f")
      }
      try requireEqual(try await volume.storage.entries().count, 1, "names")
    },
    StorageCase("a name that is replaced again and again is always there, and whole") { volume in
      try await volume.make("current", "version 0")
      let writer = Task {
        for number in 1...30 {
          try await volume.make("new", "version \(number)")
          try await volume.storage.rename("new", to: "current")
        }
      }
      var last = 0
      for _ in 0..<60 {
        let text = try await volume.text("current")
        let number = Int(text.dropFirst("version ".count)) ?? -1
        try require(number >= last, "\(text) after version \(last)")
        last = number
      }
      try await writer.value
      try await volume.expect("version 30", in: "current")
    },
    StorageCase("a close amid operations: each is done as a whole or not at all") { volume in
      for round in 0..<6 {
        let file = try await volume.open("f", .createWrite)
        let tasks = (0..<8).map { number in
          Task { () -> Bool in
            do {
              try await file.write([UInt8](repeating: 1, count: 100), at: Int64(number) * 100)
              return true
            } catch let error as StorageError where error.code == .closed {
              return false
            }
          }
        }
        for _ in 0..<round { await Task.yield() }
        file.close()
        var written: [Bool] = []
        for task in tasks { written.append(try await task.value) }
        let bytes = try await volume.open("f").read(at: 0, count: 10_000)
        for (number, isWritten) in written.enumerated() {
          let part = bytes.dropFirst(number * 100).prefix(100)
          let expected = isWritten ? [UInt8](repeating: 1, count: 100) : zeros(part.count)
          try requireEqual(Array(part), expected, "write \(number) of round \(round)")
        }
      }
    },
    StorageCase("tasks in directories of their own don't meet") { volume in
      try await withThrowingTaskGroup { group in
        for number in 0..<6 {
          group.addTask {
            try await volume.storage.createDirectory("d/\(number)")
            for round in 0..<5 {
              try await volume.make("d/\(number)/t", "\(number) \(round)")
              try await volume.storage.rename("d/\(number)/t", to: "d/\(number)/f")
            }
          }
        }
        try await group.waitForAll()
      }
      try await volume.expect(names: "0/ 1/ 2/ 3/ 4/ 5/", in: "d")
      for number in 0..<6 { try await volume.expect("\(number) 4", in: "d/\(number)/f") }
    },
  ]

  static let cancellation: [StorageCase] = [
    StorageCase("what a cancelled task asks of a disk is done all the same") { volume in
      let file = try await volume.open("f", .createOrOpen)
      try await volume.makeDirectory("d")
      let task = Task {
        while !Task.isCancelled { await Task.yield() }
        try await file.write("text")
        try await file.synchronize()
        try await volume.storage.rename("f", to: "d/f")
        return try await volume.text("d/f")
      }
      task.cancel()
      try requireEqual(try await task.value, "text", "what it read")
      try await volume.expect("text", in: "d/f")
    },
    StorageCase("a task that is cancelled amid an operation gets its result") { volume in
      let file = try await volume.open("f", .createOrOpen)
      for round in 0..<8 {
        let task = Task {
          try await file.write([UInt8(round)], at: Int64(round))
          try await file.synchronize()
          return try await file.read(at: Int64(round), count: 1)
        }
        for _ in 0..<round { await Task.yield() }
        task.cancel()
        try requireEqual(try await task.value, [UInt8(round)], "what it read")
      }
      try await file.expect(size: 8)
    },
  ]
}
