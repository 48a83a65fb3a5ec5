//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension SpaceTime {
  /// Something that one machine sent to another.
  public struct Message: Sendable, Hashable, Codable {
    /// What it is.
    public enum Kind: UInt8, Sendable, Hashable, Codable, CaseIterable {
      /// The request to connect.
      case connect
      /// The answer to it.
      case accept
      /// Bytes of a stream.
      case data
      /// The end of a stream.
      case finish
      /// The connection is closed forcibly, or refused.
      case reset
      /// A datagram.
      case datagram
    }

    /// What became of it.
    public enum Fate: UInt8, Sendable, Hashable, Codable, CaseIterable {
      /// It was still under way at the end of the run.
      case inFlight
      /// It arrived.
      case delivered
      /// It arrived after a partition or a clog had held it up.
      case deliveredLate
      /// It arrived where nobody wanted it.
      case refused
      /// It was lost on its way, or given up.
      case lost
    }

    /// What it is.
    public var kind: Kind
    /// What became of it.
    public var fate: Fate
    /// Who sent it, by position.
    public var from: Int32
    /// To whom, by position.
    public var to: Int32
    /// When it was sent.
    public var sent: UInt64
    /// When its fate was decided, by arrival or loss; 0 of what was still under way.
    public var ended: UInt64
    /// How many bytes of the program's it carries.
    public var bytes: Int32
    /// The connection that it belongs to, from 0; -1 of a datagram.
    public var connection: Int32

    /// Creates a message that is under way.
    public init(
      _ kind: Kind, from: Int32, to: Int32, sent: UInt64, bytes: Int32 = 0, connection: Int32 = -1
    ) {
      self.kind = kind
      fate = .inFlight
      self.from = from
      self.to = to
      self.sent = sent
      ended = 0
      self.bytes = bytes
      self.connection = connection
    }
  }

  /// An event of the timeline.
  public struct Event: Sendable, Hashable, Codable {
    /// When.
    public var time: UInt64
    /// Whose it is, by position; -1: the simulator's.
    public var lane: Int32
    /// Who says so: a kind of ``TimelineEvent``.
    public var kind: String
    /// The log line's level.
    public var level: String
    /// The log line's text, the typed event's name, the fault's name.
    public var name: String
    /// More about it: `key=a version=3`.
    public var detail: String

    /// Creates an event.
    public init(
      time: UInt64, lane: Int32, kind: String, level: String, name: String, detail: String = ""
    ) {
      self.time = time
      self.lane = lane
      self.kind = kind
      self.level = level
      self.name = name
      self.detail = detail
    }
  }

  /// A property that did not hold.
  public struct Violation: Sendable, Hashable, Codable {
    /// The property, and what was seen.
    public var description: String
    /// When that was seen.
    public var time: UInt64
    /// Whose code saw it, by position; -1: what watches from outside.
    public var lane: Int32
    /// Of an assertion, where it stands.
    public var place: String?
    /// Decisions made until then.
    public var decisionCount: UInt64
    /// Jobs run until then.
    public var jobCount: UInt64

    /// Creates a violation.
    public init(
      _ description: String, time: UInt64, lane: Int32, place: String? = nil,
      decisionCount: UInt64 = 0, jobCount: UInt64 = 0
    ) {
      self.description = description
      self.time = time
      self.lane = lane
      self.place = place
      self.decisionCount = decisionCount
      self.jobCount = jobCount
    }
  }
}
