//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// How a run ended. Nothing else than ``passed`` is green.
public enum Verdict: Sendable {
  /// The body returned, and nothing below happened.
  case passed
  /// The body threw.
  case threw(ThrownError)
  /// A property did not hold; ``RunReport/violations`` has all of them.
  case violated(Violation)
  /// A trap: `fatalError`, an index out of range, an overflow, a stack overflow, `abort`, `exit`.
  case crashed(Crash)
  /// Nothing can run and no timer is pending, and the body has not returned.
  case deadlocked(WaitReport)
  /// Jobs ran without end while no timer fired.
  case livelocked(WaitReport)
  /// One job ran in real time for longer than the watchdog allows.
  case hung(Hang)
  /// The virtual time limit was reached.
  case timedOut(WaitReport)
  /// Tasks were still waiting when the body had returned and the others had finished.
  case leaked(WaitReport)
  /// Something was called that a simulation cannot control.
  case uncontrolled(Incident)
  /// A run that follows another's decisions made a different one.
  case diverged(Divergence)
  /// The run was not attempted; the text says why. See ``Simulation/limitations``.
  case refused(String)

  /// True for ``passed`` only.
  public var isPassed: Bool { if case .passed = self { true } else { false } }

  /// One word, stable across versions: `passed`, `threw`, `crashed`, …
  public var name: String {
    switch self {
    case .passed: "passed"
    case .threw: "threw"
    case .violated: "violated"
    case .crashed: "crashed"
    case .deadlocked: "deadlocked"
    case .livelocked: "livelocked"
    case .hung: "hung"
    case .timedOut: "timedOut"
    case .leaked: "leaked"
    case .uncontrolled: "uncontrolled"
    case .diverged: "diverged"
    case .refused: "refused"
    }
  }

  /// What happened, in one line.
  public var summary: String {
    switch self {
    case .passed: "passed"
    case .threw(let error): error.description
    case .violated(let violation): violation.description
    case .crashed(let crash): crash.description
    case .deadlocked(let report): "deadlock: \(report.summary)"
    case .livelocked(let report): "livelock: \(report.summary)"
    case .hung(let hang): hang.description
    case .timedOut(let report): "virtual time limit reached: \(report.summary)"
    case .leaked(let report): "leaked tasks: \(report.summary)"
    case .uncontrolled(let incident): incident.description
    case .diverged(let divergence): divergence.description
    case .refused(let reason): "refused: \(reason)"
    }
  }
}

extension Verdict {
  /// The summary, with a line for each task where several wait.
  package var details: String {
    switch self {
    case .deadlocked(let waits), .livelocked(let waits), .timedOut(let waits), .leaked(let waits):
      guard waits.tasks.count > 1 else { return summary }
      return "\(summary.dropLast(waits.summary.count))\(waits.tasks.count) tasks\n\(waits)"
    default: return summary
    }
  }
}

/// An error that left the simulated body.
public struct ThrownError: Sendable, CustomStringConvertible {
  /// The error itself.
  public var error: any Error
  public var description: String { "\(error)" }
}

/// A task as reports name it: the same in every run of a seed.
public struct TaskIdentity: Sendable, Hashable, CustomStringConvertible {
  /// Birth number in the simulation, from 1; 0 when no task was running.
  public var number: UInt32
  /// The name that its maker gave it (SE-0469).
  public var name: String?
  /// The node that it belongs to.
  public var node: String

  public var description: String {
    let label = name.map { " \"\($0)\"" } ?? ""
    let place = node == "root" ? "" : " on \(node)"
    return number == 0 ? "no task\(place)" : "task #\(number)\(label)\(place)"
  }
}

/// Code trapped or asked the process to exit.
public struct Crash: Sendable, CustomStringConvertible {
  /// Swift's own message, or the name of the signal or of the exit function.
  public var message: String
  /// The signal, such as `SIGILL`; nil for an exit.
  public var signal: String?
  /// Who ran.
  public var task: TaskIdentity
  /// Functions of the stack that are the user's own, innermost first.
  public var frames: [String]

  /// Whether the thread may have stopped in the middle of the C library: traps of Swift's own stop
  /// elsewhere.
  var mayHoldLocks: Bool { signal != nil && signal != "SIGILL" && signal != "SIGTRAP" }

  public var description: String {
    "crash in \(task): \(message)" + (frames.first.map { " at \($0)" } ?? "")
  }
}

/// One job ran for too long without suspending.
public struct Hang: Sendable, CustomStringConvertible {
  /// Who ran.
  public var task: TaskIdentity
  /// The real time that it was given.
  public var limit: Duration
  /// Functions of the stack that are the user's own, innermost first.
  public var frames: [String]

  public var description: String {
    "hang: \(task) ran for more than \(limit) of real time without suspending"
      + (frames.first.map { " at \($0)" } ?? "")
  }
}

/// A call that a simulation cannot control.
public struct Incident: Sendable, CustomStringConvertible {
  /// What was called.
  public var api: UncontrolledAPI
  /// Who called it.
  public var task: TaskIdentity
  /// The user's functions on the stack, innermost first.
  public var frames: [String]

  public var description: String {
    let place = frames.first.map { " from \($0)" } ?? ""
    return "uncontrolled: \(api.name) called\(place) by \(task); \(api.advice)"
  }
}
