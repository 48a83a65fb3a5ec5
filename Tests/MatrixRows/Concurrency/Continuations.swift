//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Synchronization

extension Row {
  static let continuationRows: [Row] = [
    Row("withCheckedContinuation", .schedule) { log in
      await withTaskGroup { group in
        for i in 0..<3 {
          group.addTask {
            let value = await withCheckedContinuation { continuation in
              Task {
                await Task.yield()
                continuation.resume(returning: i * 10)
              }
            }
            log(value)
          }
        }
      }
    },
    Row("withCheckedThrowingContinuation", .schedule) { log in
      await withTaskGroup { group in
        for i in 0..<4 {
          group.addTask {
            do {
              let value: Int = try await withCheckedThrowingContinuation { continuation in
                Task { continuation.resume(with: i % 2 == 0 ? .success(i) : .failure(Refused(i))) }
              }
              log(value)
            } catch {
              log("\(error)")
            }
          }
        }
      }
    },
    Row("withUnsafeContinuation", .schedule) { log in
      await withTaskGroup { group in
        for i in 0..<3 {
          group.addTask {
            let value = await withUnsafeContinuation { continuation in
              Task { continuation.resume(returning: i) }
            }
            log(value)
          }
        }
      }
    },
    Row("withUnsafeThrowingContinuation", .schedule) { log in
      await withTaskGroup { group in
        for i in 0..<3 {
          group.addTask {
            do {
              let value: Int = try await withUnsafeThrowingContinuation { continuation in
                Task { continuation.resume(throwing: Refused(i)) }
              }
              log(value)
            } catch {
              log("\(error)")
            }
          }
        }
      }
    },
    Row("continuation resumed at once", .none) { log in
      for i in 0..<3 {
        log(await withCheckedContinuation { $0.resume(returning: i) })
      }
    },
    Row("semaphore of continuations", .schedule) { log in
      let gate = Gate(2)
      await withTaskGroup { group in
        for i in 0..<5 {
          group.addTask {
            await gate.enter()
            log("\(i) in")
            await Task.yield()
            log("\(i) out")
            gate.leave()
          }
        }
      }
    },
  ]

  static let cancellationRows: [Row] = [
    Row("withTaskCancellationHandler", .schedule) { log in
      let tasks = (0..<3).map { i in
        Task {
          await withTaskCancellationHandler {
            try? await Task.sleep(for: .seconds(100))
            log("\(i) woke, cancelled \(Task.isCancelled)")
          } onCancel: {
            log("\(i) handler")
          }
        }
      }
      await Task.yield()
      for task in tasks { task.cancel() }
      for task in tasks { await task.value }
    },
    Row("withTaskCancellationHandler around a continuation", .schedule) { log in
      let tasks = (0..<3).map { i in
        Task {
          let gate = Gate(0)
          await withTaskCancellationHandler {
            await gate.enter()
          } onCancel: {
            gate.leave()
          }
          log("\(i) through")
        }
      }
      for task in tasks.reversed() {
        task.cancel()
        await Task.yield()
      }
      for task in tasks { await task.value }
    },
    Row("cancelled before it starts", .schedule) { log in
      let tasks = (0..<3).map { i in
        Task {
          log("\(i) started, cancelled \(Task.isCancelled)")
          try Task.checkCancellation()
        }
      }
      for task in tasks { task.cancel() }
      for task in tasks { log("\(await task.result)") }
    },
    Row("cancellation of children", .schedule) { log in
      let parent = Task {
        await withTaskGroup { group in
          for i in 0..<3 {
            group.addTask {
              while !Task.isCancelled { await Task.yield() }
              log("child \(i) stops")
            }
          }
        }
      }
      try await Task.sleep(for: .milliseconds(1))
      parent.cancel()
      await parent.value
    },
    Row("withUnsafeCurrentTask", .none) { log in
      let task = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        log(Task.isCancelled)
      }
      await task.value
      log(Task.isCancelled)
    },
  ]

  static let priorityRows: [Row] = [
    Row("priorities", .schedule) { log in
      let levels: [TaskPriority] = [.background, .utility, .low, .medium, .high, .userInitiated]
      let tasks = levels.map { level in
        Task(priority: level) {
          log("\(Task.currentPriority.rawValue) of \(level.rawValue)")
          await Task.yield()
          log("\(Task.currentPriority.rawValue) again")
        }
      }
      for task in tasks { await task.value }
      log(Task.currentPriority.rawValue)
    },
    Row("priorities in an actor's queue", .schedule) { log in
      let busy = Busy(log)
      let levels: [TaskPriority] = [.background, .utility, .medium, .high]
      await withTaskGroup { group in
        for level in levels {
          group.addTask(priority: level) { await busy.work(Int(level.rawValue)) }
        }
      }
    },
    Row("Task.escalatePriority", .schedule) { log in
      let tasks = (0..<3).map { i in
        Task(priority: .background) {
          await withTaskPriorityEscalationHandler {
            try? await Task.sleep(for: .seconds(1))
            log("\(i) at \(Task.currentPriority.rawValue), from \(Task.basePriority!.rawValue)")
          } onPriorityEscalated: { old, new in
            log("\(i) escalated from \(old.rawValue) to \(new.rawValue)")
          }
        }
      }
      try await Task.sleep(for: .milliseconds(1))
      for task in tasks { task.escalatePriority(to: .high) }
      log("asked")
      for task in tasks { await task.value }
    },
    Row("escalation by awaiting", .schedule) { log in
      let low = Task(priority: .background) {
        await withTaskPriorityEscalationHandler {
          try? await Task.sleep(for: .seconds(1))
          log("now \(Task.currentPriority.rawValue)")
        } onPriorityEscalated: { old, new in
          log("escalated \(old.rawValue) to \(new.rawValue)")
        }
      }
      let high = Task(priority: .high) { await low.value }
      await high.value
    },
  ]
}

private actor Busy {
  let log: RowLog
  init(_ log: RowLog) { self.log = log }
  func work(_ i: Int) async {
    log("\(i) in")
    await Task.yield()
    log("\(i) out")
  }
}

/// An async semaphore.
final class Gate: Sendable {
  private let state: Mutex<(free: Int, waiting: [CheckedContinuation<Void, Never>])>

  init(_ free: Int) { state = Mutex((free, [])) }

  func enter() async {
    await withCheckedContinuation { continuation in
      let goesOn = state.withLock { state in
        if state.free > 0 {
          state.free -= 1
          return true
        }
        state.waiting.append(continuation)
        return false
      }
      if goesOn { continuation.resume() }
    }
  }

  func leave() {
    let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
      if state.waiting.isEmpty {
        state.free += 1
        return nil
      }
      return state.waiting.removeFirst()
    }
    next?.resume()
  }
}
