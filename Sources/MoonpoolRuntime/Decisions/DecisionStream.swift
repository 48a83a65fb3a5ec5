//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import CMoonpoolRuntime

/// A stream of random decisions that a simulation's seed determines.
///
/// Every decision counts on the run's odometer and can be recorded, replayed and edited. Copies
/// share one position: the stream belongs to its simulation.
///
/// As a `RandomNumberGenerator` it serves the standard library's `random(in:using:)`. Its own
/// methods are better for a simulation: each makes one decision with the true number of choices,
/// so that a recorded value means something and can be edited.
///
/// A stream is good until its simulation ends; a draw after that is a trap. It must be used on the
/// thread of its simulation, which is where all of a simulation's code runs.
///
/// Determinism: equal seeds and names give equal streams, in every version of Moonpool.
public struct DecisionStream: RandomNumberGenerator {
  @usableFromInline
  nonisolated(unsafe) let stream: UnsafeMutablePointer<mp_stream>
  @usableFromInline
  let generation: UInt32

  package init(_ stream: UnsafeMutablePointer<mp_stream>) {
    self.stream = stream
    self.generation = stream.pointee.generation
  }

  /// Any 64-bit value: one decision.
  @inlinable
  public func next() -> UInt64 { decide(below: 0) }

  /// One decision in `0..<bound`, or among all 64-bit values for a bound of 0.
  @inlinable @inline(__always)
  func decide(below bound: UInt64) -> UInt64 {
    // The memory of a stream outlives its simulation, so that this comparison is always safe.
    guard stream.pointee.generation == generation else { Self.trapSimulationEnded() }
    return mp_draw(stream, bound)
  }

  @usableFromInline @inline(never)
  static func trapSimulationEnded() -> Never {
    fatalError(
      """
      a DecisionStream was used after its simulation had ended; \
      ask for a new one inside each simulation and keep none in globals
      """)
  }
}

extension DecisionStream {
  /// A bijection of 64 bits that makes neighbours unlike each other: the first output of SplitMix64
  /// (Steele, Lea and Flood 2014).
  package static func mixed(_ value: UInt64) -> UInt64 { mp_mix64(value) }
}

// A stream is only ever used by the thread of its simulation; the pointer leads to memory that is
// never unmapped.
extension DecisionStream: Sendable {}

extension DecisionStream {
  /// How many breakpoints have reseeded the streams of this simulation so far.
  ///
  /// A strategy that has drawn parameters ahead of time draws them again when this changes, so that
  /// a breakpoint changes what follows it.
  @inlinable
  public var reseedCount: Int {
    // The owner may be gone when the simulation is.
    guard stream.pointee.generation == generation else { Self.trapSimulationEnded() }
    return Int(stream.pointee.owner.pointee.reseeds)
  }

  /// How many decisions have been drawn from this stream.
  public var drawnCount: UInt64 {
    guard stream.pointee.generation == generation else { Self.trapSimulationEnded() }
    return stream.pointee.drawn
  }
}
