//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolAssertions
import CMoonpoolRuntime
import MoonpoolAssertions
import Synchronization

/// One run from its first job to its report: a machine of phases that a fresh thread can take over
/// at any instant.
///
/// Used by one thread at a time: the simulation's, or the one that takes over when that is lost.
final class SimulationRun: @unchecked Sendable {
  /// What the machine does next.
  enum Phase {
    case running
    /// The body has returned; the other tasks finish.
    case settling
    /// The verdict is final; leftovers give their memory back.
    case runningOut
    case ended
  }

  /// Tells the runs of a process apart. No simulation sees it.
  let serial = SimulationRun.serials.add(1, ordering: .relaxed).newValue
  private static let serials = Atomic<UInt64>(0)

  let recipe: Recipe
  let options: SimulationOptions
  let simulation: UnsafeMutablePointer<mp_sim>
  let decisions: Decisions
  private let assertions: AssertionTable
  private let following: (log: DecisionLog, mode: DecisionLog.Mode)?
  private let loop: any RunLoop
  private var phase = Phase.running
  private let outcome = BodyOutcome()
  private var settleLimit = UInt64.max
  private var runOutAttempts = 0
  private var containedCrashes: [Crash] = []
  /// What the nodes made by the user want done about their traps.
  var nodeTrapPolicies: [UInt32: NodeTrapPolicy] = [:]
  private(set) var report: RunReport?
  private var violations: [Violation] = []
  /// What models the world beside the tasks, if anything does.
  var world: (any WorldModel)?
  private var heapShake: OpaquePointer?

  /// Prepares a run on a bench that no other run is using.
  init(
    _ recipe: Recipe, options: SimulationOptions, on bench: SimulationBench,
    counting assertions: AssertionTable? = nil, following log: DecisionLog? = nil,
    mode: DecisionLog.Mode = .compare
  ) {
    self.recipe = recipe
    self.options = options
    self.simulation = bench.simulation
    self.decisions = bench.decisions
    self.assertions = assertions ?? bench.assertions
    self.following = log.map { ($0, mode) }
    decisions.begin(recipe, recording: options.recordsDecisions)
    mp_sim_begin(simulation, decisions.raw)
    Self.follow(log, mode, decisions, simulation)  // before anything is drawn
    var maker = LoopMaker(simulation: simulation, seed: recipe.seed)
    loop = options.strategy.visit(seed: recipe.seed, &maker)
    configure()
    self.assertions.beginRun()
  }

  /// The run whose thread this is.
  static var current: SimulationRun? {
    guard let owner = mp_sim_current()?.pointee.owner else { return nil }
    return Unmanaged<SimulationRun>.fromOpaque(owner).takeUnretainedValue()
  }

  private func configure() {
    let cost = options.jobCost
    let least = cost.lowerBound.clampedNanoseconds
    simulation.pointee.cost_base = least
    simulation.pointee.cost_span = cost.upperBound.clampedNanoseconds - least + 1
    simulation.pointee.hops = hopUnits()
    simulation.pointee.owner = Unmanaged.passUnretained(self).toOpaque()
    for api in options.allowed { mp_sim_allow(simulation, mp_api(rawValue: api.index), true) }
    switch options.trace {
    case .off: break
    case .digest: mp_trace_enable(simulation, 1)
    case .full: mp_trace_enable(simulation, 2)
    }
  }

  private static func follow(
    _ log: DecisionLog?, _ mode: DecisionLog.Mode, _ decisions: Decisions,
    _ simulation: UnsafeMutablePointer<mp_sim>
  ) {
    guard let log else { return }
    let onDivergence: @convention(c) (UnsafeMutableRawPointer?) -> Void = { simulation in
      let simulation = simulation?.assumingMemoryBound(to: mp_sim.self)
      mp_sim_note_divergence(simulation)
      mp_sim_request_stop(simulation, Int32(MP_STOP_DIVERGED))
    }
    decisions.follow(log, mode, onDivergence: onDivergence, argument: simulation)
  }

  /// Of 1,024 tasks, how many make every actor call a scheduling point.
  private func hopUnits() -> UInt32 {
    switch options.hops {
    case .never: return 0
    case .always: return 1024
    case .fraction(let fraction): return UInt32((fraction * 1024).rounded())
    case .drawn:
      switch DecisionStream(simulation.pointee.hopping).decide(below: 8) {
      case 0: return 0
      case 1, 2: return 512
      default: return 1024
      }
    }
  }

