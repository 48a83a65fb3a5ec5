//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

/// Where a request came from, and where its answer goes.
enum RequestOrigin: Sendable {
  /// Over a link.
  case link(Link)
  /// From this node itself.
  case here(CallTable)
  /// It is a message: nobody wants an answer.
  case message(Link?)

  var link: Link? {
    switch self {
    case .link(let link): link
    case .message(let link): link
    case .here: nil
    }
  }

  /// Where its sender can be called.
  var address: NetworkAddress? { link?.peer }

  func answer(_ packet: Packet) {
    switch self {
    // Whoever has no connection any more asks again.
    case .link(let link): link.sendIfConnected(packet)
    case .here(let calls): calls.take(packet)
    case .message: break
    }
  }
}

/// One life of a node that sends requests.
struct Caller: Hashable {
  /// Nil: nobody can call it. Then its incarnation is drawn at random.
  var address: NetworkAddress?
  var incarnation: UInt64
}

/// A request among all of all callers.
struct RequestKey: Hashable {
  var caller: Caller
  var number: UInt64

  /// The number tells nearly all of them apart, and is much quicker than the rest.
  func hash(into hasher: inout Hasher) { hasher.combine(number) }
}

/// A request that has arrived.
struct ReceivedRequest: Sendable {
  let origin: RequestOrigin
  let head: RequestHead
  let body: ArraySlice<UInt8>
  /// When it is too late, by this node's clock; nil: never.
  let deadline: Duration?

  var key: RequestKey {
    RequestKey(
      caller: Caller(address: origin.address, incarnation: head.incarnation), number: head.number)
  }

  /// Says what came of it.
  func answer(_ answer: Answer) {
    origin.answer(Packet(.reply, to: head.replyToken, answer.payload))
  }
}
