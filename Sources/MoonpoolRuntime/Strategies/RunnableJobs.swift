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

  @inlinable
  public var startIndex: Int { 0 }

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

/// One job that can run now: a piece of a task, from one suspension to the next.
///
/// A view, like ``RunnableJobs``.
public struct RunnableJob {
  @usableFromInline
  let entry: UnsafeMutablePointer<mp_ready_entry>

  @inlinable
  init(_ entry: UnsafeMutablePointer<mp_ready_entry>) { self.entry = entry }

  /// Birth number of the task in this simulation, from 1; 0 for a job that is no task.
  @inlinable
  public var task: UInt32 { entry.pointee.task }

  /// Number of the node that the job belongs to; 0 is the simulation itself.
  @inlinable
  public var node: Int { Int(entry.pointee.node) }

  /// Whether the job runs on the main actor.
  @inlinable
  public var isMain: Bool { Int32(entry.pointee.flags) & Int32(MP_READY_MAIN) != 0 }

  /// What the strategy has noted for this job; 0 when the job becomes runnable.
  @inlinable
  public var key: UInt64 {
    get { entry.pointee.key }
    nonmutating set { entry.pointee.key = newValue }
  }

  /// Whether both jobs are work of the same actor.
  @inlinable
  public func sharesActor(with other: RunnableJob) -> Bool {
    if isMain || other.isMain { return isMain && other.isMain }
    return resource != 0 && resource == other.resource
  }

  /// Identity of the actor; an address, so it may be compared and nothing else.
  @inlinable
  var resource: UInt { entry.pointee.resource }
}
