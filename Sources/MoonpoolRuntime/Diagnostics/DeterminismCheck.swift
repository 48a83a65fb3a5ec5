//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime

/// A seed run twice in lock-step: the second run must make the decisions of the first, event by
/// event.
public struct DeterminismCheck: Sendable {
  /// The report of the first run.
  public let first: RunReport
  /// What differed; nil if nothing did.
  public let finding: Nondeterminism?
}

/// The first difference between two runs of one recipe.
public struct Nondeterminism: Sendable, CustomStringConvertible {
  /// What let the outside in.
  public enum LikelyCause: String, Sendable, Hashable, CaseIterable {
    /// `Set` or `Dictionary` order, because this process hashes with a random seed.
    case hashOrder
    /// Something is ordered by the addresses of objects: `ObjectIdentifier`, pointers, or hashes of
    /// these.
    case addressOrder
    /// Real time or another value of the real process was read.
    case wallClock
    /// State outlives a run: a lazy static, a cache, a counter.
    case leftoverGlobal

    /// What to look for, as half a sentence.
    public var advice: String {
      switch self {
      case .hashOrder: "the order of a Set or Dictionary; link Moonpool into the executable itself"
      case .addressOrder:
        "an order by object address, such as a Set of ObjectIdentifier; sort by a stable key"
      case .wallClock: "real time, such as CPU time; use ContinuousClock"
      case .leftoverGlobal:
        "a global, static or cache that the first run has changed; make it anew for each run"
      }
    }
  }

  /// The first decision that differs; nil when only events differ.
  public var divergence: Divergence?
  /// The first event that differs, as the first and the second run had it; nil when a decision
  /// differs before.
  public var events: (first: TraceEvent?, second: TraceEvent?)?
  /// Whose job ran when the runs parted, and where it was.
  public var site: CodeSite?
  /// What probably let the outside in.
  public var likelyCause: LikelyCause

  /// One line.
  public var description: String {
    var what = "runs of one seed differ"
    if let divergence {
      what = "not deterministic: \(divergence)"
    } else if let events {
      let first = events.first.map(\.description) ?? "the end"
      let second = events.second.map(\.description) ?? "the end"
      what = "not deterministic: first “\(first)”, then “\(second)”"
    }
    var place = ""
    if let site {
      place = ", in \(site.task)" + (site.frames.first.map { " at \($0)" } ?? "")
    }
    return "\(what)\(place); likely \(likelyCause.advice)"
  }
}

extension Simulation {
  /// Runs `body` twice under `recipe`, the second time in lock-step with the first, and a third
  /// time to find out why if they differ. A first run that fails is not repeated.
  ///
  /// Values that influence neither a decision nor an event are not compared.
  public static func checkDeterminism(
    _ recipe: Recipe, options: SimulationOptions = SimulationOptions(), _ body: @escaping Body
  ) async -> DeterminismCheck {
    let first = await run(recipe, options: comparable(options), body)
    guard first.passed else { return DeterminismCheck(first: first, finding: nil) }
    return DeterminismCheck(
      first: first, finding: await difference(from: first, options: options, body))
  }

  /// The options under which a run can be compared with another.
  package static func comparable(_ options: SimulationOptions) -> SimulationOptions {
    var options = options
    options.recordsDecisions = true
    options.trace = .full
    return options
  }

  /// Runs `body` in lock-step with an earlier run of it that had ``comparable(_:)`` options.
  package static func difference(
    from first: RunReport, options: SimulationOptions, _ body: @escaping Body
  ) async -> Nondeterminism? {
    var comparison = LockStepComparison(first: first)
    while let step = comparison.next(options) {
      comparison.add(await run(first.recipe, options: step.options, following: step.log, body))
    }
    return comparison.difference
  }

  /// The same for callers that may block.
  package static func difference(
    from first: RunReport, options: SimulationOptions, _ body: @escaping Body
  ) -> Nondeterminism? {
    var comparison = LockStepComparison(first: first)
    while let step = comparison.next(options) {
      comparison.add(run(first.recipe, options: step.options, following: step.log, body))
    }
    return comparison.difference
  }
}

/// Two runs, and a third one if they differ: what to run next, and what it all means.
package struct LockStepComparison {
  private var reports: [RunReport]
  private let hashingIsDeterministic: Bool

  package init(first: RunReport, hashingIsDeterministic: Bool = mp_hashing_is_deterministic()) {
    reports = [first]
    self.hashingIsDeterministic = hashingIsDeterministic
  }

  /// One more run: how, and which log it follows.
  package struct Step {
    package var options: SimulationOptions
    package var log: DecisionLog?
  }

  /// The next run: the second follows the first's log, the third none; nil when no run is needed
  /// any more. Each has another heap, so that dependence on addresses shows.
  package func next(_ options: SimulationOptions) -> Step? {
    var options = Simulation.comparable(options)
    options.heapShake = UInt64(reports.count)
    switch reports.count {
    case 1: return Step(options: options, log: reports[0].decisions)
    case 2 where difference != nil: return Step(options: options, log: nil)
    default: return nil
    }
  }

  package mutating func add(_ report: RunReport) { reports.append(report) }

  /// How the second run differs from the first; nil if it does not.
  package var difference: Nondeterminism? {
    guard reports.count > 1 else { return nil }
    let (first, second) = (reports[0], reports[1])
    if case .diverged(let divergence) = second.verdict {
      return Nondeterminism(
        divergence: divergence, events: nil, site: second.divergenceSite, likelyCause: cause)
    }
    guard let before = first.trace?.events, let after = second.trace?.events, before != after else {
      return nil
    }
    let index = zip(before, after).enumerated().first { $1.0 != $1.1 }?.offset
    let position = index ?? min(before.count, after.count)
    let pair = (
      first: position < before.count ? before[position] : nil,
      second: position < after.count ? after[position] : nil
    )
    let site = (pair.first ?? pair.second).map { CodeSite(task: $0.task, frames: []) }
    return Nondeterminism(divergence: nil, events: pair, site: site, likelyCause: cause)
  }

  /// The first run differs from two equal later ones: it has left something behind. All differ: the
  /// outside gets in.
  private var cause: Nondeterminism.LikelyCause {
    if !hashingIsDeterministic { return .hashOrder }
    guard reports.count == 3 else { return .addressOrder }
    if agree(reports[1], reports[2]) { return .leftoverGlobal }
    return reports.contains { $0.realReadCount > 0 } ? .wallClock : .addressOrder
  }

  /// Whether `later` begins as `stopped` did, which ended where it left the first run.
  private func agree(_ stopped: RunReport, _ later: RunReport) -> Bool {
    guard let a = stopped.decisions, let b = later.decisions, a.count <= b.count else {
      return false
    }
    for number in 1..<(a.count + 1) {
      let same =
        a.stream(of: number) == b.stream(of: number) && a[number].bound == b[number].bound
        && a[number].value == b[number].value && a[number].task == b[number].task
      if !same { return false }
    }
    guard case .diverged = stopped.verdict else { return stopped.trace == later.trace }
    return true
  }
}
