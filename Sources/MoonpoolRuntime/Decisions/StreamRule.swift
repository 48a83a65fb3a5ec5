//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What a recipe changes in the decisions of one stream, or of all streams of one domain.
///
///     scheduling#100...=0
///     network@77
public struct StreamRule: Hashable, Sendable {
  /// What is changed.
  public enum Change: Hashable, Sendable {
    /// From its decision of this number on, counted from 1 in the stream, all its values are 0: the
    /// first choice, which is the mildest.
    case zero(from: UInt64)
    /// Its values follow from this seed, whatever the run's seed and breakpoints are.
    case seed(UInt64)
  }

  /// The name of a stream, `network/0-1`, or a domain, `network`.
  public var name: String
  /// What is changed.
  public var change: Change

  /// Makes a rule.
  public init(_ name: String, _ change: Change) {
    self.name = name
    self.change = change
  }
}

extension StreamRule: CustomStringConvertible {
  /// Such as `scheduling#100...=0`.
  public var description: String {
    switch change {
    case .zero(let first): "\(name.asRecipeName)#\(first)...=0"
    case .seed(let seed): "\(name.asRecipeName)@\(seed)"
    }
  }
}
