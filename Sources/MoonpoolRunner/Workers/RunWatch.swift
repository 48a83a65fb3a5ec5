//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// How long a worker has been in its present run while somebody looked.
///
/// A campaign that is stopped, sleeps with its computer, or waits for its caller doesn't see what
/// its workers do meanwhile: they may have stood still as well, or wait for room to write.
package struct RunWatch {
  /// What may be between two looks.
  private static let longestGap = Duration.milliseconds(100)

  private var index: UInt64?
  private var last: ContinuousClock.Instant?
  private var watched = Duration.zero

  package init() {}

  /// Looks at which run it is in; nil: none. Returns for how long it has been.
  package mutating func look(_ present: UInt64?, at now: ContinuousClock.Instant) -> Duration {
    if present == nil || present != index { (index, last, watched) = (present, nil, .zero) }
    watched += last.map { min(now - $0, Self.longestGap) } ?? .zero
    last = now
    return watched
  }
}
