//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// A small concurrent program with a race in it, beside the same program without the race.
///
/// Both are ordinary Swift concurrency. Nothing in this module imports Moonpool.
public struct Race: Sendable {
  /// The name that a command line uses.
  public let name: String
  /// The mistake, in one line.
  public let summary: String
  /// What goes wrong and why, in a few sentences.
  public let story: String
  /// The program with the race. Throws ``BrokenInvariant`` in the orders that break it.
  public let buggy: @Sendable () async throws -> Void
  /// The repaired program. Never throws, whatever the order.
  public let fixed: @Sendable () async throws -> Void

  /// Every race of the catalogue, in the order in which they are best read.
  public static let all: [Race] = [
    overdraft, stampede, retry, lastElement, rateLimiter, needle,
  ]

  /// The race of that name, or nil.
  public static func named(_ name: String) -> Race? {
    all.first { $0.name == name }
  }
}

/// A program did what it must never do.
public struct BrokenInvariant: Error, Hashable, CustomStringConvertible {
  /// What was seen, in words.
  public let description: String
}

/// Throws ``BrokenInvariant`` with `message` unless `condition` holds.
func check(_ condition: Bool, _ message: @autoclosure () -> String) throws {
  if !condition { throw BrokenInvariant(description: message()) }
}
