//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Synchronization

extension Row {
  static let taskRows: [Row] = [
    Row("Task", .schedule) { log in
      let tasks = (0..<4).map { i in
        Task {
          log("task \(i)")
          return i
        }
      }
      for task in tasks { log("value \(await task.value)") }
    },
    Row("Task throwing", .schedule) { log in
      let tasks = (0..<4).map { i in
        Task {
          log("task \(i)")
          if i % 2 == 1 { throw Refused(i) }
          return i
        }
      }
      for task in tasks { log("\(await task.result)") }
    },
    Row("Task in Task", .schedule) { log in
      await Task {
        let inner = (0..<2).map { i in Task { Task { log("innermost \(i)") } } }
        for task in inner { await task.value.value }
      }.value
    },
    Row("Task named", .schedule) { log in
      let tasks = (0..<3).map { i in Task(name: "number \(i)") { log(Task.name ?? "none") } }
      for task in tasks { await task.value }
    },
    Row("Task.detached", .schedule) { log in
      let tasks = (0..<4).map { i in
        Task.detached {
          log("task \(i)")
          return i
        }
      }
      for task in tasks { log("value \(await task.value)") }
    },
    Row("Task.immediate", .schedule) { log in
      let tasks = (0..<3).map { i in
        let task = Task.immediate {
          log("started \(i)")
          await Task.yield()
          log("resumed \(i)")
        }
        log("made \(i)")
        return task
      }
      for task in tasks { await task.value }
    },
    Row("Task.immediate without suspension", .none) { log in
      let task = Task.immediate { log("inside") }
      log("after")
      await task.value
    },
    Row("Task.immediateDetached", .schedule) { log in
      let tasks = (0..<3).map { i in
        Task.immediateDetached {
          log("started \(i)")
          await Task.yield()
          log("resumed \(i)")
        }
      }
      for task in tasks { await task.value }
    },
    Row("Task.immediate on an actor", .schedule) { log in
      let counter = Counter()
      let tasks = (0..<3).map { i in
        Task.immediate { log("counted to \(await counter.add(1)) by \(i)") }
      }
      for task in tasks { await task.value }
    },
    Row("async let", .schedule) { log in
      @Sendable func say(_ i: Int) -> Int {
        log("child \(i)")
        return i
      }
      async let a = say(0)
      async let b = say(1)
      async let c = say(2)
      log("sum \(await a + b + c)")
    },
    Row("async let not awaited", .schedule) { log in
      @Sendable func say(_ i: Int) async throws -> Int {
        try await Task.sleep(for: .seconds(i))
        log("child \(i) done")
        return i
      }
      do {
        async let a = say(1)
        async let b = say(1_000)
        log("sum \(try await a)")
        _ = 0
        if Task.isCancelled { _ = try await b }
      }
      log("out")
    },
    Row("Task.yield", .schedule) { log in
      let tasks = (0..<3).map { i in
        Task {
          for round in 0..<3 {
            log("\(i) round \(round)")
            await Task.yield()
          }
        }
      }
      for task in tasks { await task.value }
    },
    Row("task-locals", .schedule) { log in
      await Local.$name.withValue("outer") {
        async let child = Local.name
        log(await child)
        let task = Task { Local.name }
        let detached = Task.detached { Local.name }
        await Local.$name.withValue("inner") {
          log(await task.value)
          log(await detached.value)
          log(Local.name)
        }
        log(Local.name)
      }
    },
  ]
}

/// An error with a number.
struct Refused: Error, CustomStringConvertible {
  let number: Int
  init(_ number: Int) { self.number = number }
  var description: String { "refused \(number)" }
}

enum Local {
  @TaskLocal static var name = "none"
}

actor Counter {
  private(set) var count = 0
  func add(_ more: Int) -> Int {
    count += more
    return count
  }
  func set(_ value: Int) { count = value }
}
