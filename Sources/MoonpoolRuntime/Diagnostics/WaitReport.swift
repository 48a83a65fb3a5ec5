//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Every task that was still there, and what it waits for.
public struct WaitReport: Sendable, CustomStringConvertible {
  /// One task that does not go on.
  public struct WaitingTask: Sendable, CustomStringConvertible {
    /// Who waits.
    public var task: TaskIdentity
    /// What for.
    public var waitsFor: WaitReason
    /// Whether it has been cancelled.
    public var isCancelled: Bool
    /// The asynchronous stack, innermost first: the user's own functions.
    public var frames: [String]

    public var description: String {
      "\(task)\(isCancelled ? " (cancelled)" : "") waits for \(waitsFor)"
        + (frames.isEmpty ? "" : " at " + frames.joined(separator: " < "))
    }
  }

  /// What a task waits for.
  public enum WaitReason: Sendable, Hashable, CustomStringConvertible {
    /// Another task's result.
    case task(TaskIdentity?)
    /// A continuation that nobody has resumed: also a stream's next element.
    case continuation
    /// A child of its group.
    case taskGroup
    /// Its turn: it is queued on an executor or on an actor.
    case turn
    /// The time: it sleeps.
    case timer
    /// Something in the simulated world, in words: `bytes from 10.0.1.2:4500`.
    case world(String)
    /// Nothing that the runtime records.
    case unknown

    public var description: String {
      switch self {
      case .task(let task?): "\(task)"
      case .task(nil): "another task"
      case .continuation: "a continuation"
      case .taskGroup: "its task group"
      case .turn: "its turn"
      case .timer: "a timer"
      case .world(let what): what
      case .unknown: "something unknown"
      }
    }
  }

  /// In the order of birth.
  public var tasks: [WaitingTask]

  /// The tasks of these nodes alone.
  package func only(onNodes names: Set<String>) -> WaitReport {
    WaitReport(tasks: tasks.filter { names.contains($0.task.node) })
  }

  /// Whether these tasks wait for each other, or for nobody: neither time nor the world will wake
  /// them.
  package var isDeadlock: Bool {
    !tasks.isEmpty
      && tasks.allSatisfy {
        switch $0.waitsFor {
        case .task, .continuation, .taskGroup: true
        case .turn, .timer, .world, .unknown: false
        }
      }
  }

  /// One line: how many, and the first few.
  public var summary: String {
    guard !tasks.isEmpty else { return "no task is left" }
    let shown = tasks.prefix(3).map(\.description).joined(separator: "; ")
    return "\(tasks.count) task\(tasks.count == 1 ? "" : "s"): \(shown)"
      + (tasks.count > 3 ? "; and \(tasks.count - 3) more" : "")
  }

  /// One line per task.
  public var description: String { tasks.map { "  \($0)" }.joined(separator: "\n") }
}

/// What a body throws that has found out that tasks of its own can never go on: the run is
/// deadlocked, though others have plenty to do.
package struct StuckTasks: Error {
  let waits: WaitReport

  package init(_ waits: WaitReport) { self.waits = waits }
}
