//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
package import MoonpoolAssertions

/// Deterministic runs of ordinary async code: one thread, virtual time, one seed.
///
/// ```swift
/// let report = Simulation.run(seed: 3) {
///   let account = Account()
///   async let first: Void = account.withdraw(80)
///   async let second: Void = account.withdraw(80)
///   _ = await (first, second)
///   if await account.balance < 0 { throw Overdrawn() }
/// }
/// print(report.line)
/// ```
public enum Simulation {
  /// A body to simulate.
  public typealias Body = @Sendable () async throws -> Void

  // MARK: Running

  /// Runs `body` once under `seed` and blocks the calling thread until the verdict.
  ///
  /// With options out of range, or inside a simulation, the verdict is ``Verdict/refused(_:)``.
  /// Async code awaits the method for recipes instead: `await Simulation.run(3) { … }`.
  public static func run(
    seed: UInt64, options: SimulationOptions = SimulationOptions(), _ body: @escaping Body
  ) -> RunReport {
    run(Recipe(seed: seed), options: options, body)
  }

  /// Runs `body` once under `recipe` and blocks the calling thread until the verdict.
  ///
  /// With options out of range, or inside a simulation, the verdict is ``Verdict/refused(_:)``.
  ///
  /// - Parameters:
  ///   - log: Decisions of an earlier run that this one follows. Give the log's own recipe and the
  ///     options of its run.
  ///   - mode: How it follows them; where it may not differ, the first different decision ends it
  ///     as ``Verdict/diverged(_:)``.
  public static func run(
    _ recipe: Recipe, options: SimulationOptions = SimulationOptions(),
    following log: DecisionLog? = nil, mode: DecisionLog.Mode = .compare,
    _ body: @escaping Body
  ) -> RunReport {
    var result: RunReport?
    run(
      CollectionOfOne(recipe), options: options, following: log, mode: mode,
      each: {
        result = $0
        return false
      }, body)
    return result!
  }

  /// Runs `body` under one recipe after the other on one simulation thread, which is the fastest
  /// way to run many, and blocks the calling thread until the last.
  ///
  /// With options out of range, or inside a simulation, the verdict is ``Verdict/refused(_:)``.
  ///
  /// - Parameter each: Gets each report, on the simulation thread; false ends the series.
  public static func run(
    _ recipes: some Sequence<Recipe>, options: SimulationOptions = SimulationOptions(),
    following log: DecisionLog? = nil, mode: DecisionLog.Mode = .compare,
    each: (RunReport) -> Bool, _ body: @escaping Body
  ) {
    run(
      recipes, options: options, following: log, mode: mode, counting: nil, each: each, body)
  }

  /// As the public method; what assertions count goes into `table`.
  package static func run(
    _ recipes: some Sequence<Recipe>, options: SimulationOptions = SimulationOptions(),
    following log: DecisionLog? = nil, mode: DecisionLog.Mode = .compare,
    counting table: AssertionTable?, each: (RunReport) -> Bool, _ body: @escaping Body
  ) {
    var recipes = recipes.makeIterator()
    if let reason = refusal(options) {
      while let recipe = recipes.next(), each(RunReport(refused: recipe, because: reason)) {}
      return
    }
    withoutActuallyEscaping(each) { each in
      withoutActuallyEscaping({ recipes.next() }) { nextRecipe in
        let done = Completion()
        let bench = SimulationBench.take()
        SimulationHost.start(
          next: {
            guard let recipe = nextRecipe() else { return nil }
            let run = SimulationRun(
              recipe, options: options, on: bench, counting: table, following: log, mode: mode)
            run.start(body)
            return run
          }, each: each, finished: { done.signal() })
        done.wait()
        bench.giveBack()
      }
    }
  }

  /// Runs `body` under one seed after the other; see the method for recipes.
  public static func run(
    seeds: some Sequence<UInt64>, options: SimulationOptions = SimulationOptions(),
    each: (RunReport) -> Bool, _ body: @escaping Body
  ) {
    run(seeds.lazy.map { Recipe(seed: $0) }, options: options, each: each, body)
  }

  /// Runs `body` once under `recipe`, from async code that is not simulated itself, such as a test.
  ///
  /// The body inherits the caller's task-locals. Only the simulation's thread is busy meanwhile.
  ///
  /// - Parameters:
  ///   - log: Decisions of an earlier run that this one follows.
  ///   - mode: How it follows them; where it may not differ, the first different decision ends it
  ///     as ``Verdict/diverged(_:)``.
  public static func run(
    _ recipe: Recipe, options: SimulationOptions = SimulationOptions(),
    following log: DecisionLog? = nil, mode: DecisionLog.Mode = .compare,
    _ body: @escaping Body
  ) async -> RunReport {
    if let reason = refusal(options) { return RunReport(refused: recipe, because: reason) }
    let bench = SimulationBench.take()
    let run = SimulationRun(recipe, options: options, on: bench, following: log, mode: mode)
    run.start(body, inheriting: true)
    let report = await withUnsafeContinuation { (done: UnsafeContinuation<RunReport, Never>) in
      SimulationHost.start(run) { done.resume(returning: $0) }
    }
    bench.giveBack()
    return report
  }

  /// Why a run cannot be attempted here, or with these options; nil if it can.
  private static func refusal(_ options: SimulationOptions) -> String? {
    if mp_sim_current() != nil { return "a simulation cannot be started inside a simulation" }
    do { try options.validate() } catch { return "\(error)" }
    return options.refusalForTesting ?? SelfTest.refusal
  }

  /// What cannot be had in this build, although runs are possible; empty with the dynamic standard
  /// library on Linux.
  public static var limitations: [String] { SelfTest.limitations }

  // MARK: Inside a simulation

  /// Whether the calling code is simulated.
  public static var isRunning: Bool { mp_sim_current() != nil }

  /// The recipe of the run that the calling code belongs to, nil outside a simulation.
  public static var recipe: Recipe? { SimulationRun.current?.recipe }

  /// Virtual time since the start of the run; zero outside a simulation.
  public static var elapsed: Duration { SimulationClock().now.sinceStart }

  /// The odometer: decisions made in this run so far; 0 outside a simulation.
  public static var decisionCount: UInt64 { mp_sim_current()?.pointee.decisions.pointee.count ?? 0 }

  /// True while left-over tasks are run out after the verdict: nothing that is done now counts.
  public static var isRunningOut: Bool { mp_sim_is_running_out() }

  /// The clock whose sleeps are cheapest.
  public static var clock: SimulationClock { SimulationClock() }

  /// Random numbers for the calling code, as a stream of its own: `workload(name)`.
  ///
  /// - Precondition: The calling code is simulated.
  public static func random(_ name: String = "main") -> DecisionStream {
    guard let run = SimulationRun.current else {
      fatalError(
        "Simulation.random is for simulated code; outside use a generator of your own")
    }
    return run.decisions.stream(.workload(name))
  }

  /// Makes a node: a set of tasks that can be killed as one.
  ///
  /// - Precondition: The calling code is simulated.
  public static func node(
    named name: String, traps: NodeTrapPolicy = .failRun
  ) -> SimulatedNode {
    SimulatedNode(name: name, incarnation: 0, traps: traps)
  }
}
