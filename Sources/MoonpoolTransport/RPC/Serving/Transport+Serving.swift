//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolCore

/// Why something cannot be served.
public enum ServeError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Something is served at the token already.
  case tokenIsTaken(UID)
  /// Nobody can call this node: it was made with ``Transport/calling(on:_:)``.
  case noAddress
  /// The transport is closed.
  case closed

  public var description: String {
    switch self {
    case .tokenIsTaken(let token):
      "something is served at token \(token) already; stop that first, or take another token"
    case .noAddress: "nobody can call this node: make its transport with listening(on:port:)"
    case .closed: "the transport is closed"
    }
  }
}

extension Transport {
  /// Serves a method: runs a handler for each request, many at once.
  ///
  /// What the handler throws its caller gets as ``ReplyError/failed(_:)``. It is cancelled when its
  /// caller doesn't want the answer any more.
  ///
  /// - Parameters:
  ///   - token: Where; nil: at an id that is drawn, and is told to others as data.
  ///   - name: Of the handlers' tasks.
  /// - Returns: The method, as data.
  /// - Throws: ``ServeError``
  @discardableResult
  public func serve<Request: Decodable & Sendable, Reply: Encodable & Sendable>(
    at token: UID? = nil, _ options: ServeOptions = .init(), name: String = "\(Request.self)",
    handler: @escaping @Sendable (Request, RequestContext) async throws -> Reply
  ) throws(ServeError) -> MethodEndpoint<Request, Reply> {
    let (codec, limit) = (configuration.codec, configuration.link.packetLimit)
    let receiver = HandlerReceiver(name, on: node, options) { request in
      let value: Request
      do {
        value = try codec.decode(Request.self, from: request.body)
      } catch {
        return Answer(.undecodable, because: "\(error)")
      }
      do {
        let reply = try await handler(value, RequestContext(request))
        return .encoding(reply, codec, limit: limit)
      } catch {
        return .failing(error, codec, limit: limit)
      }
    }
    return MethodEndpoint(try add(receiver, at: token))
  }

  /// Serves a method whose answer is a stream: runs a handler for each request, which sends
  /// elements.
  ///
  /// The stream ends with the handler. What it throws its caller gets after the elements. It is
  /// cancelled when its caller doesn't want more, or the connection is lost.
  ///
  /// - Throws: ``ServeError``
  @discardableResult
  public func serveStream<Request: Decodable & Sendable, Element: Encodable & Sendable>(
    at token: UID? = nil, _ options: ServeOptions = .init(), name: String = "\(Request.self)",
    handler:
      @escaping @Sendable (Request, ReplyStream<Element>, RequestContext) async throws -> Void
  ) throws(ServeError) -> StreamEndpoint<Request, Element> {
    let (codec, limit) = (configuration.codec, configuration.link.packetLimit)
    let receiver = StreamReceiver(name, on: node, options) { request, gate in
      let value: Request
      do {
        value = try codec.decode(Request.self, from: request.body)
      } catch {
        return Answer(.undecodable, because: "\(error)")
      }
      let stream = ReplyStream<Element>(request: request, gate: gate, codec: codec, limit: limit)
      do {
        try await handler(value, stream, RequestContext(request))
        return Answer(.finished)
      } catch {
        return .failing(error, codec, limit: limit)
      }
    }
    return StreamEndpoint(try add(receiver, at: token))
  }

  /// Serves a method by hand: gives its requests one after the other, each with a promise of an
  /// answer.
  ///
  /// ``ServeOptions/concurrency`` doesn't apply: who takes requests decides how many are at work.
  ///
  /// - Throws: ``ServeError``
  public func requests<Request: Decodable & Sendable, Reply: Encodable & Sendable>(
    at token: UID? = nil, _ options: ServeOptions = .init()
  ) throws(ServeError) -> (
    method: MethodEndpoint<Request, Reply>, requests: RequestStream<Request, Reply>
  ) {
    let queue = RequestQueue(on: node, options)
    let endpoint = try add(queue, at: token)
    let stream = RequestStream<Request, Reply>(
      queue: queue, codec: configuration.codec, limit: configuration.link.packetLimit)
    return (MethodEndpoint(endpoint), stream)
  }

  /// Serves nothing more at a token. Handlers at work come to their end, and their answers are
  /// sent; requests that wait for their turn get ``ReplyError/brokenPromise``, and later ones
  /// ``ReplyError/endpointNotFound``.
  public func stopServing(_ token: UID) { services.remove(token) }

  private func add(_ receiver: any Receiver, at token: UID?) throws(ServeError) -> Endpoint {
    guard let address else { throw .noAddress }
    let token = token ?? drawToken()
    if services.isClosed { throw .closed }
    guard services.add(receiver, at: token) else { throw .tokenIsTaken(token) }
    return Endpoint(address: address, token: token)
  }

  /// An id that nobody else has, and that isn't well known.
  func drawToken() -> UID {
    while true {
      let token = UID(first: node.random.next(), second: node.random.next())
      if token.isValid, !token.isOfWellKnownFamily { return token }
    }
  }
}
