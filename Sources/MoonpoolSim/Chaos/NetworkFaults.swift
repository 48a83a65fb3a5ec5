//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime

/// What goes wrong with the network while a chaos phase lasts: `Chaos { NetworkFaults(.swarm) }`.
///
/// Rates count strikes per process and second of virtual time, except those of ``partition`` and
/// ``swizzledClog``, which count per second for all processes together. So neither what a system
/// sends nor, for those two, how large it is changes how often it is struck.
///
/// Each family draws from streams of its own. Switching one off leaves when and where the others
/// strike as it was.
public struct NetworkFaults: Sendable, Hashable {
  /// Faults that begin at a rate, and end after a while.
  public typealias Windows = FaultWindows

  /// Flipped bits.
  public struct BitFlips: Sendable, Hashable {
    /// How often the next delivery is to be hit, per process and second of virtual time.
    public var rate: Double
    /// How many bits at least and at most, from 1 to 32; each further one is half as likely.
    public var bits: ClosedRange<Int>
    /// The least virtual time between two strikes, anywhere.
    public var cooldown: Duration

    /// Makes bit flips; by default none.
    public init(rate: Double = 0, bits: ClosedRange<Int> = 1...32, cooldown: Duration = .zero) {
      self.rate = rate
      self.bits = bits
      self.cooldown = cooldown
    }
  }

  /// Connections that are reset.
  public struct Closes: Sendable, Hashable {
    /// How often, per process and second of virtual time.
    public var rate: Double
    /// Probability that both ends hear of it at once; else one end does, and the other when it
    /// writes.
    public var explicitRatio: Double
    /// The least virtual time between two strikes, anywhere.
    public var cooldown: Duration

    /// Makes resets; by default none.
    public init(rate: Double = 0, explicitRatio: Double = 0.3, cooldown: Duration = .zero) {
      self.rate = rate
      self.explicitRatio = explicitRatio
      self.cooldown = cooldown
    }
  }

  /// How each seed chooses the figures below; `off`: they are as they stand here.
  public let mode: ChaosMode
  /// The families that may be on. By default all.
  public var families = Set(NetworkFaultFamily.allCases)
  /// See ``NetworkFaultFamily/clog``.
  public var clog = Windows()
  /// See ``NetworkFaultFamily/swizzledClog``. The duration is from the first clog to the last end.
  public var swizzledClog = Windows()
  /// See ``NetworkFaultFamily/partition``.
  public var partition = Windows()
  /// Each partition has one of these; at least one.
  public var partitionShapes = NetworkPartitionShape.allCases
  /// See ``NetworkFaultFamily/bitFlip``.
  public var bitFlip = BitFlips()
  /// See ``NetworkFaultFamily/randomClose``.
  public var randomClose = Closes()
  /// See ``NetworkFaultFamily/halfOpen``: strikes per process and second of virtual time.
  public var halfOpenRate = 0.0
  /// See ``NetworkFaultFamily/connectRefusal``.
  public var connectRefusal = Windows()
  /// See ``NetworkFaultFamily/connectHang``.
  public var connectHang = Windows()
  /// See ``NetworkFaultFamily/partialIO``.
  public var partialIO = Windows()
  /// Most bytes that one write takes or one read returns in such a window; at least 1.
  public var partialIOMaxBytes = 1_000
  /// See ``NetworkFaultFamily/latencySpike``.
  public var latencySpike = Windows()
  /// By what a latency is multiplied then: from 1 to 100,000, uniformly drawn for each window.
  public var latencySpikeFactor = 2...100
  /// See ``NetworkFaultFamily/datagramLoss``.
  public var datagramLoss = Windows()
  /// Probability that a datagram is lost in such a window.
  public var datagramLossProbability = 0.5
  /// See ``NetworkFaultFamily/datagramDoubling``.
  public var datagramDoubling = Windows()
  /// Probability that a datagram arrives twice in such a window.
  public var datagramDoublingProbability = 0.5
  /// How the faults of one zone come in cascades.
  public var correlation: FaultCorrelation

  /// Figures that each seed draws with ``random(from:)``; swarm tosses a coin for each family.
  ///
  /// What is set in the fields of such a value has no effect, except ``families`` and
  /// ``correlation``.
  public init(_ mode: ChaosMode, correlation: FaultCorrelation = .none) {
    self.mode = mode
    self.correlation = correlation
  }

  /// Figures of your own; nothing is on until you set a rate.
  public init() { self.init(.off) }

  /// The same without some families.
  public func without(_ masked: NetworkFaultFamily...) -> NetworkFaults {
    var copy = self
    copy.families.subtract(masked)
    return copy
  }

  /// Strikes of a family per second of virtual time; 0 if it is off.
  func rate(of family: NetworkFaultFamily) -> Double {
    guard families.contains(family) else { return 0 }
    return switch family {
    case .bitFlip: bitFlip.rate
    case .randomClose: randomClose.rate
    case .halfOpen: halfOpenRate
    default: windows(of: family)?.rate ?? 0
    }
  }

  /// What lasts; nil for families that strike at an instant.
  func windows(of family: NetworkFaultFamily) -> Windows? {
    switch family {
    case .clog: clog
    case .swizzledClog: swizzledClog
    case .partition: partition
    case .connectRefusal: connectRefusal
    case .connectHang: connectHang
    case .partialIO: partialIO
    case .latencySpike: latencySpike
    case .datagramLoss: datagramLoss
    case .datagramDoubling: datagramDoubling
    case .bitFlip, .randomClose, .halfOpen: nil
    }
  }

  /// The least time between two strikes of a family.
  func cooldown(of family: NetworkFaultFamily) -> UInt64 {
    switch family {
    case .bitFlip: bitFlip.cooldown.clampedNanoseconds
    case .randomClose: randomClose.cooldown.clampedNanoseconds
    default: 0
    }
  }
}
