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
  /// The last event that came earlier instead, because all faults ended.
  var overtaken: UInt64 = 0
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
  /// An event that comes later because of a fault.
  struct PutOff {
    var kind: EventKind
    var index: Int32
    var generation: UInt32
    var link: Int32
    var until: UInt64

    /// What tells it from others in the queue.
    var key: QueuedEvent {
      QueuedEvent(bits: PackedEvent(kind, index, generation).bits, instant: until)
    }
  }

  /// An event as it is in the queue, and when it is due.
  struct QueuedEvent: Hashable {
    var bits: UInt64
    var instant: UInt64
  }

  /// Events that a fault puts off; those that have come are forgotten now and then.
  struct PutOffEvents {
    private(set) var all: [PutOff] = []
    private var limit = 64

    mutating func append(_ event: PutOff, now: UInt64) {
      if all.count >= limit {
        all.removeAll { $0.until < now }
        limit = max(64, 2 * all.count)
      }
      all.append(event)
    }

    /// Puts an event off once more that was due then. False: it hasn't been put off before.
    mutating func extend(_ event: PutOff, due: UInt64) -> Bool {
      var before = event
      before.until = due
      guard let place = all.firstIndex(where: { $0.key == before.key }) else { return false }
      all[place].until = event.until
      return true
    }

    mutating func takeAll() -> [PutOff] {
      defer { self = PutOffEvents() }
      return all
    }
  }

  var ways: [WayFault] = []
  var flips: [FlipOrder] = []
  /// What clogs put off.
  var heldBack = PutOffEvents()
  /// What was sent over slow links, but for the bytes of streams, which know when they are due.
  var slowed = PutOffEvents()
  /// Events that are still in the queue, but came earlier. Never iterated.
  var overtaken: Set<QueuedEvent> = []
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
