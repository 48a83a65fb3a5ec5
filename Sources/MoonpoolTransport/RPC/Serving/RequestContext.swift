//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolCore

/// What a handler may want to know of a request besides its contents.
public struct RequestContext: Sendable {
  /// Where its sender can be called; nil if it can't, or if it is this node.
  public let caller: NetworkAddress?
  /// When its sender doesn't want the answer any more; nil: it waits.
  public let deadline: NodeClock.Instant?

  init(_ request: ReceivedRequest) {
    caller = request.origin.address
    deadline = request.deadline.map { NodeClock.Instant(offset: $0) }
  }
}
