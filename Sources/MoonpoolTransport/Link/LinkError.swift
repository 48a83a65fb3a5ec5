//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Why a link doesn't take a packet, or lost its connection.
public enum LinkError: Error, Sendable, Hashable, CustomStringConvertible {
  /// So many bytes wait already that there is no room for more.
  case queueIsFull(limit: Int)
  /// The payload is longer than packets may be.
  case payloadIsTooLong(Int, limit: Int)
  /// The transport has been closed.
  case closed
  /// Nothing has been heard from the other side for so long.
  case silent(Duration)
  /// The other side ended the connection.
  case ended
  /// The two nodes use another connection now.
  case replaced
  /// A later life of the node has taken this one's place, for the other side.
  case isPast

  public var description: String {
    switch self {
    case .queueIsFull(let limit): "\(limit) bytes wait to be sent, and no more may"
    case .payloadIsTooLong(let count, let limit):
      "a payload of \(count) bytes; a packet holds at most \(limit)"
    case .closed: "the transport is closed"
    case .silent(let time): "the other side has been silent for \(time)"
    case .ended: "the other side ended the connection"
    case .replaced: "the two nodes use another connection now"
    case .isPast: "the other side knows a later life of this node"
    }
  }
}
