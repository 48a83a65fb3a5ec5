//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Where a node's random numbers come from.
public protocol RandomProvider: Sendable {
  /// 64 random bits.
  func next() -> UInt64
  /// A number in `0..<bound`, uniformly; `bound` is at least 1.
  func next(below bound: UInt64) -> UInt64
}
