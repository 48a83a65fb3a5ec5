//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import Synchronization

/// What a node serves, by token.
final class ServiceTable: Sendable {
  private struct State {
    var receivers: [UID: any Receiver] = [:]
    var isClosed = false
  }

  private let node: Node
  private let state = Mutex(State())

  init(on node: Node) { self.node = node }

  var isClosed: Bool { state.withLock { $0.isClosed } }

  // MARK: Changes

  /// False: there is something at the token already, or nothing is served any more.
  func add(_ receiver: any Receiver, at token: UID) -> Bool {
    state.withLock { state in
      guard state.receivers[token] == nil, !state.isClosed else { return false }
      state.receivers[token] = receiver
      return true
    }
  }

  func remove(_ token: UID) {
    state.withLock { $0.receivers.removeValue(forKey: token) }?.close()
  }

  func close() {
    let receivers = state.withLock { state in
      state.isClosed = true
      defer { state.receivers = [:] }
      return state.receivers
    }
    for token in receivers.keys.sorted() { receivers[token]!.close() }
  }

  // MARK: What arrives

  /// Takes a packet from elsewhere, or from this node.
  func take(_ packet: Packet, from origin: RequestOrigin) {
    let receiver = state.withLock { $0.receivers[packet.token] }
    switch packet.kind {
    case .request, .message:
      // Nobody could be answered who doesn't say to whom.
      guard let head = RequestHead(packet.payload) else { return }
      let deadline = head.limit.map { node.providers.time.now + $0 }
      let request = ReceivedRequest(
        origin: packet.kind == .message ? .message(origin.link) : origin, head: head,
        body: packet.payload.dropFirst(RequestHead.size), deadline: deadline)
      if let receiver { return receiver.receive(request) }
      request.answer(Answer(.endpointNotFound))
    case .cancel:
      guard let name = RequestName(packet.payload) else { return }
      receiver?.cancel(name.key(from: origin))
    case .credit:
      guard let name = RequestName(packet.payload) else { return }
      receiver?.credit(name.key(from: origin), name.count)
    case .reply, .element, .ping, .pong: break
    }
  }

  /// A connection is lost.
  func lost(_ link: Link) {
    let receivers = state.withLock { $0.receivers }
    for token in receivers.keys.sorted() { receivers[token]!.lost(link) }
  }
}

extension RequestName {
  fileprivate func key(from origin: RequestOrigin) -> RequestKey {
    RequestKey(
      caller: Caller(address: origin.address, incarnation: incarnation), number: number)
  }
}
