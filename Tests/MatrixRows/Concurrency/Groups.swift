//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension Row {
  static let groupRows: [Row] = [
    Row("withTaskGroup", .schedule) { log in
      await withTaskGroup(of: Int.self) { group in
        for i in 0..<5 {
          group.addTask {
            await Task.yield()
            return i
          }
        }
        for await i in group { log("child \(i)") }
      }
    },
    Row("withTaskGroup, children awaited by the end of the scope", .schedule) { log in
      await withTaskGroup { group in
        for i in 0..<4 { group.addTask { log("child \(i)") } }
      }
      log("out")
    },
    Row("withTaskGroup, cancelAll", .schedule) { log in
      await withTaskGroup(of: Int.self) { group in
        for i in 0..<4 {
          group.addTask {
            try? await Task.sleep(for: .seconds(i * 100))
            return Task.isCancelled ? -i : i
          }
        }
        log("first \(await group.next() ?? 99)")
        group.cancelAll()
        log("added \(group.addTaskUnlessCancelled { 7 })")
        for await i in group { log("then \(i)") }
      }
    },
    Row("withTaskGroup, immediate tasks", .schedule) { log in
      await withTaskGroup(of: Int.self) { group in
        for i in 0..<3 {
          group.addImmediateTask {
            log("started \(i)")
            await Task.yield()
            return i
          }
        }
        _ = group.addImmediateTaskUnlessCancelled {
          log("started last")
          return 9
        }
        for await i in group { log("child \(i)") }
      }
    },
    Row("withTaskGroup, nested", .schedule) { log in
      let sum = await withTaskGroup(of: Int.self) { outer in
        for i in 0..<3 {
          outer.addTask {
            await withTaskGroup(of: Int.self) { inner in
              for j in 0..<2 { inner.addTask { i * j } }
              return await inner.reduce(0, +)
            }
          }
        }
        return await outer.reduce(into: 0) { sum, i in
          log("inner \(i)")
          sum += i
        }
      }
      log("sum \(sum)")
    },
    Row("withThrowingTaskGroup", .schedule) { log in
      do {
        try await withThrowingTaskGroup(of: Int.self) { group in
          for i in 0..<5 {
            group.addTask {
              await Task.yield()
              if i >= 3 { throw Refused(i) }
              try await Task.sleep(for: .microseconds(i))
              return i
            }
          }
          for try await i in group { log("child \(i)") }
        }
      } catch {
        log("\(error)")
      }
    },
    Row("withThrowingTaskGroup, nextResult", .schedule) { log in
      await withThrowingTaskGroup(of: Int.self) { group in
        for i in 0..<4 { group.addTask { if i == 2 { throw Refused(i) } else { i } } }
        while let result = await group.nextResult() { log("\(result)") }
      }
    },
    Row("withDiscardingTaskGroup", .schedule) { log in
      await withDiscardingTaskGroup { group in
        for i in 0..<5 {
          group.addTask {
            await Task.yield()
            log("child \(i)")
          }
        }
      }
      log("out")
    },
    Row("withThrowingDiscardingTaskGroup", .schedule) { log in
      do {
        try await withThrowingDiscardingTaskGroup { group in
          for i in 0..<5 {
            group.addTask {
              await Task.yield()
              if i == 3 { throw Refused(i) }
              do {
                try await Task.sleep(for: .seconds(10))
              } catch {
                log("child \(i) cancelled")
              }
            }
          }
        }
      } catch {
        log("\(error)")
      }
    },
  ]
}
