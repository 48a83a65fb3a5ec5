//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What arrived is no stream of packets. The connection is of no use after that.
public enum WireError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The other end is no Moonpool transport, or the first bytes were damaged.
  case foreignPreamble
  /// The two sides have no version of the protocol in common.
  case noCommonVersion(theirs: ClosedRange<UInt16>, ours: ClosedRange<UInt16>)
  /// The head of a packet is damaged.
  case damagedHeader
  /// The payload of a packet is damaged.
  case damagedPayload
  /// A packet is longer than this side takes.
  case tooLong(Int, limit: Int)
  /// A packet is of a kind that this side doesn't know.
  case unknownKind(UInt8)

  public var description: String {
    switch self {
    case .foreignPreamble: "the other end doesn't speak this protocol, or its preamble is damaged"
    case .noCommonVersion(let theirs, let ours):
      "the other end speaks versions \(theirs.lowerBound) to \(theirs.upperBound), this one "
        + "\(ours.lowerBound) to \(ours.upperBound)"
    case .damagedHeader: "the head of a packet is damaged"
    case .damagedPayload: "the payload of a packet is damaged"
    case .tooLong(let length, let limit): "a packet of \(length) bytes; at most \(limit) are taken"
    case .unknownKind(let kind): "a packet of kind \(kind), which this version doesn't know"
    }
  }
}
