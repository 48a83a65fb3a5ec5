//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Distributed

extension Row {
  static let actorRows: [Row] = [
    Row("actor, idle", .none) { log in
      let counter = Counter()
      for _ in 0..<3 { log(await counter.add(1)) }
    },
    Row("actor, contended", .schedule) { log in
      let slow = SlowCounter(log)
      await withTaskGroup { group in
        for i in 0..<4 { group.addTask { await slow.work(i) } }
      }
      log(await slow.entered)
    },
    Row("actor, lost update over two calls", .values) { log in
      let counter = Counter()
      await withTaskGroup { group in
        for _ in 0..<4 {
          group.addTask {
            let seen = await counter.count
            await counter.set(seen + 1)
          }
        }
      }
      log(await counter.count)
    },
    Row("actor, Task inside", .schedule) { log in
      let parent = Spawner(log)
      await parent.spawn(3)
      log("out")
    },
    Row("actor, async let and groups inside", .schedule) { log in
      let parent = Spawner(log)
      await withTaskGroup { group in
        for _ in 0..<2 { group.addTask { await parent.split() } }
      }
      log("out")
    },
    Row("actor, calls from tasks in order", .schedule) { log in
      let counter = Counter()
      let tasks = (0..<4).map { i in Task { log("\(i) saw \(await counter.add(i))") } }
      for task in tasks { await task.value }
    },
    Row("global actor", .schedule) { log in
      await withTaskGroup { group in
        for i in 0..<4 {
          group.addTask { await enterDesk(i, log) }
        }
      }
      let task = Task { @Desk in log("at the desk") }
      await task.value
    },
    Row("isolated deinit", .schedule) { log in
      await withTaskGroup { group in
        for i in 0..<3 {
          group.addTask {
            let tidy = Tidy(i, log)
            await tidy.touch()
          }
        }
      }
      try await Task.sleep(for: .seconds(1))
      log("out")
    },
    Row("isolated deinit on a global actor", .schedule) { log in
      await withTaskGroup { group in
        for i in 0..<3 {
          group.addTask {
            let item = await DeskItem(i, log)
            await Task.yield()
            _ = item
          }
        }
      }
      try await Task.sleep(for: .seconds(1))
      log("out")
    },
    Row("distributed actors", .schedule) { log in
      let system = LocalTestingDistributedActorSystem()
      let local = Greeter(log, actorSystem: system)
      let remote = try Greeter.resolve(id: local.id, using: system)
      try await withThrowingTaskGroup { group in
        for i in 0..<4 {
          group.addTask { try await remote.greet(i) }
        }
        for try await line in group { log(line) }
      }
      do {
        _ = try await remote.refuse(3)
      } catch {
        log("\(error)")
      }
    },
  ]
}

private actor SlowCounter {
  private(set) var entered = 0
  let log: RowLog
  init(_ log: RowLog) { self.log = log }

  func work(_ i: Int) async {
    entered += 1
    log("\(i) entered as \(entered)")
    await Task.yield()
    log("\(i) leaves after \(entered)")
  }
}

private actor Spawner {
  let log: RowLog
  init(_ log: RowLog) { self.log = log }

  func spawn(_ count: Int) async {
    let mine = (0..<count).map { i in
      Task {
        self.note("isolated \(i)")
        await Task.yield()
        self.note("again \(i)")
      }
    }
    let others = (0..<count).map { i in Task.detached { await self.note("detached \(i)") } }
    note("spawned")
    for task in mine + others { await task.value }
  }

  func split() async {
    async let first: Void = note("async let 1")
    async let second: Void = note("async let 2")
    note("parent")
    await withTaskGroup { group in
      for i in 0..<2 { group.addTask { await self.note("child \(i)") } }
    }
    _ = await (first, second)
    note("joined")
  }

  func note(_ line: String) { log(line) }
}

@globalActor
private actor Desk {
  static let shared = Desk()
}

@Desk
private func enterDesk(_ i: Int, _ log: RowLog) async {
  log("\(i) in")
  await Task.yield()
  log("\(i) out")
}

private actor Tidy {
  let number: Int
  let log: RowLog
  init(_ number: Int, _ log: RowLog) {
    self.number = number
    self.log = log
  }

  func touch() { log("touched \(number)") }

  isolated deinit { log("tidied \(number)") }
}

@Desk
private final class DeskItem {
  let number: Int
  let log: RowLog
  init(_ number: Int, _ log: RowLog) {
    self.number = number
    self.log = log
  }

  isolated deinit {
    Desk.assertIsolated()
    log("cleared \(number)")
  }
}

private distributed actor Greeter {
  typealias ActorSystem = LocalTestingDistributedActorSystem
  private var greeted = 0
  private let log: RowLog

  init(_ log: RowLog, actorSystem: ActorSystem) {
    self.log = log
    self.actorSystem = actorSystem
  }

  distributed func greet(_ i: Int) async throws -> String {
    greeted += 1
    log("greeting \(i)")
    try await Task.sleep(for: .milliseconds(3))
    return "hello \(i), \(greeted) so far"
  }

  distributed func refuse(_ i: Int) throws -> Int { throw Refused(i) }
}
