//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Why there is no answer to a request.
///
/// What matters most is whether the request may have been carried out: ``mayHaveHappened``.
public enum ReplyError: Error, Sendable, Hashable {
  /// The connection was lost between the request and its answer: it was carried out, or is being,
  /// or never will be.
  case maybeDelivered
  /// It never left this node: for want of a connection, or of room, or because it is too long.
  case notDelivered(String)
  /// It arrived, and whoever was to answer has gone without: an answer was forgotten, or a handler
  /// was cancelled.
  case brokenPromise
  /// Its handler threw an error.
  case failed(RemoteFailure)
  /// Nothing is served at the endpoint.
  case endpointNotFound
  /// Its time is over. It may have been carried out.
  case deadlineExceeded
  /// The other side has too much to do, and didn't begin with it.
  case overloaded
  /// The other side cannot read the request, and didn't begin with it.
  case undecodableRequest(String)
  /// The request was carried out, but its answer cannot be sent, or cannot be read here.
  case undecodableReply(String)
  /// The transport is closed.
  case closed

  /// Whether the request may have been carried out, or is being.
  public var mayHaveHappened: Bool {
    switch self {
    case .maybeDelivered, .brokenPromise, .failed, .deadlineExceeded, .undecodableReply, .closed:
      true
    case .notDelivered, .endpointNotFound, .overloaded, .undecodableRequest: false
    }
  }
}

extension ReplyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .maybeDelivered: "the connection was lost; the request may have been carried out"
    case .notDelivered(let reason): "the request was not sent: \(reason)"
    case .brokenPromise: "the request arrived, but nobody answered it"
    case .failed(let failure): failure.description
    case .endpointNotFound: "nothing is served at the endpoint"
    case .deadlineExceeded: "the time for the request is over; it may have been carried out"
    case .overloaded: "the other side has too much to do, and didn't begin with the request"
    case .undecodableRequest(let reason): "the other side cannot read the request: \(reason)"
    case .undecodableReply(let reason): "the answer cannot be read: \(reason)"
    case .closed: "the transport is closed"
    }
  }
}
