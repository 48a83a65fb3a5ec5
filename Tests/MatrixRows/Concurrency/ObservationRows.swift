//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Observation
import Synchronization

extension Row {
  static let observationRows: [Row] = [
    Row("Observations", .schedule) { log in
      let model = await Model()
      let watcher = Task { @MainActor in
        for await value in Observations({ model.value }) {
          log("saw \(value)")
          if value >= 5 { break }
        }
      }
      await withTaskGroup { group in
        for i in 1...5 {
          group.addTask { await model.raise(after: .milliseconds(i), log) }
        }
      }
      await watcher.value
    },
    Row("withObservationTracking", .none) { log in
      let model = await Model()
      await withCheckedContinuation { changed in
        Task { @MainActor in
          withObservationTracking {
            log("read \(model.value)")
          } onChange: {
            changed.resume()
          }
          model.value = 1
        }
      }
      log(await model.value)
    },
  ]

  static let synchronizationRows: [Row] = [
    Row("Mutex", .values) { log in
      let order = Order()
      await withTaskGroup { group in
        for i in 0..<4 {
          group.addTask {
            order.entries.withLock { $0.append(i) }
            await Task.yield()
            order.entries.withLock { $0.append(i + 10) }
          }
        }
      }
      log("\(order.entries.withLock { $0 })")
    },
    Row("Atomic", .values) { log in
      let shared = Shared()
      await withTaskGroup { group in
        for _ in 0..<4 {
          group.addTask {
            let seen = shared.count.load(ordering: .acquiring)
            await Task.yield()
            shared.count.store(seen + 1, ordering: .releasing)
          }
        }
      }
      log(shared.count.load(ordering: .relaxed))
    },
  ]
}

private final class Order: Sendable {
  let entries = Mutex<[Int]>([])
}

private final class Shared: Sendable {
  let count = Atomic(0)
}

@MainActor @Observable
private final class Model {
  var value = 0

  func raise(after delay: Duration, _ log: RowLog) async {
    try? await Task.sleep(for: delay)
    value += 1
    log("set \(value)")
  }
}
