//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// How a node talks to others: streams, datagrams, names.
///
/// A stream is TCP as a program sees it: bytes in order, each direction closed by itself, back
/// pressure, resets. All waits end with `CancellationError` when the task is cancelled.
public protocol NetworkProvider: Sendable {
  /// The address that this node's connections come from, and that a listener without one binds to.
  var localAddress: IPAddress { get }
  /// What the node's monotonic clock shows.
  var now: Duration { get }
  /// Opens a port for connections. Port 0 takes a free one.
  ///
  /// - Throws: ``NetworkError``: `addressInUse`, `addressNotAvailable`.
  nonisolated(nonsending) func listen(on address: NetworkAddress, backlog: Int) async throws
    -> any ListenerHandler
  /// Connects to a listener.
  ///
  /// - Throws: ``NetworkError``: `connectionRefused`, `timedOut`, `connectionReset`,
  ///   `addressNotAvailable` when no local port is left; ``DeadlineExceeded`` once the node's
  ///   monotonic clock shows `deadline`.
  nonisolated(nonsending) func connect(
    to address: NetworkAddress, by deadline: Duration?
  ) async throws -> any ConnectionHandler
  /// Opens a port for datagrams. Port 0 takes a free one.
  ///
  /// - Throws: ``NetworkError``: `addressInUse`, `addressNotAvailable`.
  nonisolated(nonsending) func bindDatagrams(on address: NetworkAddress) async throws
    -> any DatagramHandler
  /// The addresses that a name stands for, at least one.
  ///
  /// - Throws: ``NetworkError``: `nameNotFound`, `timedOut`.
  nonisolated(nonsending) func resolve(_ name: String) async throws -> [IPAddress]
}

/// A port that is open for connections. It closes when the last reference to it goes.
public protocol ListenerHandler: AnyObject, Sendable {
  /// Where it listens, with the port that it got.
  var localAddress: NetworkAddress { get }
  /// Waits for the next connection.
  ///
  /// - Throws: ``NetworkError/Code/closed`` once the listener is closed.
  nonisolated(nonsending) func accept() async throws -> any ConnectionHandler
  /// Closes the port. Connections that nobody has accepted are reset.
  func close()
}

/// One end of a stream. It closes when the last reference to it goes.
///
/// Trying never waits, so that the common case costs no suspension.
/// One task at a time may read, and one may write; both may be at it at once.
public protocol ConnectionHandler: AnyObject, Sendable {
  /// This end.
  var localAddress: NetworkAddress { get }
  /// The other end.
  var remoteAddress: NetworkAddress { get }
  /// What the node's monotonic clock shows.
  var now: Duration { get }
  /// Takes bytes that have arrived, 1 to `maximum` of them; none at the end of the stream; nil if
  /// there is nothing to be had yet.
  ///
  /// - Throws: ``NetworkError``: `connectionReset`, `timedOut`, `closed`.
  func tryRead(atMost maximum: Int) throws -> [UInt8]?
  /// Waits until ``tryRead(atMost:)`` is worth trying.
  ///
  /// - Throws: ``DeadlineExceeded`` once the node's monotonic clock shows `deadline`.
  nonisolated(nonsending) func waitUntilReadable(by deadline: Duration?) async throws
  /// Gives bytes from index `start` on to the connection, as many as it has room for.
  ///
  /// - Returns: How many it took.
  /// - Throws: ``NetworkError``: `connectionReset`, `brokenPipe`, `timedOut`, `closed`.
  func tryWrite(_ bytes: [UInt8], from start: Int) throws -> Int
  /// Waits until ``tryWrite(_:from:)`` is worth trying.
  ///
  /// - Throws: ``DeadlineExceeded`` once the node's monotonic clock shows `deadline`.
  nonisolated(nonsending) func waitUntilWritable(by deadline: Duration?) async throws
  /// Ends this direction: the other end reads what was written, and then the end of the stream.
  func finish()
  /// Closes both directions. What was written is still delivered, unless bytes that arrived have
  /// not been read: then the other end is reset, as by TCP.
  func close()
  /// Closes at once: what is under way is lost, and the other end gets `connectionReset`.
  func reset()
  /// Sends probes while the connection is idle, so that a peer that has gone without a word is
  /// noticed; nil switches them off.
  func setKeepAlive(_ keepAlive: KeepAlive?)
}

/// When an idle connection is probed.
public struct KeepAlive: Sendable, Hashable {
  /// Silence after which the first probe is sent. More than zero.
  public var idle: Duration
  /// Time between probes. More than zero.
  public var interval: Duration
  /// Unanswered probes after which the connection fails with `timedOut`. At least 1.
  public var count: Int

  /// Creates a setting; the defaults are a server's usual ones. (Linux waits two hours.)
  public init(idle: Duration = .seconds(60), interval: Duration = .seconds(10), count: Int = 6) {
    self.idle = idle
    self.interval = interval
    self.count = count
  }
}

/// A port that is open for datagrams. It closes when the last reference to it goes.
public protocol DatagramHandler: AnyObject, Sendable {
  /// Where it listens, with the port that it got.
  var localAddress: NetworkAddress { get }
  /// Sends one datagram. It may be lost, doubled, or overtaken.
  ///
  /// - Throws: ``NetworkError``: `messageTooLarge` above 65,507 bytes, `closed`.
  nonisolated(nonsending) func send(_ bytes: [UInt8], to address: NetworkAddress) async throws
  /// Waits for the next datagram.
  ///
  /// - Throws: ``NetworkError/Code/closed`` once the port is closed.
  nonisolated(nonsending) func receive() async throws -> Datagram
  /// Closes the port.
  func close()
}

/// A datagram that arrived.
public struct Datagram: Sendable, Hashable {
  /// What was sent.
  public var bytes: [UInt8]
  /// Where it came from.
  public var sender: NetworkAddress

  /// Creates a datagram.
  public init(bytes: [UInt8], sender: NetworkAddress) {
    self.bytes = bytes
    self.sender = sender
  }
}
