//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolRuntime

/// Processes that stand still or are slow while a chaos phase lasts:
/// `Chaos { ProcessFaults(.swarm) }`.
///
/// Rates count strikes per process and second of virtual time.
public struct ProcessFaults: Sendable, Hashable {
  /// The kinds of trouble.
  public enum Family: String, Sendable, Hashable, CaseIterable {
    /// A process stands still for a while: see ``FaultContext/pause(_:for:)``.
    case pause
    /// A process is slow for a while: see ``FaultContext/slow(_:by:for:)``.
    case slowness
  }

  /// Faults that begin at a rate, and end after a while.
  public typealias Windows = FaultWindows

  /// What it is called in reports and streams. Two of a chaos phase need different names.
  public var name = "process"
  /// How each seed chooses the figures below; `off`: they are as they stand here.
  public let mode: ChaosMode
  /// The families that may be on. By default all.
  public var families = Set(Family.allCases)
  /// See ``Family/pause``.
  public var pause = Windows()
  /// See ``Family/slowness``.
  public var slowness = Windows()
  /// How many times as long work takes then: from 1 to 1,000, uniformly drawn for each window.
  public var slownessFactor = 2...20
  /// How the faults of one zone come in cascades; `none`: as those of the whole chaos phase.
  public var correlation = FaultCorrelation.none
  /// The tag that those have who may be struck; nil: all may. A group of the scenario must have it.
  public var victims: ProcessTag?

  /// Figures that each seed draws with ``random(from:)``; swarm tosses a coin for each family.
  ///
  /// What is set in the fields of such a value has no effect, except ``name``, ``families``,
  /// ``correlation`` and ``victims``.
  public init(_ mode: ChaosMode) { self.mode = mode }

  /// Figures of your own; nothing is on until you set a rate.
  public init() { self.init(.off) }

  /// The same without some families.
  public func without(_ masked: Family...) -> ProcessFaults {
    var copy = self
    copy.families.subtract(masked)
    return copy
  }

  /// Strikes of a family per process and second of virtual time; 0 if it is off.
  func rate(of family: Family) -> Double {
    families.contains(family) ? windows(of: family).rate : 0
  }

  /// A family's name in streams and swarms: `process.pause`.
  func path(of family: Family) -> String { "\(name).\(family.rawValue)" }

  func windows(of family: Family) -> Windows {
    switch family {
    case .pause: pause
    case .slowness: slowness
    }
  }
}

extension ProcessFaults {
  /// Refuses what is out of the ranges that the fields state, and windows that last no time.
  ///
  /// - Parameter field: The path to this configuration, for the error.
  public func validate(_ field: String) throws(InvalidConfiguration) {
    for family in Family.allCases {
      try windows(of: family).validate("\(field).\(family.rawValue)")
    }
    guard slownessFactor.lowerBound >= 1, slownessFactor.upperBound <= 1_000 else {
      throw InvalidConfiguration(
        "\(field).slownessFactor", "is \(slownessFactor); must be in 1...1,000")
    }
    try correlation.validate("\(field).correlation")
  }

  /// What a seed chooses. A fixed number of decisions; of each the lowest value is the mildest.
  ///
  /// Pauses: 0 to 0.05 per process and second, of 10 ms to 3 s. Slowness: the same, of 100 ms to
  /// 5 s, by 2 to at most 20.
  public static func random(from stream: DecisionStream) -> ProcessFaults {
    func windows(_ first: ClosedRange<Int>, _ last: ClosedRange<Int>) -> Windows {
      let rate = Double(stream.int(in: 0...50)) / 1_000
      let start = stream.int(in: first)
      let end = stream.int(in: last)
      return Windows(
        rate: rate, lasting: .milliseconds(start) ... .milliseconds(max(start, end)))
    }
    var faults = ProcessFaults()
    faults.pause = windows(10...299, 100...2_999)
    faults.slowness = windows(100...999, 500...4_999)
    faults.slownessFactor = 2...stream.int(in: 2...20)
    return faults
  }

  /// The figures of one run.
  func drawn(_ stream: DecisionStream) -> ProcessFaults {
    guard mode != .off else { return self }
    var drawn = ProcessFaults.random(from: stream)
    drawn.correlation = correlation
    drawn.victims = victims
    drawn.name = name
    drawn.families = mode.chosen(of: families, named: path(of:))
    return drawn
  }
}

/// Process faults as a part of ``Chaos``.
extension ProcessFaults: FaultInjector {
  public func validate() throws { try validate(name) }

  public func validate(in scenario: Scenario) throws {
    try scenario.checkVictims(victims, "\(name).victims")
  }

  public func inject(with faults: FaultContext) async throws {
    let figures = drawn(faults.random)
    let zones = FaultZone.all(of: faults, figures.correlation, tagged: figures.victims)
    for family in Family.allCases where figures.rate(of: family) > 0 {
      let lengths = figures.windows(of: family).duration
      let rate = figures.rate(of: family)
      StrikeTrain(path(of: family), perSecond: rate, faults.run, zones) { process, draws in
        let duration = draws.duration(in: lengths)
        switch family {
        case .pause: faults.pause(process, for: duration)
        case .slowness:
          let factor = draws.int(in: figures.slownessFactor)
          faults.slow(process, by: Double(factor), for: duration)
        }
      }.begin()
    }
  }
}