  /// Makes the root task. To be called once, before `proceed`; may be called on another thread,
  /// whose task-locals and priority the body then inherits.
  func start(_ body: @escaping @Sendable () async throws -> Void, inheriting: Bool = false) {
    let before = mp_sim_enter(simulation)
    nonisolated(unsafe) let simulation = self.simulation
    // Not self: a body that never ends is never freed, and what it holds isn't either.
    let root: @Sendable () async -> Void = { [outcome] in
      do { try await body() } catch { outcome.error = error }
      mp_sim_request_stop(simulation, Int32(MP_STOP_ROOT_DONE))
    }
    if inheriting {
      Task(name: "body", priority: .medium, operation: root)
    } else {
      Task.detached(name: "body", priority: .medium, operation: root)
    }
    _ = mp_sim_enter(before)
  }

  // MARK: The machine

  /// Goes on until the run has ended. `loss` says why the thread before this one was given up.
  func proceed(after loss: mp_loss?) {
    mp_sim_prepare_thread()
    mp_host_watch(simulation, options.wallClockLimit.clampedNanoseconds)
    if let loss {
      handle(loss)
    } else {
      heapShake = options.heapShake.map { mp_heap_shake_begin($0) } ?? nil
    }
    while phase != .ended { step() }
    mp_host_watch(nil, 0)
  }

  /// Virtual time at which the present phase ends: after 292 years at the latest, so that no sum
  /// of times overflows.
  private var currentLimit: UInt64 {
    min(options.timeLimit.clampedNanoseconds, settleLimit, UInt64(Int64.max))
  }

  /// Real time that one job may take after the verdict: nobody waits for its result.
  private static let runOutWatch: UInt64 = 1_000_000_000

  private func step() {
    switch phase {
    case .running, .settling:
      _ = mp_sim_enter(simulation)
      mp_assertions_enter(assertions.raw)
      let pause = loop.run(until: currentLimit, jobLimit: options.jobLimit)
      mp_assertions_enter(nil)
      _ = mp_sim_enter(nil)
      react(to: pause)
    case .runningOut:
      runOutAttempts += 1
      mp_host_watch(simulation, Self.runOutWatch)
      _ = mp_sim_enter(simulation)
      _ = mp_sim_run_out(simulation, options.runOutLimit)
      _ = mp_sim_enter(nil)
      end()
    case .ended:
      break
    }
  }

  private func react(to pause: LoopPause) {
    switch pause {
    case .stopped(Int32(MP_STOP_ROOT_DONE)):
      mp_sim_clear_stop(simulation)
      if mp_sim_incident(simulation) != nil {
        concludeWithIncident()  // a thread outside came in between
      } else if let stuck = outcome.error as? StuckTasks {
        conclude(.deadlocked(stuck.waits))
      } else if let error = outcome.error {
        conclude(.threw(ThrownError(error: error)))
      } else {
        beginSettling()
      }
    case .stopped(Int32(MP_STOP_VIOLATED)):
      conclude(.passed)
    case .stopped(Int32(MP_STOP_DIVERGED)):
      conclude(divergence.map(Verdict.diverged) ?? .passed)
    case .stopped:
      concludeWithIncident()
    case .idle:
      if waitForOutside() { return }
      if phase == .settling { concludeSettled() } else { concludeStuck(waitReport()) }
    case .timeLimit:
      if phase == .settling { concludeSettled() } else { concludeOutOfTime() }
    case .jobLimit:
      conclude(.livelocked(waitReport()))
    }
  }

  /// The next timer is due behind the limit. If nobody sleeps, it is left over from a sleep that
  /// was cancelled and would wake nobody: a deadlock.
  private func concludeOutOfTime() {
    let waits = waitReport()
    let isStuck =
      mp_ready_count(mp_sim_ready(simulation)) == 0
      && !waits.tasks.contains { $0.waitsFor == .timer || $0.waitsFor == .unknown }
    if isStuck { return waitForOutside() ? () : concludeStuck(waits) }
    simulation.pointee.now = max(simulation.pointee.now, currentLimit)
    conclude(.timedOut(waits))
  }

  private func concludeStuck(_ waits: WaitReport) {
    conclude(.deadlocked(waits), at: mp_sim_last_happening(simulation))
  }

  /// Real time is spent only while there is a task that could be resumed.
  private func waitForOutside() -> Bool {
    guard options.allowed.contains(.foreignResume), options.foreignResumeWait > .zero,
      !waitReport().tasks.isEmpty
    else { return false }
    let milliseconds = options.foreignResumeWait.clampedNanoseconds / 1_000_000
    _ = mp_sim_enter(simulation)
    defer { _ = mp_sim_enter(nil) }
    return mp_sim_wait_for_foreign_resume(simulation, UInt32(clamping: milliseconds))
  }

