//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// A process of the system under test: what one node runs, from its start to its end.
///
/// A factory makes a fresh value for each start; only what it wrote to ``Node/storage`` is there
/// again. Cancellation of the task is the request to stop.
public protocol Program: Sendable {
  /// Runs until it is cancelled, or has nothing left to do.
  func run(on node: Node) async throws
}
