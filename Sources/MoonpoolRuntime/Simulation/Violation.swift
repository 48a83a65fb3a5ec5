//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import MoonpoolAssertions

/// A property did not hold.
public struct Violation: Sendable, Hashable, CustomStringConvertible {
  /// The property, in the words of who states it: `an acknowledged write survives`.
  public var property: String
  /// What was seen; may be empty.
  public var detail: String
  /// Virtual time at which it was seen.
  public var time: Duration
  /// Decisions made until then.
  public var decisionCount: UInt64
  /// Jobs run until then.
  public var jobCount: UInt64
  /// The node whose code saw it; `root` for what watches from outside.
  public var node: String
  /// Of an assertion, where it stands: `Shop/Store.swift:12`.
  public var place: String?

  public var description: String {
    "\(property) violated" + (detail.isEmpty ? "" : ": \(detail)")
  }
}

extension Simulation {
  /// How a run takes a violation.
  public enum ViolationResponse: Sendable, Hashable {
    /// The run ends at once.
    case stop
    /// The run goes on to its end, and then fails.
    case goOn
  }

  /// Makes the run fail with ``Verdict/violated(_:)``; does nothing outside a simulation, or after
  /// the verdict.
  ///
  /// With ``ViolationResponse/stop`` the current job still runs until its next suspension.
  public static func recordViolation(
    of property: String, detail: String = "", _ response: ViolationResponse = .stop
  ) {
    recordViolation(of: property, detail, response, at: nil)
  }

  fileprivate static func recordViolation(
    of property: String, _ detail: String, _ response: ViolationResponse, at place: String?
  ) {
    guard let run = SimulationRun.current, !isRunningOut else { return }
    run.record(
      Violation(
        property: property, detail: detail, time: elapsed, decisionCount: decisionCount,
        jobCount: run.simulation.pointee.jobs, node: SimulatedNode.current?.description ?? "root",
        place: place))
    if response == .stop { mp_sim_request_stop(run.simulation, Int32(MP_STOP_VIOLATED)) }
  }
}

/// Makes runs fail whose assertions do. They go on: what happens after a failure may explain it.
struct SimulatedAssertions: AssertionResponder {
  func failed(_ assertion: AssertionSite, _ detail: String) {
    let place = "\(assertion.file):\(assertion.line)"
    Simulation.recordViolation(of: assertion.message, detail, .goOn, at: place)
  }

  var isSimulated: Bool { Simulation.isRunning }
}
