//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What one `buggify` site did in a run.
public struct BuggifySite: Sendable, Hashable, CustomStringConvertible {
  /// `Module/File.swift:12`, or the site's own name.
  public let name: String
  /// How often it was visited while buggify was on.
  public internal(set) var visited: UInt64
  /// Whether this run armed it.
  public let isArmed: Bool
  /// How often it fired.
  public internal(set) var fired: UInt64

  /// Such as `Shop/Orders.swift:12: fired 3 of 17 visits`.
  public var description: String {
    "\(name): \(isArmed ? "fired \(fired) of" : "not armed,") \(visited) visits"
  }
}