  private func beginSettling() {
    phase = .settling
    let end = simulation.pointee.now.addingReportingOverflow(options.settleTime.clampedNanoseconds)
    settleLimit = end.overflow ? .max - 1 : end.partialValue
  }

  private func concludeSettled() {
    let left = waitReport()
    let verdict: Verdict =
      if options.leaks == .fail, !left.tasks.isEmpty {
        .leaked(left)
      } else {
        divergence.map(Verdict.diverged) ?? .passed
      }
    conclude(verdict, at: mp_sim_last_happening(simulation))
  }

  private var divergence: Divergence? { following.flatMap { decisions.finish(following: $0.log) } }

  private func concludeWithIncident() {
    guard let incident = mp_sim_incident(simulation)?.pointee else {
      // A thread outside touched a waiter, or the run's owner asked for the end.
      let task = identity(ofTask: 0, node: 0)
      return conclude(.uncontrolled(Incident(api: .foreignResume, task: task, frames: [])))
    }
    conclude(.uncontrolled(describe(incident)))
  }

  // MARK: Losing a thread

  private func handle(_ loss: mp_loss) {
    if phase == .runningOut { return handleLossWhileRunningOut() }
    // Code that fails after a call was refused fails because of that.
    if mp_sim_incident(simulation) != nil { return concludeWithIncident() }
    let crash = describe(crash: loss)
    switch loss.why {
    case Int32(MP_LOST_SELF_KILL): break
    case Int32(MP_LOST_BLOCKED): concludeWithIncident()
    case Int32(MP_LOST_HUNG):
      let limit = options.wallClockLimit
      conclude(.hung(Hang(task: crash.task, limit: limit, frames: crash.frames)))
      abandonLeftovers()
    default:
      let number = mp_node_number(loss.node)
      if nodeTrapPolicies[number] == .contain {
        mp_node_kill(loss.node)
        containedCrashes.append(crash)
      } else {
        conclude(.crashed(crash))
        if crash.mayHoldLocks { abandonLeftovers() }
      }
    }
  }

  /// The lost thread may have been in the middle of anything, `malloc` and its locks included: to
  /// run more of the program's code could block for ever. Its memory stays until the process ends.
  private func abandonLeftovers() {
    if phase == .runningOut { end() }
  }

  /// A left-over task trapped or spun after its cancellation. It is parked for good; the others get
  /// their chance.
  private func handleLossWhileRunningOut() {
    let enough = 20
    if runOutAttempts >= enough { end() }
  }

  // MARK: The end

  func record(_ violation: Violation) {
    if report == nil { violations.append(violation) }
  }

  /// Makes the report. `time` is the present one unless it has passed for nobody.
  private func conclude(_ verdict: Verdict, at time: UInt64? = nil) {
    guard report == nil else { return }
    let verdict = verdict.isPassed ? violations.first.map(Verdict.violated) ?? verdict : verdict
    mp_trace_note(simulation, UInt32(MP_TRACE_FINISHED), 0, 0, 0, 0)
    report = RunReport(
      recipe: recipe, verdict: verdict, violations: violations,
      assertions: assertions.currentRun,
      virtualTime: Duration(nanoseconds: time ?? simulation.pointee.now),
      decisionCount: decisions.count, jobCount: simulation.pointee.jobs,
      fingerprint: mp_sim_fingerprint(simulation), strategy: loop.strategyName,
      containedCrashes: containedCrashes, abandonedTasks: 0,
      realReadCount: mp_sim_real_reads(simulation), divergenceSite: divergenceSite(),
      digest: options.trace == .off ? 0 : mp_trace_digest(simulation),
      trace: options.trace == .full ? Trace(of: self) : nil,
      decisions: options.recordsDecisions ? decisions.log(recipe: recipe) : nil)
    assertions.endRun()
    phase = .runningOut
    // It may make tasks runnable that wait for what never comes now.
    let before = mp_sim_enter(simulation)
    world?.runConcluded()
    _ = mp_sim_enter(before)
  }

  private func end() {
    report?.abandonedTasks = mp_sim_end(simulation)
    world = nil
    mp_heap_shake_end(heapShake)
    phase = .ended
  }
}

/// How the body ended, if it did.
private final class BodyOutcome: @unchecked Sendable {
  var error: (any Error)?
}

/// Makes the loop with the strategy's type known, so that it is specialised for each of ours.
private struct LoopMaker: StrategyVisitor {
  let simulation: UnsafeMutablePointer<mp_sim>
  let seed: UInt64

  mutating func visit<Strategy: SchedulingStrategy>(_ strategy: Strategy) -> any RunLoop {
    StrategyLoop(simulation, strategy, seed: seed)
  }
}
