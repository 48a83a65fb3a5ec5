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
  /// Those of machines that have one of their own.
  private var ownConfigurations: [StorageConfiguration?] = []
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

  /// Gives a machine a disk that isn't like the others, before it is used.
  func configure(_ host: Int32, _ configuration: StorageConfiguration) {
    while ownConfigurations.count <= host { ownConfigurations.append(nil) }
    ownConfigurations[Int(host)] = configuration
  }

  /// The disk of a machine, if anybody has used it.
  private func usedDisk(of host: Int32) -> Disk? { host < disks.count ? disks[Int(host)] : nil }

  /// The disk of a machine.
  func disk(of host: Int32) -> Disk {
    while disks.count <= host { disks.append(nil) }
    if let disk = disks[Int(host)] { return disk }
    let decisions = Decisions(simulation.pointee.decisions)
    let own = host < ownConfigurations.count ? ownConfigurations[Int(host)] : nil
    let drawn = (own ?? configuration).drawn(decisions.stream(.disk(host: host)))
    do {
      let disk = try Disk(drawn, process: Int(host), decisions: decisions)
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
    let begun = disk.begin(operation, now: simulation.pointee.now)
    if mp_sim_skip_to(simulation, begun.schedule.end) {
      let result = disk.finish(operation, begun)
      trace(index: 0, isSpared: true)
      return try result.get()
    }
    let index = waiting.take()
    waiting[index].pointee.disk = .passUnretained(disk)
    waiting[index].pointee.ticket = disk.keep(operation, begun)
    schedule(index, at: begun.schedule.end)
    await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
      waiting[index].pointee.continuation = unsafeBitCast(
        continuation, to: UnsafeMutableRawPointer.self)
    }
    guard !isOver, let result = waiting[index].pointee.result else {
      throw StorageError(.closed, operation.name)
    }
    waiting[index].pointee.result = nil
    waiting.giveEmptied(index)
    return try result.get()
  }

  @inline(__always)
  private func trace(index: Int32, isSpared: Bool) {
    guard mp_trace_is_on(simulation) else { return }
    mp_trace_event(
      simulation, UInt32(EventKind.storageCompletion.rawValue), 0, UInt32(index), isSpared ? 1 : 0)
  }

  private func schedule(_ index: Int32, at when: UInt64) {
    let generation = waiting[index].pointee.generation
    mp_event_schedule(simulation, when, PackedEvent(.storageCompletion, index, generation).bits)
  }

  /// An operation is due. False: nothing comes of it.
  func complete(_ index: Int32, _ generation: UInt32) -> Bool {
    let operation = waiting[index]
    // It may have been done sooner, by another event, and its task not have gone on yet.
    guard operation.pointee.generation & 0xff_ffff == generation,
      let disk = operation.pointee.disk, let continuation = operation.pointee.continuation
    else { return false }
    return disk._withUnsafeGuaranteedRef { disk in
      let ticket = operation.pointee.ticket
      if let end = disk.newEnd(of: ticket), end > simulation.pointee.now {
        schedule(index, at: end)
        return false
      }
      guard let result = disk.complete(ticket) else {
        abandon(index)  // a crash has ended it
        return false
      }
      trace(index: index, isSpared: false)
      operation.pointee.result = result
      operation.pointee.continuation = nil
      mp_continuation_resume(continuation)
      return true
    }
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

  /// The machine loses what its disk had not made durable: returns what.
  func crash(_ host: Int32) -> CrashReport {
    guard let disk = usedDisk(of: host) else { return CrashReport() }
    disk.follow(simulation.pointee.now)
    return disk.crash()
  }

  /// The machine comes up again: with its own disk, or not.
  func reboot(_ host: Int32, whileDown others: [Int32]) {
    let disk = disk(of: host)
    disk.follow(simulation.pointee.now)
    disk.strikeAtReboot(others: others.map { self.disk(of: $0) })
  }

  /// All disks are well from now on.
  func heal() {
    let now = simulation.pointee.now
    for disk in disks { disk?.heal(now: now) }
    for index in 0..<waiting.count where waiting[index].pointee.continuation != nil {
      let ticket = waiting[index].pointee.ticket
      let end = waiting[index].pointee.disk?._withUnsafeGuaranteedRef { $0.newEnd(of: ticket) }
      if let end { schedule(index, at: end) }
    }
  }

  /// The verdict is final: whoever waits goes on, and fails.
  func conclude() {
    isOver = true
    for disk in disks { disk?.onStrike = nil }  // it knows the run, which knows the disk
    for continuation in abandoned { mp_continuation_resume(continuation) }
    abandoned = []
    for index in 0..<waiting.count {
      guard let continuation = waiting[index].pointee.continuation else { continue }
      waiting[index].pointee.continuation = nil
      mp_continuation_resume(continuation)
    }
  }

  /// Gives back the memory of all files. Nobody asks any more, but a task that trapped may hold its
  /// disk for ever.
  func dissolve() {
    for disk in disks { disk?.forget() }
    disks = []
  }
}
