//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// A configuration was refused before the run: which field, and what it must be.
public struct InvalidConfiguration: Error, Sendable, Hashable, CustomStringConvertible {
  /// The field, with the path to it: `storage.readFault.probability`.
  public var field: String
  /// What is wrong and what is right: `is 1.2; must be in 0...1`.
  public var problem: String

  /// Creates an error.
  public init(_ field: String, _ problem: String) {
    self.field = field
    self.problem = problem
  }

  public var description: String { "invalid configuration: \(field) \(problem)" }
}
