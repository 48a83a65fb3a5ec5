//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolCore

/// The operating system's random numbers, fit for secrets.
public struct SystemRandom: RandomProvider {
  /// Creates the provider.
  public init() {}

  public func next() -> UInt64 {
    var generator = SystemRandomNumberGenerator()
    return generator.next()
  }

  public func next(below bound: UInt64) -> UInt64 {
    var generator = SystemRandomNumberGenerator()
    return generator.next(upperBound: bound)
  }
}
