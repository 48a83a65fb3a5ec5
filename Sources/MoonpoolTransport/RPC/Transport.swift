//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolCore
import Synchronization

/// Calls methods of other nodes, and serves this node's: one for each node.
///
/// ```swift
/// let transport = try await Transport.listening(on: node, port: 4600)
/// try transport.serve(at: .wellKnown(7)) { (request: Add, _) in Sum(request.a + request.b) }
/// let add = transport.method(at: server, .wellKnown(7), Add.self, Sum.self)
/// let sum = try await add.getReply(Add(2, 3))
/// ```
///
/// It closes when nobody holds it any more.
public final class Transport: Sendable {
  /// The node that it is on.
  public let node: Node
  /// Where others call this node; nil if they can't.
  public let address: NetworkAddress?
  /// Which life of the node this is, for others.
  public let incarnation: UInt64
  /// Who can be reached.
  public let failures: FailureMonitor
  let configuration: TransportConfiguration
  let calls: CallTable
  let services: ServiceTable
  private let links: Links

  private init(
    on node: Node, address: NetworkAddress?, incarnation: UInt64,
    _ configuration: TransportConfiguration
  ) {
    self.node = node
    self.address = address
    self.incarnation = incarnation
    self.configuration = configuration
    let failures = FailureMonitor(limit: configuration.failedEndpointLimit)
    let services = ServiceTable(on: node)
    let calls = CallTable(
      on: node, configuration, incarnation: incarnation, failures: failures, services: services)
    let events = LinkEvents(
      received: { [weak services, weak calls] link, packet in
        switch packet.kind {
        case .reply, .element: calls?.take(packet)
        default: services?.take(packet, from: .link(link))
        }
      },
      connected: { [weak calls] link in
        // Of others nothing is remembered: anybody can claim an address.
        if let peer = link.peer, link.isWanted { failures.connected(peer) }
        calls?.connected(link)
      },
      lost: { [weak services, weak calls] link, loss, reason in
        if let peer = link.peer, link.isWanted { failures.lost(peer) }
        if case .connection = loss { services?.lost(link) }
        calls?.lost(link, loss, because: reason)
      })
    links = Links(
      on: node, as: LinkIdentity(address: address, incarnation: incarnation), configuration.link,
      events)
    self.failures = failures
    self.services = services
    self.calls = calls
  }

  deinit { close() }

  // MARK: Making one

  /// Makes a transport that others can call.
  ///
  /// Where the configuration names no incarnation, it is kept in the node's storage, in a file
  /// `moonpool-incarnation`: each life's is larger than those before, and not smaller than the wall
  /// clock's microseconds, which serves where the storage was lost.
  ///
  /// - Parameter port: Where others call it, not 0: they have to know it.
  /// - Throws: ``NetworkError``: `addressInUse`, `addressNotAvailable`. ``StorageError``, if the
  ///   incarnation can't be kept.
  public static func listening(
    on node: Node, port: UInt16, _ configuration: TransportConfiguration = .init()
  ) async throws -> Transport {
    precondition(port != 0, "Transport.listening: port is 0; choose the port that others call")
    let incarnation: UInt64
    if let chosen = configuration.incarnation {
      incarnation = chosen
    } else {
      incarnation = try await Incarnation.next(on: node)
    }
    let transport = Transport(
      on: node, address: NetworkAddress(ip: node.address, port: port), incarnation: incarnation,
      configuration)
    try await transport.links.listen()
    return transport
  }

  /// Makes a transport that only calls.
  public static func calling(
    on node: Node, _ configuration: TransportConfiguration = .init()
  ) -> Transport {
    // Nobody knows such a node by its address. It is somebody else in each life.
    let incarnation = configuration.incarnation ?? node.random.int(in: 1...UInt64.max)
    return Transport(on: node, address: nil, incarnation: incarnation, configuration)
  }

  /// Ends all connections, fails all calls as ``ReplyError/closed``, and serves nothing more.
  public func close() {
    calls.close()
    services.close()
    links.close()
  }

  // MARK: Calling

  /// A method to be called, for example one that has arrived as data.
  public func bind<Request, Reply>(
    _ method: MethodEndpoint<Request, Reply>
  ) -> RemoteMethod<Request, Reply> {
    RemoteMethod(
      transport: self, method: method, link: link(to: method.endpoint.address))
  }

  /// A method to be called whose answer is a stream.
  public func bind<Request, Element>(
    _ method: StreamEndpoint<Request, Element>
  ) -> RemoteStream<Request, Element> {
    RemoteStream(transport: self, method: method)
  }

  /// A method of a node, by its token.
  public func method<Request, Reply>(
    at address: NetworkAddress, _ token: UID, _ request: Request.Type = Request.self,
    _ reply: Reply.Type = Reply.self
  ) -> RemoteMethod<Request, Reply> {
    bind(MethodEndpoint(Endpoint(address: address, token: token)))
  }

  /// Sends something to a node if there is no connection with it, so that ``failures`` learns
  /// whether it can be reached.
  public func probe(_ address: NetworkAddress) {
    guard let link = link(to: address), !link.isConnected else { return }
    // If it can't even wait, the node is being called already.
    try? link.send(Packet(.ping, to: .invalid))
  }

  /// What the link to a node has done since there was one.
  public func metrics(of address: NetworkAddress) -> LinkMetrics { links.link(to: address).metrics }

  /// Nil: it is this node.
  private func link(to address: NetworkAddress) -> Link? {
    address == self.address ? nil : links.link(to: address)
  }

  func call<Request: Encodable, Reply: Decodable>(
    _ method: MethodEndpoint<Request, Reply>, over link: Link?, _ request: Request,
    _ mode: DeliveryMode, _ timeout: Duration?
  ) async throws -> Reply {
    let body = try encode(request)
    let bytes = try await calls.call(
      method.endpoint, over: link, body, mode,
      deadline: timeout.map { node.providers.time.now + $0 })
    do {
      return try configuration.codec.decode(Reply.self, from: bytes)
    } catch {
      throw ReplyError.undecodableReply("\(error)")
    }
  }

  func open<Request: Encodable, Element: Decodable>(
    _ method: StreamEndpoint<Request, Element>, _ request: Request, _ credit: UInt32,
    _ timeout: Duration?
  ) throws(ReplyError) -> ElementStream<Element> {
    let buffer = ElementBuffer(credit: credit)
    let number = try calls.open(
      method.endpoint, over: link(to: method.endpoint.address), try encode(request), buffer,
      credit: credit, deadline: timeout.map { node.providers.time.now + $0 })
    return ElementStream(handle: StreamHandle(number, buffer, calls, configuration.codec))
  }

  func send(
    _ request: some Encodable, to endpoint: Endpoint, over link: Link?
  ) throws(ReplyError) {
    let packet = calls.message(endpoint.token, try encode(request))
    guard let link else {
      return services.take(packet, from: .message(nil))
    }
    do {
      try link.send(packet)
    } catch {
      throw error == .closed ? .closed : .notDelivered("\(error)")
    }
  }

  private func encode(_ request: some Encodable) throws(ReplyError) -> [UInt8] {
    do {
      return try configuration.codec.encode(request)
    } catch {
      throw .notDelivered("\(error)")
    }
  }
}
