//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime

/// How the simulated network behaves when nothing is wrong with it.
///
/// Latencies and distances are at most 1 hour each; of an exponential one the mean.
///
/// The handshake of a connection takes three one-way latencies, as TCP's does, plus
/// ``connectLatency`` and ``acceptLatency``.
public struct NetworkConfiguration: Sendable {
  /// Time from sending to arrival, drawn for each segment. By default 100–600 µs, uniformly.
  public var latency: LatencyShape = .uniform(.microseconds(100) ... .microseconds(600))

  /// Added to each latency between two hosts: drawn once for each ordered pair, their distance. By
  /// default none.
  public var distance: ClosedRange<Duration> = .zero ... .zero

  /// What a connection within one host takes. By default 10 µs.
  public var loopbackLatency: Duration = .microseconds(10)

  /// Time until a port is open. By default 50–150 µs.
  public var bindLatency: LatencyShape = .uniform(.microseconds(50) ... .microseconds(150))

  /// Added to the first step of a handshake: by default 1–11 ms.
  public var connectLatency: LatencyShape = .uniform(.milliseconds(1) ... .milliseconds(11))

  /// Time between the end of a handshake and the moment when the connection can be accepted. By
  /// default 1–6 ms.
  public var acceptLatency: LatencyShape = .uniform(.milliseconds(1) ... .milliseconds(6))

  /// Time until a name is resolved. By default 0.5–5 ms.
  public var nameLatency: LatencyShape = .uniform(.microseconds(500) ... .milliseconds(5))

  /// Bytes per second that one link carries; nil: no limit, the default. At least 1.
  public var bandwidth: Int?

  /// Bytes that a write may leave with the connection while the other end has no room. At least 1;
  /// by default 64 KiB.
  public var sendBuffer = 65_536

  /// Bytes that may be under way to a reader or wait for it. At least 1; by default 64 KiB.
  public var receiveWindow = 65_536

  /// The largest piece that travels as one; nil: what was written travels as one, the default of
  /// ``ideal``. At least 1. By default 1,460, an Ethernet frame's payload.
  public var segmentSize: Int? = 1_460

  /// Time after which an unanswered connect fails. By default 127 s, as on Linux
  /// (`tcp_syn_retries` 6).
  public var connectTimeout: Duration = .seconds(127)

  /// Time until something lost is sent again; doubled each time up to
  /// ``longestRetransmission``. By default 200 ms, Linux's least.
  public var retransmission: Duration = .milliseconds(200)

  /// The longest time between two tries. By default 120 s (RFC 6298 asks for at least 60).
  public var longestRetransmission: Duration = .seconds(120)

  /// Time after which a connection whose bytes don't arrive fails with `timedOut`. By default
  /// 924.6 s, as on Linux (`tcp_retries2` 15).
  public var giveUp: Duration = .milliseconds(924_600)

  /// Where connecting ends get their ports. By default 32,768–60,999, as on Linux.
  public var ephemeralPorts: ClosedRange<UInt16> = 32_768...60_999

  /// Probability that a datagram is lost, 0...1.
  public var datagramLoss = 0.0

  /// Probability that a datagram arrives twice, 0...1.
  public var datagramDoubling = 0.0

  /// Bytes of datagrams that wait for a reader; more are lost. By default 212,992, as on Linux.
  public var datagramBuffer = 212_992

  /// Creates the default configuration: a data centre's network with nothing wrong.
  public init() {}

  /// The default: see each field.
  public static let `default` = NetworkConfiguration()

  /// Fast and without detail: 1 µs each way, 10 µs for connecting and accepting, what is written
  /// travels as one.
  public static let ideal: NetworkConfiguration = {
    var ideal = NetworkConfiguration()
    ideal.latency = .fixed(.microseconds(1))
    ideal.loopbackLatency = .microseconds(1)
    ideal.bindLatency = .fixed(.microseconds(1))
    ideal.connectLatency = .fixed(.microseconds(10))
    ideal.acceptLatency = .fixed(.microseconds(10))
    ideal.nameLatency = .fixed(.microseconds(10))
    ideal.segmentSize = nil
    return ideal
  }()

  /// As for disks: more than any network takes, with room for sums in 64 bits of nanoseconds.
  private static let longestLatency = Duration.seconds(3_600)

  /// Checks the ranges that are stated above.
  ///
  /// - Throws: ``InvalidConfiguration``, which names the field.
  public func validate() throws {
    func require(_ holds: Bool, _ field: String, _ problem: @autoclosure () -> String) throws {
      if !holds { throw InvalidConfiguration("network.\(field)", problem()) }
    }
    func positive(_ value: Int, _ field: String) throws {
      try require(value >= 1, field, "is \(value); must be at least 1")
    }
    func positive(_ value: Duration, _ field: String) throws {
      try require(value > .zero, field, "is \(value); must be more than zero")
    }
    for (shape, field) in [
      (latency, "latency"), (bindLatency, "bindLatency"), (connectLatency, "connectLatency"),
      (acceptLatency, "acceptLatency"), (nameLatency, "nameLatency"),
    ] {
      try shape.validate("network.\(field)")
      try require(
        shape.largestFigure <= Self.longestLatency, field, "is \(shape); must be at most 3600 s")
    }
    try require(
      distance.lowerBound >= .zero && distance.upperBound <= Self.longestLatency, "distance",
      "is \(distance); must be in 0 s ... 3600 s")
    try require(
      .zero...Self.longestLatency ~= loopbackLatency, "loopbackLatency",
      "is \(loopbackLatency); must be in 0 s ... 3600 s")
    if let bandwidth { try positive(bandwidth, "bandwidth") }
    if let segmentSize { try positive(segmentSize, "segmentSize") }
    try positive(sendBuffer, "sendBuffer")
    try positive(receiveWindow, "receiveWindow")
    try positive(datagramBuffer, "datagramBuffer")
    try positive(connectTimeout, "connectTimeout")
    try positive(retransmission, "retransmission")
    try positive(giveUp, "giveUp")
    for (time, field) in [
      (connectTimeout, "connectTimeout"), (giveUp, "giveUp"),
      (longestRetransmission, "longestRetransmission"),
    ] { try InvalidConfiguration.check(duration: time, "network.\(field)") }
    try require(
      longestRetransmission >= retransmission, "longestRetransmission",
      "is \(longestRetransmission); must be at least retransmission, \(retransmission)")
    try require(
      ephemeralPorts.lowerBound > 0, "ephemeralPorts",
      "is \(ephemeralPorts); must not contain port 0")
    try InvalidConfiguration.check(probability: datagramLoss, "network.datagramLoss")
    try InvalidConfiguration.check(probability: datagramDoubling, "network.datagramDoubling")
  }
}
