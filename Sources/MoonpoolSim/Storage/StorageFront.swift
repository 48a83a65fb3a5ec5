//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import MoonpoolCore
import MoonpoolRuntime

/// The disks of all machines, and the operations on them that tasks wait for.
///
/// An operation on a disk cannot be cancelled, as little as a real one.
final class StorageFront {
  /// An operation that a task waits for.
  private struct Waiting: SlabElement {
    var generation: UInt32 = 0
    var next: Int32 = -1
    var disk: Unmanaged<Disk>?
    var ticket = DiskTicket(value: 0)
    var continuation: UnsafeMutableRawPointer?
    var result: DiskResult?
  }

  private let simulation: UnsafeMutablePointer<mp_sim>
  private let configuration: StorageConfiguration
  private var disks: [Disk?] = []
  private let waiting = Slab<Waiting>(capacity: 16)
  /// Tasks whose operation a crash has ended: they never go on, until the run is over.
  private var abandoned: [UnsafeMutableRawPointer] = []
  private(set) var isOver = false

  init(_ simulation: UnsafeMutablePointer<mp_sim>, _ configuration: StorageConfiguration) {
    self.simulation = simulation
    self.configuration = configuration
  }

  deinit { waiting.destroy() }

  /// The disk of a machine, if anybody has used it.
  private func usedDisk(of host: Int32) -> Disk? { host < disks.count ? disks[Int(host)] : nil }

  /// The disk of a machine.
  func disk(of host: Int32) -> Disk {
    while disks.count <= host { disks.append(nil) }
    if let disk = disks[Int(host)] { return disk }
    do {
      let disk = try Disk(
        configuration, process: Int(host), decisions: Decisions(simulation.pointee.decisions))
      disks[Int(host)] = disk
      return disk
    } catch {
      fatalError("\(error)")  // validated before the run
    }
  }

  /// What the faults of all disks did.
  var effects: StorageEffects {
    disks.reduce(into: StorageEffects()) { sum, disk in
      if let disk { sum += disk.effects }
    }
  }

  /// Asks a disk, and waits until it has done.
  nonisolated(nonsending) func perform(
    _ operation: DiskOperation, on disk: Disk
  ) async throws -> DiskResult {
    guard !isOver else { throw StorageError(.closed, operation.name) }
    let (ticket, when) = disk.submit(operation, now: simulation.pointee.now)
    if mp_sim_skip_to(simulation, when), let result = disk.complete(ticket) {
      if mp_trace_is_on(simulation) {
        mp_trace_event(simulation, UInt32(EventKind.storageCompletion.rawValue), 0, 0, 1)
      }
      if case .failed(let error) = result { throw error }
      return result
    }
    let index = waiting.take()
    waiting[index].pointee.disk = .passUnretained(disk)
    waiting[index].pointee.ticket = ticket
    let generation = waiting[index].pointee.generation
    mp_event_schedule(simulation, when, PackedEvent(.storageCompletion, index, generation).bits)
    await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
      waiting[index].pointee.continuation = unsafeBitCast(
        continuation, to: UnsafeMutableRawPointer.self)
    }
    guard !isOver, let result = waiting[index].pointee.result else {
      throw StorageError(.closed, operation.name)
    }
    waiting[index].pointee.result = nil
    waiting.giveEmptied(index)
    if case .failed(let error) = result { throw error }
    return result
  }

  /// An operation is due. False: a crash has ended it.
  func complete(_ index: Int32, _ generation: UInt32) -> Bool {
    let operation = waiting[index]
    guard operation.pointee.generation & 0xff_ffff == generation else { return false }
    guard let disk = operation.pointee.disk, let continuation = operation.pointee.continuation,
      let result = disk._withUnsafeGuaranteedRef({ $0.complete(operation.pointee.ticket) })
    else {
      abandon(index)
      return false
    }
    if mp_trace_is_on(simulation) {
      mp_trace_event(
        simulation, UInt32(EventKind.storageCompletion.rawValue), 0, UInt32(index), 0)
    }
    operation.pointee.result = result
    operation.pointee.continuation = nil
    mp_continuation_resume(continuation)
    return true
  }

  private func abandon(_ index: Int32) {
    if let continuation = waiting[index].pointee.continuation { abandoned.append(continuation) }
    waiting[index].pointee.continuation = nil
    waiting.give(index)
  }

  /// What a task that waits for a disk waits for, in words.
  func waitReason(of task: UnsafeRawPointer) -> String? {
    let isWaiting = (0..<waiting.count).contains {
      waiting[$0].pointee.continuation.map { UnsafeRawPointer($0) == task } ?? false
    }
    if isWaiting { return "its disk" }
    return abandoned.contains { UnsafeRawPointer($0) == task } ? "a disk that has lost power" : nil
  }

  // MARK: What happens to a machine

  /// Its process has ended, the machine lives: what was written is in its cache.
  func closeEverything(of host: Int32) {
    usedDisk(of: host)?.endProcess()
  }

  /// The machine loses what its disk had not made durable.
  func crash(_ host: Int32) { usedDisk(of: host)?.crash() }

  /// The verdict is final: whoever waits goes on, and fails.
  func conclude() {
    isOver = true
    for continuation in abandoned { mp_continuation_resume(continuation) }
    abandoned = []
    for index in 0..<waiting.count {
      guard let continuation = waiting[index].pointee.continuation else { continue }
      waiting[index].pointee.continuation = nil
      mp_continuation_resume(continuation)
    }
  }
}
