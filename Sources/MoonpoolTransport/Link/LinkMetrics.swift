//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What a link has done since it was made.
public struct LinkMetrics: Sendable, Hashable {
  /// Attempts to connect.
  public var attempts: UInt64 = 0
  /// Connections that were established, by either side.
  public var connections: UInt64 = 0
  /// Connections that were lost.
  public var losses: UInt64 = 0
  /// Packets that were given to a connection.
  public var packetsSent: UInt64 = 0
  /// Bytes of them.
  public var bytesSent: UInt64 = 0
  /// Packets that arrived whole.
  public var packetsReceived: UInt64 = 0
  /// Bytes that arrived, also of packets that never became whole.
  public var bytesReceived: UInt64 = 0
  /// Packets that were refused for want of room.
  public var packetsRefused: UInt64 = 0
  /// Packets that waited for a connection when an attempt at one failed, or the link was closed.
  /// What was under way on a connection that was lost is not counted: nobody knows what arrived.
  public var packetsDropped: UInt64 = 0
  /// Questions whether the other side is alive.
  public var pings: UInt64 = 0
  /// How long the last answer to one took.
  public var roundTrip: Duration?

  /// Creates metrics of a link that has done nothing.
  public init() {}
}

extension LinkMetrics {
  /// Adds what a later connection has done.
  static func += (sum: inout LinkMetrics, other: LinkMetrics) {
    sum.attempts += other.attempts
    sum.connections += other.connections
    sum.losses += other.losses
    sum.packetsSent += other.packetsSent
    sum.bytesSent += other.bytesSent
    sum.packetsReceived += other.packetsReceived
    sum.bytesReceived += other.bytesReceived
    sum.packetsRefused += other.packetsRefused
    sum.packetsDropped += other.packetsDropped
    sum.pings += other.pings
    sum.roundTrip = other.roundTrip ?? sum.roundTrip
  }

  static func + (one: LinkMetrics, other: LinkMetrics) -> LinkMetrics {
    var sum = one
    sum += other
    return sum
  }
}
