//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolCore

/// Swift's own tasks on its own threads.
public struct ConcurrentTasks: TaskProvider {
  /// Creates the provider.
  public init() {}

  public func spawn(
    _ name: String, _ body: @escaping @Sendable () async throws -> Void
  ) -> Task<Void, any Error> {
    Task(name: name, operation: body)
  }

  nonisolated(nonsending) public func yield() async { await Task.yield() }
}
