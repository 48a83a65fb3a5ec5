//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// The kinds of trouble that ``NetworkFaults`` makes.
public enum NetworkFaultFamily: String, Sendable, Hashable, CaseIterable {
  /// What a process sends, or what is sent to it, waits for a while.
  case clog
  /// Some processes are clogged one after the other, and freed in another order (FoundationDB's
  /// swizzle).
  case swizzledClog
  /// Ways between some hosts and the others are cut for a while.
  case partition
  /// Bits of the next delivery from or to a process change on their way.
  case bitFlip
  /// A connection is reset: both ends hear of it, or only one.
  case randomClose
  /// One end of a connection vanishes. The other learns it by keep-alive, or by writing.
  case halfOpen
  /// For a while all connects to a process are refused.
  case connectRefusal
  /// For a while connects to a process get no answer; TCP asks again after 1 s, 2 s, 4 s, ….
  case connectHang
  /// For a while a process's writes take, and its reads return, only a part.
  case partialIO
  /// For a while all that a process sends, or that is sent to it, takes many times as long.
  case latencySpike
  /// For a while datagrams from and to a process get lost.
  case datagramLoss
  /// For a while datagrams from and to a process arrive twice.
  case datagramDoubling

  /// Its name in streams, on timelines and in swarms: `network.clog`.
  var path: String { "network.\(rawValue)" }
}
