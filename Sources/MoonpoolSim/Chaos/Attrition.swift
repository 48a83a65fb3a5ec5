//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Processes that go down and come back, at intervals, within a budget:
/// `Chaos { Attrition(.swarm, maxDead: 1) }`.
public struct Attrition: Sendable, Hashable {
  /// How a process goes down.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// It is asked to stop, has a grace period, and is then killed.
    case graceful
    /// It is killed at once; its machine goes on: ``RebootKind/kill``.
    case kill
    /// The kernel of its machine crashes and starts again: ``RebootKind/crash``.
    case crash
    /// Its machine is off for a while: ``RebootKind/powerLoss``.
    case powerLoss
    /// Its machine crashes, and its disk is lost: ``RebootKind/crashAndWipe``.
    case wipe
  }

  /// What goes down together.
  public enum Scope: String, Sendable, Hashable, CaseIterable {
    /// One process.
    case process
    /// All processes of a machine.
    case machine
    /// All processes of a zone.
    case zone
    /// All processes of a datacenter.
    case datacenter
  }

  /// What it is called in reports and streams. Two of a chaos phase need different names.
  public var name = "attrition"
  /// How each seed chooses the weights and times below; `off`: they are as they stand here.
  public private(set) var mode = ChaosMode.off
  /// The kinds that may come.
  ///
  /// With figures of your own all of these; with drawn ones all but ``Kind/wipe``, which has to be
  /// asked for with ``with(_:)``.
  public var families = Set(Kind.allCases)
  /// How many processes may be down at a time, whatever for; 0 switches attrition off.
  public var maxDead: Int
  /// The weight of stopping gracefully, 0 or more; only the ratios of the weights matter.
  public var graceful: Double
  /// The weight of a kill, 0 or more.
  public var kill: Double
  /// The weight of a crash, 0 or more.
  public var crash: Double
  /// The weight of a loss of power, 0 or more.
  public var powerLoss: Double
  /// The weight of a crash that loses the disk, 0 or more.
  public var wipe: Double
  /// What goes down together.
  public var scope: Scope
  /// How long between two strikes, in virtual time; its upper bound is at least 1 ns.
  public var interval: ClosedRange<Duration>
  /// How long a process has to stop gracefully.
  public var grace: ClosedRange<Duration>
  /// How long a process that went down stays down.
  public var recovery: ClosedRange<Duration>
  /// The tag that those have who may go down; nil: all may. A group of the scenario must have it.
  public var victims: ProcessTag?

  /// No attrition.
  public static let off = Attrition(maxDead: 0)

  /// Weights and times that each seed draws with ``random(from:)``; swarm tosses a coin for each
  /// kind. With the mode `off` nothing ever goes down.
  ///
  /// What is set in the fields of such a value has no effect, except ``name``, ``families``,
  /// ``maxDead``, ``scope`` and ``victims``: only you know what the system must survive.
  public init(_ mode: ChaosMode, maxDead: Int = 1, victims: ProcessTag? = nil) {
    self.init(maxDead: mode == .off ? 0 : maxDead, victims: victims)
    self.mode = mode
    if mode != .off { families.remove(.wipe) }
  }

  /// Figures of your own.
  ///
  /// By default what a correct program survives comes as often, each kind: graceful ends, kills,
  /// crashes and losses of power. No source states weights; moonpool 0.8, which has neither kills
  /// nor losses of power, leaves them to its user. A wipe undoes what a program was told is durable
  /// and has to be asked for. Interval, grace and recovery are moonpool's.
  public init(
    maxDead: Int, graceful: Double = 1, kill: Double = 1, crash: Double = 1,
    powerLoss: Double = 1, wipe: Double = 0,
    scope: Scope = .process, interval: ClosedRange<Duration> = .seconds(1) ... .seconds(5),
    grace: ClosedRange<Duration> = .seconds(2) ... .seconds(5),
    recovery: ClosedRange<Duration> = .seconds(1) ... .seconds(10), victims: ProcessTag? = nil
  ) {
    self.maxDead = maxDead
    self.graceful = graceful
    self.kill = kill
    self.crash = crash
    self.powerLoss = powerLoss
    self.wipe = wipe
    self.scope = scope
    self.interval = interval
    self.grace = grace
    self.recovery = recovery
    self.victims = victims
  }

  /// The same without some kinds.
  public func without(_ masked: Kind...) -> Attrition {
    var copy = self
    copy.families.subtract(masked)
    return copy
  }

  /// The same with some kinds that come only if they are asked for.
  public func with(_ wanted: Kind...) -> Attrition {
    var copy = self
    copy.families.formUnion(wanted)
    return copy
  }

  /// The weight of a kind; 0 if it is off.
  public func weight(of kind: Kind) -> Double {
    guard families.contains(kind) else { return 0 }
    return switch kind {
    case .graceful: graceful
    case .kill: kill
    case .crash: crash
    case .powerLoss: powerLoss
    case .wipe: wipe
    }
  }

  /// The sum of all weights.
  private var total: Double { Kind.allCases.reduce(0) { $0 + weight(of: $1) } }

  /// Whether anything ever goes down.
  public var isOff: Bool { maxDead <= 0 || total <= 0 }

  /// Refuses negative, infinite, NaN and all-zero weights, a negative budget, and bad durations.
  ///
  /// - Parameter field: The path to this configuration, for the error.
  public func validate(_ field: String) throws(InvalidConfiguration) {
    guard maxDead >= 0 else {
      throw InvalidConfiguration("\(field).maxDead", "is \(maxDead); must not be negative")
    }
    var all = self
    all.families = Set(Kind.allCases)
    for kind in Kind.allCases {
      try InvalidConfiguration.check(amount: all.weight(of: kind), "\(field).\(kind.rawValue)")
    }
    guard maxDead == 0 || all.total > 0 else {
      throw InvalidConfiguration(field, "has weights of 0 alone; set one, or maxDead to 0")
    }
    guard all.total < .infinity else {
      throw InvalidConfiguration(field, "has weights whose sum is infinite")
    }
    try InvalidConfiguration.check(durations: interval, "\(field).interval")
    guard interval.upperBound >= .nanoseconds(1) else {
      throw InvalidConfiguration("\(field).interval", "is \(interval); must reach 1 ns")
    }
    try InvalidConfiguration.check(durations: grace, "\(field).grace")
    try InvalidConfiguration.check(durations: recovery, "\(field).recovery")
  }
}
