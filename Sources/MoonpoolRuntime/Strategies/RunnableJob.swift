//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import CMoonpoolRuntime

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
