//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolCore
public import MoonpoolTransport

/// What callers and servers tell of calls: enough to know afterwards whether promises were kept.
public enum CallEvent: NodeEvent {
  /// A caller begins a life; others know it by its address, or don't.
  case began(life: UInt64, isKnown: Bool)
  /// It calls.
  case asked(Call)
  /// A server, in a life of its own, begins with a call; it may come again.
  case carriedOut(id: UInt64, life: UInt64)
  /// A server has let an answer go.
  case forgotten(id: UInt64)
  /// A server stops, since nobody wants the answer.
  case stopped(id: UInt64)
  /// A call is over for its caller.
  case ended(id: UInt64, CallEnd)
  /// Long after a call was given up its connection is still there: the other side has heard of it.
  case undisturbed(id: UInt64)

  public static var eventName: String { "call" }
}

/// One call.
public struct Call: Sendable, Hashable {
  /// Unlike that of all others.
  public var id: UInt64
  /// The life of its caller.
  public var life: UInt64
  /// What is promised.
  public var kind: CallKind
  /// How long it may take, or the other side may be away; nil: there is no limit.
  public var limit: Duration?
}

/// The ways to call, and what happens with it.
public enum CallKind: String, Sendable, Hashable, CaseIterable {
  /// `send`
  case send
  /// `tryGetReply`
  case once
  /// `tryGetReply` with a limit
  case onceInTime
  /// `getReply`
  case untilAnswered
  /// `getReply` of what takes long
  case slow
  /// `getReply` with a limit
  case untilAnsweredInTime
  /// `getReply` where duplicates are suppressed
  case suppressed
  /// `getReplyUnlessFailed`
  case unlessFailed
  /// `getReply`, cancelled
  case cancelled
  /// `getReply`, cancelled, of what takes for ever
  case endless
  /// `tryGetReply` with a limit, of what takes for ever
  case endlessInTime
  /// `getReply` at a token where nothing is
  case nowhere
  /// `getReply` where it goes on in a chain: each block once, and in order
  case chained
  /// A stream, read to its end
  case stream
  /// A stream that is left
  case leftStream
  /// `tryGetReply` of the caller's own node
  case here
}

/// How a call was over.
public enum CallEnd: Sendable, Hashable {
  /// The right answer came.
  case answered
  /// Another answer came: somebody else's.
  case wrong(String)
  /// An error.
  case error(ReplyError)
  /// Its caller gave it up.
  case cancelled
  /// Of a stream that is left, it gave as many as were taken.
  case left
}
