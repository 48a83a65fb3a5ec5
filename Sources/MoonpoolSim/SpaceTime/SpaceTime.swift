//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Who did what to whom in one run, and when: what a space-time diagram is drawn from.
///
/// It is in the ``SimulationReport`` of a run whose ``Scenario/spaceTime`` asks for it. Recording
/// draws nothing and waits for nothing: the same seed is the same run with it and without. All
/// times are nanoseconds of virtual time since the start of the run.
public struct SpaceTime: Sendable, Hashable, Codable {
  /// How much of a run is kept at most.
  public struct Limits: Sendable, Hashable, Codable {
    /// At least so many of the last messages are kept, and at most twice as many; at least 1.
    public var messages: Int
    /// So many of the last events are kept at most, of those on the timeline, and up to twice as
    /// many of the last faults and stretches of each process's life; at least 1.
    public var events: Int

    /// Creates limits.
    public init(messages: Int = 200_000, events: Int = 100_000) {
      self.messages = messages
      self.events = events
    }
  }

  /// A step of the run, such as `setUp` or `quiet`: it lasts until the next one begins.
  public struct Phase: Sendable, Hashable, Codable {
    /// What timelines call it.
    public var name: String
    /// When it began.
    public var begin: UInt64

    /// Creates a phase.
    public init(name: String, begin: UInt64) {
      self.name = name
      self.begin = begin
    }
  }

  /// The scenario's name.
  public var scenario: String
  /// The recipe of the run.
  public var recipe: String
  /// The verdict in one word: `passed`, `violated`, ….
  public var verdict: String
  /// The verdict in one line.
  public var summary: String
  /// When the run ended.
  public var end: UInt64
  /// Processes and clients; messages and events name them by position.
  public var lanes: [Lane] = []
  /// The steps of the run, in order.
  public var phases: [Phase] = []
  /// What was sent, in the order of sending.
  public var messages: [Message] = []
  /// How many older messages were not kept.
  public var droppedMessages = 0
  /// Faults, in the order in which they began.
  public var faults: [Fault] = []
  /// How many older faults were not kept.
  public var droppedFaults = 0
  /// What the timeline has, in order.
  public var events: [Event] = []
  /// How many older events were not kept.
  public var droppedEvents = 0
  /// The properties that did not hold, in the order in which that was seen.
  public var violations: [Violation] = []

  /// Creates one of an empty run.
  public init(
    scenario: String, recipe: String, verdict: String, summary: String, end: UInt64
  ) {
    self.scenario = scenario
    self.recipe = recipe
    self.verdict = verdict
    self.summary = summary
    self.end = end
  }

  /// Whether the verdict is `passed`.
  public var passed: Bool { verdict == "passed" }
}

extension SpaceTime.Limits {
  func validate(_ field: String) throws(InvalidConfiguration) {
    for (name, value) in [("messages", messages), ("events", events)] where value < 1 {
      throw InvalidConfiguration("\(field).\(name)", "is \(value); must be at least 1")
    }
  }
}
