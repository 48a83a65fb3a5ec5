//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// How much virtual time each phase of a run may take. What takes longer fails the run.
public struct Budget: ScenarioPart {
  /// Until all clients' `setUp` has returned. By default 5 minutes.
  public var setUp: Duration = .seconds(300)
  /// From the start of the clients' `run` until the last has returned. By default 1 hour.
  public var run: Duration = .seconds(3_600)
  /// Time after the clients' `run`, without faults, before `check`: for the system to come to rest.
  /// By default 5 s.
  public var settle: Duration = .seconds(5)
  /// Until all clients' `check` has returned. By default 5 minutes.
  public var check: Duration = .seconds(300)
  /// Time that a process gets to end when the run is over, before it is killed. By default 10 s.
  public var shutdown: Duration = .seconds(10)

  /// Creates the default budget.
  public init() {}

  /// Creates a budget with another limit for the clients' `run`, and another time to settle.
  public init(run: Duration, settle: Duration = .seconds(5)) {
    self.run = run
    self.settle = settle
  }

  public func add(to scenario: inout Scenario) { scenario.budget = self }

  func validate() throws {
    for (value, field) in [(setUp, "setUp"), (run, "run"), (check, "check")] where value <= .zero {
      throw InvalidConfiguration("budget.\(field)", "is \(value); must be more than zero")
    }
    for (value, field) in [
      (setUp, "setUp"), (run, "run"), (settle, "settle"), (check, "check"), (shutdown, "shutdown"),
    ] {
      try InvalidConfiguration.check(duration: value, "budget.\(field)")
    }
  }
}
