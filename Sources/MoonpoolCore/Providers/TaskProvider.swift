//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Where tasks are started that are nobody's children.
///
/// Swift's own means serve as well, in production and in a simulation: `Task {}`, groups, `async
/// let`. This is for code that wants its tasks named, and stopped with its node.
public protocol TaskProvider: Sendable {
  /// Starts a task. Dropping the handle lets it run on.
  func spawn(
    _ name: String, _ body: @escaping @Sendable () async throws -> Void
  ) -> Task<Void, any Error>
  /// Lets others run first.
  nonisolated(nonsending) func yield() async
}
