//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// How a simulation runs: scheduling, budgets, what is recorded, what is tolerated.
public struct SimulationOptions: Sendable {
  /// How the next runnable job is chosen. By default the strategies take turns, seed by seed.
  public var strategy: StrategyChoice = .portfolio

  /// Whether a call to an idle actor is a scheduling point.
  public var hops: HopDensity = .drawn

  /// Virtual time after which the run counts as ``Verdict/timedOut(_:)``. More than zero; no run
  /// takes more than 292 years.
  public var timeLimit: Duration = .seconds(3600)

  /// Jobs that may run with no timer firing in between before the run counts as
  /// ``Verdict/livelocked(_:)``. More than zero.
  public var jobLimit: UInt64 = 10_000_000

  /// Virtual CPU time of one job, drawn uniformly. Without it a loop that yields would stop the
  /// clock for ever.
  public var jobCost: ClosedRange<Duration> = .microseconds(1) ... .microseconds(10)

  /// Real time that one job may run without suspending before the watchdog calls it
  /// ``Verdict/hung(_:)``. Zero switches the watchdog off. The verdict depends on the machine's
  /// speed; nothing else does.
  public var wallClockLimit: Duration = .seconds(10)

  /// What tasks mean that are still there when the body has returned.
  public var leaks: LeakPolicy = .fail

  /// Virtual time that other tasks get to finish after the body has returned, before they count as
  /// leaked.
  public var settleTime: Duration = .seconds(10)

  /// Real time that the run waits, with nothing runnable, for a thread outside to resume a task,
  /// when ``UncontrolledAPI/foreignResume`` is allowed.
  public var foreignResumeWait: Duration = .seconds(1)

  /// What is recorded of the run's events.
  public var trace: TraceMode = .off

  /// Whether every decision is recorded in ``RunReport/decisions``.
  public var recordsDecisions = false

  /// Calls that are tolerated although they cannot be controlled, such as
  /// `UncontrolledAPI(named: "usleep")!`. The run is then deterministic only as far as they are.
  public var allowed: Set<UncontrolledAPI> = []

  /// Jobs that left-over tasks may run after the verdict, cancelled and with their effects
  /// suppressed, to give their memory back.
  public var runOutLimit: UInt64 = 100_000

  /// Disturbs the heap before the run, so that dependence on the addresses of objects shows.
  package var heapShake: UInt64?

  /// What the start-up self-test would have said, for tests of the refusal.
  package var refusalForTesting: String?

  /// Creates the default options.
  public init() {}

  /// Checks the ranges that are stated above.
  ///
  /// - Throws: ``InvalidOption``, which names the field.
  public func validate() throws {
    func require(_ holds: Bool, _ field: String, _ rule: String) throws {
      if !holds { throw InvalidOption(field: field, rule: rule) }
    }
    try require(timeLimit > .zero, "timeLimit", "must be more than zero virtual seconds")
    try require(jobLimit > 0, "jobLimit", "must be at least 1 job")
    try require(jobCost.lowerBound >= .zero, "jobCost", "must not be negative")
    try require(jobCost.upperBound <= .seconds(1), "jobCost", "must be at most 1 s per job")
    try require(wallClockLimit >= .zero, "wallClockLimit", "must not be negative")
    try require(settleTime >= .zero, "settleTime", "must not be negative")
    try require(foreignResumeWait >= .zero, "foreignResumeWait", "must not be negative")
    if case .fraction(let fraction) = hops {
      try require((0...1).contains(fraction), "hops", "must be a fraction in 0...1")
    }
  }
}

/// An option is out of its range.
public struct InvalidOption: Error, Sendable, CustomStringConvertible {
  /// The field of ``SimulationOptions``.
  public var field: String
  /// What it must be.
  public var rule: String

  public var description: String { "invalid simulation option: \(field) \(rule)" }
}

/// Whether a call to an idle actor, which the runtime runs inline, is a point where another task
/// may run first.
///
/// Without it a lost update across two awaits on idle actors is never found; with it each call
/// costs a trip through the scheduler.
public enum HopDensity: Sendable, Hashable {
  /// The seed draws never (1 in 8), for half of the tasks (2 in 8), or for all (5 in 8).
  case drawn
  /// Calls to idle actors run inline, as in production without contention.
  case never
  /// Every call to an actor is a scheduling point.
  case always
  /// Each task is drawn with this probability, 0...1.
  case fraction(Double)
}

/// What leaked tasks mean for the verdict.
public enum LeakPolicy: Sendable, Hashable {
  /// The run fails with ``Verdict/leaked(_:)``.
  case fail
  /// They are cut off silently.
  case ignore
}

/// What is recorded of a run's events.
public enum TraceMode: Sendable, Hashable {
  /// Nothing; costs nothing measurable.
  case off
  /// Only ``RunReport/digest``, to compare runs.
  case digest
  /// Every event; see ``Trace``.
  case full
}
