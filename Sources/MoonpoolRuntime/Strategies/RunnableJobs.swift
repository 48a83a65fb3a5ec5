//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import CMoonpoolRuntime

/// The jobs that can run now, as a strategy sees them.
///
/// A view of the scheduler's ring: good until the call that it was given to returns. New jobs are
/// at the end. When a job is taken the first one moves into its place, so that always taking index
/// 0 is a queue, and any other order of indices means nothing.
public struct RunnableJobs: RandomAccessCollection {
  @usableFromInline
  let ready: UnsafeMutablePointer<mp_ready>

  /// How many jobs the simulation has run before this choice, forced ones included.
  public let step: UInt64

  package init(_ ready: UnsafeMutablePointer<mp_ready>, step: UInt64) {
    self.ready = ready
    self.step = step
  }

  /// Always 0.
  @inlinable
  public var startIndex: Int { 0 }

  /// How many jobs can run.
  @inlinable
  public var endIndex: Int { Int(mp_ready_count(ready)) }

  /// The jobs that have become runnable since the last one was taken.
  @inlinable
  public var newcomers: Range<Int> {
    endIndex - Int(Swift.min(ready.pointee.arrivals, mp_ready_count(ready)))..<endIndex
  }

  /// The job at an index in `0..<count`.
  @inlinable
  public subscript(index: Int) -> RunnableJob {
    precondition(UInt(bitPattern: index) < UInt(count), "a strategy looked at no runnable job")
    return RunnableJob(mp_ready_at(ready, UInt32(truncatingIfNeeded: index)))
  }

  /// Visits all jobs with their indices; one loop for each of the two segments of the ring.
  @inline(__always)
  func visit(_ body: (RunnableJob, Int) -> Void) {
    guard let ring = ready.pointee.ring else { return }
    let count = self.count
    let first = Int(ready.pointee.head & ready.pointee.mask)
    let untilWrap = Swift.min(count, Int(ready.pointee.mask) + 1 - first)
    for index in 0..<untilWrap { body(RunnableJob(ring + (first + index)), index) }
    for index in untilWrap..<count { body(RunnableJob(ring + (index - untilWrap)), index) }
  }
}
