//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What links between nodes do about time and room.
public struct LinkConfiguration: Sendable, Hashable {
  /// How long connecting and the exchange of preambles may take together: 5 seconds.
  public var connectTimeout = Duration.seconds(5)
  /// The first delay before another attempt to connect, and the longest: 100 ms to 30 s.
  public var backoff = Duration.milliseconds(100) ... .seconds(30)
  /// How long a connection must last before earlier failures are forgotten: 10 seconds.
  public var stableAfter = Duration.seconds(10)
  /// Silence after which the other side is asked whether it is alive: 1 second.
  public var pingInterval = Duration.seconds(1)
  /// Silence after that question before the connection is given up: 2 seconds. Any byte that
  /// arrives is a sign of life, also in the middle of a packet, and so is room for more where there
  /// was none.
  public var pingTimeout = Duration.seconds(2)
  /// How long a payload may be, in bytes: 1 MiB; below 16 MiB.
  public var packetLimit = 1 << 20
  /// How many bytes may wait to be sent on one link: 16 MiB. While there are
  /// more, packets are refused; the last one that was taken may reach beyond.
  public var queueLimit = 16 << 20
  /// How many connections others may have opened: 10,000. Those beyond are
  /// reset.
  public var acceptLimit = 10_000

  /// Creates a configuration with the defaults. Those of time and size are FoundationDB's and the
  /// Rust moonpool's.
  public init() {}
}
