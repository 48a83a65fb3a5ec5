//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension SpaceTime {
  /// A process or a client, on a machine of its own.
  public struct Lane: Sendable, Hashable, Codable {
    /// What it is.
    public enum Kind: String, Sendable, Hashable, Codable {
      /// A part of the system under test.
      case process
      /// A test driver.
      case client
      /// A machine on the network that is neither.
      case machine
    }

    /// Its name.
    public var name: String
    /// What it is.
    public var kind: Kind
    /// The address of its machine.
    public var address: String
    /// How it stood, without gaps since it was first started.
    public var spans: [Span]

    /// Creates a lane.
    public init(name: String, kind: Kind, address: String, spans: [Span] = []) {
      self.name = name
      self.kind = kind
      self.address = address
      self.spans = spans
    }
  }

  /// How a process stood for a while.
  public struct Span: Sendable, Hashable, Codable {
    /// How it stood.
    public var state: LifeState
    /// Since when.
    public var begin: UInt64
    /// Until when.
    public var end: UInt64

    /// Creates a span.
    public init(_ state: LifeState, begin: UInt64, end: UInt64) {
      self.state = state
      self.begin = begin
      self.end = end
    }
  }

  /// How a process stands.
  public enum LifeState: String, Sendable, Hashable, Codable, CaseIterable {
    /// Its program runs.
    case running
    /// It has been asked to end.
    case stopping
    /// It has ended as it was asked to.
    case stopped
    /// Its program has ended by itself.
    case exited
    /// It was killed, and its machine lives.
    case killed
    /// Its machine's kernel has died.
    case crashed
    /// Its machine has no power.
    case powerLost
    /// Its machine has died, and its disk is empty.
    case wiped

    init(after reboot: RebootKind) {
      self =
        switch reboot {
        case .graceful: .stopped
        case .kill: .killed
        case .crash: .crashed
        case .powerLoss: .powerLost
        case .crashAndWipe: .wiped
        }
    }
  }

  /// Something that was done to the system under test for a while, or once.
  public struct Fault: Sendable, Hashable, Codable {
    /// The family, as on the timeline: `network.clog`; `partition` for all partitions.
    public var name: String
    /// When it began.
    public var begin: UInt64
    /// When it ended: at the end of the run at the latest.
    public var end: UInt64
    /// Whom it struck, by position; of a partition one side.
    public var lanes: [Int32]
    /// The other side of a partition, or the far end of what it struck.
    public var others: [Int32]
    /// Whether only what goes from ``lanes`` to ``others`` is struck.
    public var isOneWay: Bool

    /// Creates a fault.
    public init(
      _ name: String, begin: UInt64, end: UInt64, lanes: [Int32], others: [Int32] = [],
      isOneWay: Bool = false
    ) {
      self.name = name
      self.begin = begin
      self.end = end
      self.lanes = lanes
      self.others = others
      self.isOneWay = isOneWay
    }
  }
}
