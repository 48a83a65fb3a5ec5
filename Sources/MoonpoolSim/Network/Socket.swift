//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

/// One end of a stream, and the direction in which it sends.
struct Socket: SlabElement {
  enum Phase: UInt8 {
    /// Nobody's.
    case free
    /// The request to connect is under way.
    case connecting
    /// At the listener; the last step of the handshake is under way, or nobody has accepted yet.
    case arriving
    case established
  }

  struct Flags: OptionSet {
    var rawValue: UInt16
    /// The other end has finished writing, and all of it has arrived.
    static let endOfStream = Flags(rawValue: 1)
    /// This end has finished writing.
    static let finished = Flags(rawValue: 2)
    /// The end of the stream has been sent, after all that was written.
    static let finishSent = Flags(rawValue: 4)
    /// The program has closed this end; what is left goes on by itself.
    static let closed = Flags(rawValue: 8)
    /// A delivery to the other end is scheduled.
    static let delivering = Flags(rawValue: 16)
    /// News of room at the other end is under way to this one.
    static let updating = Flags(rawValue: 32)
    /// A retry because of lost acknowledgements is scheduled.
    static let acknowledging = Flags(rawValue: 64)
    /// The error has been told; from now on reads end and writes fail with `brokenPipe`.
    static let failed = Flags(rawValue: 128)
    /// The end of the stream has reached the other end.
    static let finishDelivered = Flags(rawValue: 256)
    /// A reset is on its way to the other end; to this host the connection is over.
    static let resetSent = Flags(rawValue: 512)
    /// A reset from the other host, which doesn't know the connection, is on its way to this end.
    static let resetDue = Flags(rawValue: 2048)
    /// A fault lets its request to connect go unanswered.
    static let isHung = Flags(rawValue: 4096)
    /// It can be accepted, or has been.
    static let ready = Flags(rawValue: 8192)
    /// The end that connected: its pair of addresses is remembered while it lives.
    static let connector = Flags(rawValue: 1024)
  }

  var generation: UInt32 = 0
  var next: Int32 = -1
  var phase = Phase.free
  var flags: Flags = []
  /// What to tell the program at its next read or write.
  var error: NetworkError.Code?
  var host: Int32 = -1
  var remoteHost: Int32 = -1
  var port: UInt16 = 0
  var remotePort: UInt16 = 0
  /// The kernel's node that it belongs to; 0 for none.
  var node: UInt32 = 0
  var peer = SlabID.none
  /// From this host to the other's, and back.
  var link: Int32 = -1
  var returnLink: Int32 = -1
  /// What has arrived and has not been read.
  var received = ChunkQueue()
  /// What was written and has no room at the other end yet.
  var unsent = ChunkQueue()
  /// What is under way to the other end.
  var inFlight = ChunkQueue()
  /// Bytes that arrived, but whose acknowledgements were lost.
  var unacknowledged = 0
  /// The first of them arrived then.
  var unacknowledgedSince: UInt64 = 0
  /// When the last chunk in flight is due: later ones don't overtake it.
  var lastDue: UInt64 = 0
  /// The path has been cut since then; `.max`: it isn't.
  var stalledSince: UInt64 = .max
  /// When it is tried again, as time from the last try.
  var retryDelay: UInt64 = 0
  /// When something last came from the other end.
  var lastHeard: UInt64 = 0
  var keepAlive: KeepAliveState?
  /// The listener, while arriving.
  var listener = SlabID.none
  /// The number of its connection, and of the step of its handshake that is under way, among what
  /// is written down; -1: nothing is.
  var connection: Int32 = -1
  var step: Int32 = -1
  /// Tasks that wait.
  var reader: OpaquePointer?
  var writer: OpaquePointer?

  /// It has failed: to its host the connection doesn't exist any more.
  var isBroken: Bool { error != nil || flags.contains(.failed) }
}

/// A socket's keep-alive setting in nanoseconds, and how it stands.
struct KeepAliveState {
  var idle: UInt64
  var interval: UInt64
  var count: Int
  var unanswered = 0
  /// When the next probe is due; a timer for another instant is an old one.
  var due: UInt64 = 0
}

/// A port that is open for connections.
struct ListenerState: SlabElement {
  var generation: UInt32 = 0
  var next: Int32 = -1
  var host: Int32 = -1
  var port: UInt16 = 0
  var node: UInt32 = 0
  var backlog = 0
  /// Connections that have arrived or are about to; the first that can be accepted first.
  var firstReady: Int32 = -1
  var lastReady: Int32 = -1
  var waiting = 0
  var acceptor: OpaquePointer?
}
