//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What the network's faults did to the system under test, counted where it happened.
public struct NetworkEffects: Sendable, Hashable {
  /// Ways that were cut.
  public struct Partition: Sendable, Hashable {
    /// Partitions that began.
    public internal(set) var fired = 0
    /// Deliveries that had to be sent again.
    public internal(set) var deliveriesDelayed = 0
    /// Bytes in them.
    public internal(set) var bytesDelayed = 0
    /// Steps of handshakes that were lost.
    public internal(set) var handshakesLost = 0
    /// Deliveries whose acknowledgement was lost.
    public internal(set) var acknowledgementsLost = 0
    /// Connections that gave up.
    public internal(set) var connectionsLost = 0
    /// Bytes that had arrived when the sender was told that they hadn't.
    public internal(set) var deliveredButReportedFailed = 0
    /// Datagrams that were lost.
    public internal(set) var datagramsLost = 0

    mutating func delayed(_ bytes: Int) {
      deliveriesDelayed += 1
      bytesDelayed += bytes
    }
  }

  /// Links that passed nothing on for a while.
  public struct Clog: Sendable, Hashable {
    /// Clogs that began.
    public internal(set) var fired = 0
    /// Deliveries that came later than they would have, each once however long it took.
    public internal(set) var deliveriesDelayed = 0
    /// Bytes in them when they were held back.
    public internal(set) var bytesDelayed = 0
    /// Datagrams that were lost.
    public internal(set) var datagramsLost = 0

    mutating func delayed(_ bytes: Int) {
      deliveriesDelayed += 1
      bytesDelayed += bytes
    }
  }

  /// Links that were slow for a while.
  public struct LatencySpike: Sendable, Hashable {
    /// What was sent over them meanwhile: bytes, datagrams, steps of handshakes.
    public internal(set) var deliveriesDelayed = 0
    /// Virtual time that was added when they were sent, in nanoseconds: the end of all faults may
    /// have brought them forward.
    public internal(set) var nanosecondsAdded: UInt64 = 0
  }

  /// Bits that changed on their way.
  public struct BitFlip: Sendable, Hashable {
    /// Deliveries that were hit.
    public internal(set) var fired = 0
    /// Bits that changed.
    public internal(set) var bits = 0
  }

  /// How often ``NetworkFaults`` struck: windows that began, and strikes at an instant.
  public internal(set) var strikes: [NetworkFaultFamily: Int] = [:]
  /// Cut ways.
  public internal(set) var partition = Partition()
  /// Clogged links.
  public internal(set) var clog = Clog()
  /// Links that were clogged by a swizzle.
  public internal(set) var swizzledClog = Clog()
  /// Slow links.
  public internal(set) var latencySpike = LatencySpike()
  /// Flipped bits.
  public internal(set) var bitFlip = BitFlip()
  /// Connections that were closed at random, so that both ends saw a reset.
  public internal(set) var connectionsReset = 0
  /// Connections that were closed at random, so that one end saw a reset.
  public internal(set) var connectionsResetAtOneEnd = 0
  /// Connections of which one end vanished without a word.
  public internal(set) var connectionsSilenced = 0
  /// Connects that were refused although somebody listened.
  public internal(set) var connectsRefused = 0
  /// Connects whose first request, or more, got no answer.
  public internal(set) var connectsHung = 0
  /// Requests to connect that found the listener's backlog full.
  public internal(set) var backlogOverflows = 0
  /// Datagrams that were lost at random, as ``NetworkConfiguration/datagramLoss`` says.
  public internal(set) var datagramsLost = 0
  /// Datagrams that were sent twice, as ``NetworkConfiguration/datagramDoubling`` says.
  public internal(set) var datagramsDoubled = 0
  /// Datagrams that were lost in a window of ``NetworkFaultFamily/datagramLoss``.
  public internal(set) var datagramsLostToFaults = 0
  /// Datagrams that were sent twice in a window of ``NetworkFaultFamily/datagramDoubling``.
  public internal(set) var datagramsDoubledByFaults = 0
  /// Datagrams that found the receiver's buffer full.
  public internal(set) var datagramsOverflowed = 0
  /// Writes of which a part was taken, at random.
  public internal(set) var writesShortened = 0
  /// Reads that returned a part of what was there, at random.
  public internal(set) var readsShortened = 0

  /// Nothing was done.
  public init() {}
}
