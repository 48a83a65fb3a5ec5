//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime

/// Until when any fault of a kind is in force, in nanoseconds: what the path of a byte looks at.
struct FaultHorizon {
  var partialIO: UInt64 = 0
  var connects: UInt64 = 0
  var datagrams: UInt64 = 0
}

/// What is wrong with one host, until when in nanoseconds.
struct HostFaults {
  var refusesUntil: UInt64 = 0
  var hangsUntil: UInt64 = 0
  var partialUntil: UInt64 = 0
  var losesUntil: UInt64 = 0
  var doublesUntil: UInt64 = 0
}

/// What is wrong with all ways out of a host, or into it.
struct WayFault {
  enum Kind {
    case clog
    case swizzle
    /// All takes so many times as long.
    case slowness(UInt64)
  }

  var kind: Kind
  var host: Int32
  /// Which ways: those out of the host, or into it.
  var isOut: Bool
  var until: UInt64

  func concerns(_ link: Link) -> Bool {
    (isOut ? link.from : link.to) == host && link.from != link.to
  }
}

/// Bits that are to flip in what next gets out of a host, or into it.
struct FlipOrder {
  var host: Int32
  var isOut: Bool
  var bits: ClosedRange<Int>

  func concerns(_ link: Link) -> Bool {
    (isOut ? link.from : link.to) == host && link.from != link.to
  }
}

/// The network faults in force, but for partitions.
final class NetworkFaultState {
  /// An event that a clog put off.
  struct HeldBack {
    var kind: EventKind
    var index: Int32
    var generation: UInt32
    var until: UInt64
  }

  var ways: [WayFault] = []
  var flips: [FlipOrder] = []
  var heldBack: [HeldBack] = []
  private var hosts: [HostFaults] = []
  var partialIOMaxBytes = 1
  var lossProbability = 0.0
  var doublingProbability = 0.0

  // What faults do to traffic is drawn apart from when they strike: a system that sends more
  // isn't struck at other times.
  private(set) lazy var flipDraws = draws(.bitFlip)
  private(set) lazy var partialIODraws = draws(.partialIO)
  private(set) lazy var lossDraws = draws(.datagramLoss)
  private(set) lazy var doublingDraws = draws(.datagramDoubling)
  private let streams: (StreamKey) -> DecisionStream

  init(_ streams: @escaping (StreamKey) -> DecisionStream) { self.streams = streams }

  private func draws(_ family: NetworkFaultFamily) -> DecisionStream {
    streams(.faults("\(family.path)/traffic"))
  }

  subscript(_ host: Int32) -> HostFaults {
    get { host < hosts.count ? hosts[Int(host)] : HostFaults() }
    set {
      while hosts.count <= host { hosts.append(HostFaults()) }
      hosts[Int(host)] = newValue
    }
  }

  /// Forgets everything but the events that were put off.
  func clear() {
    ways = []
    flips = []
    hosts = []
  }
}
