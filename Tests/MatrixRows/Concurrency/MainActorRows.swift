//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension Row {
  static let mainActorRows: [Row] = [
    Row("MainActor.run", .schedule) { log in
      await withTaskGroup { group in
        for i in 0..<4 {
          group.addTask { await MainActor.run { log("\(i) on main") } }
        }
      }
    },
    Row("@MainActor function", .schedule) { log in
      await withTaskGroup { group in
        for i in 0..<3 { group.addTask { await onMain(i, log) } }
      }
    },
    Row("Task @MainActor", .schedule) { log in
      let window = await Window(log)
      let tasks = (0..<3).map { i in
        Task { @MainActor in
          window.open(i)
          await Task.yield()
          window.close(i)
        }
      }
      for task in tasks { await task.value }
      log(await window.count)
    },
    Row("@MainActor sleeping", .schedule) { log in
      await withTaskGroup { group in
        for i in 0..<3 {
          group.addTask { await sleepOnMain(i, log) }
        }
      }
    },
    Row("MainActor.assumeIsolated", .none) { log in
      let task = Task { @MainActor in assume(log) }
      await task.value
    },
  ]
}

@MainActor
private func onMain(_ i: Int, _ log: RowLog) async {
  log("\(i) in")
  await Task.yield()
  log("\(i) out")
}

@MainActor
private func sleepOnMain(_ i: Int, _ log: RowLog) async {
  log("\(i) before")
  try? await Task.sleep(for: .milliseconds(5))
  MainActor.assertIsolated()
  log("\(i) after")
}

private nonisolated func assume(_ log: RowLog) {
  MainActor.assumeIsolated { log("assumed") }
}

@MainActor
private final class Window {
  private(set) var count = 0
  private let log: RowLog
  init(_ log: RowLog) { self.log = log }

  func open(_ i: Int) {
    count += 1
    log("\(i) opens, \(count) open")
  }

  func close(_ i: Int) {
    count -= 1
    log("\(i) closes, \(count) open")
  }
}
