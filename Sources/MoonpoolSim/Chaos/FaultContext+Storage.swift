//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Logging
import MoonpoolCore
import MoonpoolRuntime

/// What a fault injector can do to disks. The report counts it in the families of
/// ``StorageFaults``.
extension FaultContext {
  func disk(of process: ProcessReference) -> Disk {
    let disk = run.world.storage.disk(of: run.processes[process.index].host)
    if disk.onStrike == nil {
      let run = run
      disk.admits = { run.admits(fault: "\($0.path)", ["process": "\(process)"]) }
      disk.onStrike = { family, count, isEffective in
        run.tell(
          fault: family.path,
          ["process": "\(process)", "count": "\(count)", "effective": "\(isEffective)"])
      }
    }
    return disk
  }

  /// Changes what goes wrong with one process's disk, for the rest of the chaos phase.
  ///
  /// The figures are taken as they stand; what comes at rates, and in storms, is for
  /// ``StorageFaults`` as a whole.
  ///
  /// - Throws: ``InvalidConfiguration``, also for a mode, a rate or a correlation.
  public func setStorageFaults(
    _ faults: StorageFaults, of process: ProcessReference
  ) throws(InvalidConfiguration) {
    try faults.validate("storage")
    guard faults.mode == .off, faults.stall.rate == 0, faults.throttle.rate == 0,
      faults.correlation.volatility == 0
    else {
      throw InvalidConfiguration(
        "storage", "has a mode, a rate or a correlation; must be probabilities alone")
    }
    guard begin("storage.faults", ["process": "\(process)"]) else { return }
    disk(of: process).setFaults(faults)
  }

  /// Flips bits of one sector of a file, as far as the file reaches. They stay so until they are
  /// overwritten; they flip beneath data that isn't durable yet, too.
  ///
  /// - Parameter count: How many bits, from 1 to 4,096.
  /// - Returns: How many bits flipped: 0 if there is no such file, or nothing in it.
  @discardableResult
  public func corrupt(
    file path: String, of process: ProcessReference, bits count: Int = 1
  ) -> Int {
    // Not a precondition: in release those say nothing.
    if !(1...4_096 ~= count) { fatalError("a sector has 1 to 4,096 bits to flip, not \(count)") }
    let place: Logger.Metadata = ["process": "\(process)", "file": "\(path)"]
    guard isInForce, run.admits(fault: "storage.corrupt", place) else { return 0 }
    let flipped = disk(of: process).corrupt(file: path, bits: count, from: random)
    tell("storage.corrupt", place.merging(["bits": "\(flipped)"]) { $1 })
    return flipped
  }

  /// Empties a process's disk.
  ///
  /// The machine of one that runs is crashed for it, as by ``RebootKind/crashAndWipe``.
  ///
  /// - Parameter recovery: Virtual time until it starts again; nil: when ``start(_:)`` says so. Of
  ///   no account for one that is down.
  public func wipe(_ process: ProcessReference, recovery: Duration? = .seconds(1)) {
    guard isInForce else { return }
    switch run.processes[process.index].status {
    case .up, .stopping: reboot(process, .crashAndWipe, recovery: recovery)
    case .down, .exited:
      disk(of: process).crash()
      disk(of: process).wipe()
    }
  }

  /// Takes all free room of a process's volume until ``free(_:)`` or the end of the chaos phase.
  ///
  /// What the process removes meanwhile is room again.
  public func fill(_ process: ProcessReference) {
    guard begin("storage.fill", ["process": "\(process)"]) else { return }
    disk(of: process).fill()
  }

  /// Gives back the room that ``fill(_:)`` took.
  public func free(_ process: ProcessReference) {
    guard isInForce else { return }
    tell("storage.free", ["process": "\(process)"])
    disk(of: process).free()
  }

  /// A process's disk does nothing for a while; what it was asked before waits as well.
  public func stall(_ process: ProcessReference, for duration: Duration) {
    guard begin("storage.stall", ["process": "\(process)", "duration": "\(duration)"]) else {
      return
    }
    note("storage.stall", process, for: duration)
    disk(of: process).stall(until: run.world.instant(after: duration), now: run.world.now)
  }

  /// A process's disk is slow for a while, by the divisors of its ``StorageFaults`` or those given.
  ///
  /// - Parameter divisor: How many times fewer operations and bytes it does in a second: from 1 to
  ///   1,000,000.
  public func throttle(_ process: ProcessReference, for duration: Duration, by divisor: Int? = nil)
  {
    if let divisor, !(1...1_000_000 ~= divisor) {
      fatalError("a disk is slowed down by 1 to 1,000,000, not \(divisor)")
    }
    guard begin("storage.throttle", ["process": "\(process)", "duration": "\(duration)"]) else {
      return
    }
    note("storage.throttle", process, for: duration)
    disk(of: process).throttle(until: run.world.instant(after: duration), by: divisor)
  }

  /// The next sync of a file or directory of a process fails; called twice, the next two.
  public func failNextSync(of process: ProcessReference) {
    guard begin("storage.failNextSync", ["process": "\(process)"]) else { return }
    disk(of: process).failingSyncs += 1
  }
}
