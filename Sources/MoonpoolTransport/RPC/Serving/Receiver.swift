//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What stands at a token.
protocol Receiver: Sendable {
  /// A request has arrived, or a message, whose answers go nowhere.
  func receive(_ request: ReceivedRequest)

  /// Its sender doesn't want the answer any more.
  func cancel(_ key: RequestKey)

  /// Of a stream: so many more elements are welcome.
  func credit(_ key: RequestKey, _ count: UInt32)

  /// A connection is lost.
  func lost(_ link: Link)

  /// Nothing is served here any more.
  func close()
}

extension Receiver {
  func credit(_ key: RequestKey, _ count: UInt32) {}
  /// Answers that are single may find another way.
  func lost(_ link: Link) {}
}
