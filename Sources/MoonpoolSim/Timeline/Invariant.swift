//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolRuntime

/// What must hold at every moment of a run, as far as the timeline shows.
///
/// ```swift
/// Invariant("one leader per term", state: [Int: String]()) { leaders, timeline in
///   for (elected, place) in timeline.new(LeaderElected.self) {
///     let first = leaders[elected.term] ?? place.source
///     if first != place.source { throw PropertyViolation("\(first) and \(place.source)") }
///     leaders[elected.term] = first
///   }
/// }
/// ```
///
/// It is checked whenever the timeline has grown and nothing is runnable, and once at the end. The
/// same invariant can be given a recorded log: ``violations(in:)``.
public struct Invariant: Sendable {
  /// Looks at what is new; throws if the property doesn't hold.
  public typealias Check<State> =
    @Sendable (_ state: inout State, _ timeline: inout TimelineReader) throws -> Void

  /// The property, in words that complete "… violated".
  public var property: String
  /// Whether a violation ends the run at once.
  public var response: Simulation.ViolationResponse
  /// Makes a checker with fresh state: each run has its own.
  let begin: @Sendable (Timeline) -> any InvariantChecker

  /// Creates an invariant that remembers something from check to check.
  public init<State>(
    _ property: String, state: @autoclosure @escaping @Sendable () -> State,
    _ response: Simulation.ViolationResponse = .stop, _ check: @escaping Check<State>
  ) {
    self.property = property
    self.response = response
    begin = { Checker(state: state(), reader: TimelineReader($0), check: check) }
  }

  /// Creates an invariant that remembers nothing but how far it has read.
  public init(
    _ property: String, _ response: Simulation.ViolationResponse = .stop,
    _ check: @escaping @Sendable (_ timeline: inout TimelineReader) throws -> Void
  ) {
    self.init(property, state: (), response) { _, timeline in try check(&timeline) }
  }

  private final class Checker<State>: InvariantChecker {
    // Behind pointers: no accesses to register at each step.
    private let state: UnsafeMutablePointer<State>
    private let reader: UnsafeMutablePointer<TimelineReader>
    private let check: Check<State>

    init(state: State, reader: TimelineReader, check: @escaping Check<State>) {
      self.state = .allocate(capacity: 1)
      self.state.initialize(to: state)
      self.reader = .allocate(capacity: 1)
      self.reader.initialize(to: reader)
      self.check = check
    }

    deinit {
      state.deinitialize(count: 1)
      state.deallocate()
      reader.deinitialize(count: 1)
      reader.deallocate()
    }

    func run() throws { try check(&state.pointee, &reader.pointee) }
  }

  /// What a recorded log says, checked after each event: the first violation, or nothing.
  ///
  /// As in a run, it is not asked again once it has failed.
  public func violations(in recorded: some Sequence<TimelineEvent>) -> [String] {
    let timeline = Timeline()
    let checker = begin(timeline)
    for event in recorded {
      timeline.append(event)
      do { try checker.run() } catch { return ["\(event): \(error)"] }
    }
    return []
  }
}

/// One invariant during one run.
protocol InvariantChecker: AnyObject {
  func run() throws
}

/// A property doesn't hold, and what was seen instead.
public struct PropertyViolation: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was seen.
  public var description: String

  /// Creates an error.
  public init(_ description: String) { self.description = description }
}

/// The invariants of one run.
final class InvariantSet {
  private struct Watched {
    let invariant: Invariant
    let checker: any InvariantChecker
    var hasFailed = false
  }
  private var watched: [Watched]
  private let timeline: Timeline
  private var checkedCount = 0

  init(_ invariants: [Invariant], _ timeline: Timeline) {
    self.timeline = timeline
    watched = invariants.map { Watched(invariant: $0, checker: $0.begin(timeline)) }
  }

  /// Checks all if anything is new. An invariant is not asked again once it has failed.
  func check() {
    guard timeline.count != checkedCount else { return }
    checkedCount = timeline.count
    for index in watched.indices where !watched[index].hasFailed {
      do {
        try watched[index].checker.run()
      } catch {
        watched[index].hasFailed = true
        Simulation.recordViolation(
          of: watched[index].invariant.property, detail: "\(error)",
          watched[index].invariant.response)
      }
    }
  }
}
