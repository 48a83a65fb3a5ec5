//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime

/// A network configuration in whole nanoseconds and bytes, ready for use.
struct NetworkFigures {
  let latency: LatencySampler
  let connectLatency: LatencySampler
  let acceptLatency: LatencySampler
  let bindLatency: LatencySampler
  let nameLatency: LatencySampler
  let distance: ClosedRange<UInt64>
  let loopback: UInt64
  let bandwidth: UInt64
  let sendBuffer: Int
  let receiveWindow: Int
  let segmentSize: Int
  let connectTimeout: UInt64
  let retransmission: UInt64
  let longestRetransmission: UInt64
  let giveUp: UInt64
  let datagramLoss: Double
  let datagramDoubling: Double
  let datagramBuffer: Int

  /// Time until an unanswered request to connect is sent again; doubled each time (RFC 6298).
  static let connectRetry: UInt64 = 1_000_000_000
  /// The longest such time at the accepting side: it gives up after 63 s, as on Linux
  /// (`tcp_synack_retries` 5).
  static let longestAnswerRetry: UInt64 = 32_000_000_000

  init(_ configuration: NetworkConfiguration) {
    latency = LatencySampler(configuration.latency)
    connectLatency = LatencySampler(configuration.connectLatency)
    acceptLatency = LatencySampler(configuration.acceptLatency)
    bindLatency = LatencySampler(configuration.bindLatency)
    nameLatency = LatencySampler(configuration.nameLatency)
    distance =
      configuration.distance.lowerBound
      .clampedNanoseconds...configuration.distance.upperBound
      .clampedNanoseconds
    loopback = configuration.loopbackLatency.clampedNanoseconds
    bandwidth = UInt64(configuration.bandwidth ?? 0)
    sendBuffer = configuration.sendBuffer
    receiveWindow = configuration.receiveWindow
    segmentSize = configuration.segmentSize ?? .max
    connectTimeout = configuration.connectTimeout.clampedNanoseconds
    retransmission = configuration.retransmission.clampedNanoseconds
    longestRetransmission = configuration.longestRetransmission.clampedNanoseconds
    giveUp = configuration.giveUp.clampedNanoseconds
    datagramLoss = configuration.datagramLoss
    datagramDoubling = configuration.datagramDoubling
    datagramBuffer = configuration.datagramBuffer
  }

  /// Nanoseconds that so many bytes occupy a link.
  func transmissionTime(_ bytes: Int) -> UInt64 {
    let (high, low) = UInt64(bytes).multipliedFullWidth(by: 1_000_000_000)
    return bandwidth.dividingFullWidth((high % bandwidth, low)).quotient
  }
}
