//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// The deadline that a wait was given has come. Fronts turn it into ``TimeoutError``.
public struct DeadlineExceeded: Error, Sendable, Hashable {
  /// Creates an error.
  public init() {}
}

/// Something took longer than it was given.
public struct TimeoutError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The time that it was given.
  public var limit: Duration

  /// Creates an error.
  public init(limit: Duration) { self.limit = limit }

  public var description: String { "timed out after \(limit)" }
}

extension NodeClock {
  /// Runs `work`, and cancels it when it takes longer than `limit`.
  ///
  /// Work that doesn't heed its cancellation is waited for all the same; if it comes to its end,
  /// its
  /// result counts. For one read or one connect, their own `timeout` is cheaper.
  ///
  /// - Throws: ``TimeoutError``, or what the work throws.
  public func withTimeout<Success: Sendable>(
    _ limit: Duration, _ work: @escaping @Sendable () async throws -> Success
  ) async throws -> Success {
    let clock = self
    return try await withThrowingTaskGroup(of: Success?.self) { group in
      group.addTask(name: "work", operation: work)
      group.addTask(name: "timeout") {
        try await clock.sleep(for: limit)
        return nil
      }
      defer { group.cancelAll() }
      if let first = try await group.next(), let result = first { return result }
      group.cancelAll()
      // Cancelled work may have come to its end all the same.
      if let late = try? await group.next(), let result = late { return result }
      throw TimeoutError(limit: limit)
    }
  }
}
