//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

/// What a call does when its connection is lost.
enum DeliveryMode: Sendable, Hashable {
  /// It fails: it may have been carried out.
  case once
  /// It is sent again, until there is an answer.
  case untilAnswered
  /// The same, until the other side could not be reached for so long without a break.
  case unlessFailed(Duration)

  var isSentAgain: Bool { self != .once }
}

/// A request that waits for its answer.
struct PendingCall: Sendable {
  enum Waiter {
    case single(UnsafeContinuation<ArraySlice<UInt8>, any Error>)
    case stream(ElementBuffer)
  }

  var waiter: Waiter
  /// The way to the other side; nil: it is on this node.
  let link: Link?
  let endpoint: Endpoint
  let mode: DeliveryMode
  let body: [UInt8]
  var credit: UInt32 = 0
  /// A connection was lost after it was sent: it may have been carried out already.
  var mayHaveArrived = false
  /// When it fails; nil: it waits.
  let deadline: Duration?
  /// Since when the other side can't be reached, for ``DeliveryMode/unlessFailed(_:)``.
  var failedSince: Duration?
  /// When it is to be sent again; nil: it has been sent.
  var retry: Duration?

  /// When something is to be done about it; nil: when something happens.
  var due: Duration? {
    var due = [deadline, retry].compactMap(\.self).min()
    if case .unlessFailed(let limit) = mode, let failedSince {
      due = min(due ?? failedSince + limit, failedSince + limit)
    }
    return due
  }

  func resume(with result: Result<ArraySlice<UInt8>, any Error>) {
    switch waiter {
    case .single(let continuation): continuation.resume(with: result)
    case .stream(let buffer):
      switch result {
      // The answer of a stream is its end.
      case .success: buffer.finish(nil)
      case .failure(let error): buffer.finish(error)
      }
    }
  }
}
