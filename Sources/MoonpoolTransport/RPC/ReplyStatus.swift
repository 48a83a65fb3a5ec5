//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// The first byte of an answer: what came of the request.
enum ReplyStatus: UInt8, CaseIterable {
  /// The handler's answer follows.
  case value = 0
  /// The handler threw; a ``RemoteFailure`` follows.
  case failed = 1
  /// Whoever was to answer has gone without.
  case brokenPromise = 2
  /// Nothing is served at the token.
  case endpointNotFound = 3
  /// The request can't be read, a text follows: why.
  case undecodable = 4
  /// Its time was over before it was begun.
  case deadlineExceeded = 5
  /// There is too much to do; it was not begun.
  case overloaded = 6
  /// The answer can't be sent, a text follows: why.
  case unsendable = 7
  /// Of a stream: that was all.
  case finished = 8
}
