//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import MoonpoolCore
package import MoonpoolRuntime

/// The disk of one machine: its file system, its speed and its faults.
///
/// A state machine that knows no concurrency. Whoever drives it submits an operation with the
/// current virtual time, is told when it will be complete, and calls ``complete(_:)`` then, which
/// gives the operation its effect and the result. Operations that are submitted before others are
/// complete overlap as on a real disk, and take effect in the order of their completion.
///
/// Determinism: latencies come from the stream `storage/n`, and each fault family has a stream of
/// its own, `faults/storage.<family>/n`. A family that is off makes no decision, but that of
/// crashes always decides what has become of changes in flight.
package final class Disk {
  /// The files. Another object after the disk was swapped for another.
  @exclusivity(unchecked) package private(set) var fileSystem: FileSystem
  /// What the faults have done so far.
  @exclusivity(unchecked) package var effects = StorageEffects()
  /// How fast the disk is and what it holds; a change takes effect at once.
  @exclusivity(unchecked) package var configuration: StorageConfiguration {
    didSet {
      device.change(DeviceTiming(configuration))
      configureFileSystem()
    }
  }

  // Exclusivity of access isn't checked at run time, which took a third of the time of an
  // operation: no method here calls anything that could come back.

  @exclusivity(unchecked) private var device: Device
  @exclusivity(unchecked) private var pending = OperationSlab()
  @exclusivity(unchecked) private var faultStreams: FaultStreams
  /// What goes wrong at present.
  @exclusivity(unchecked) private(set) var present = DiskFaults()
  /// So many syncs fail, whatever else goes wrong.
  @exclusivity(unchecked) var failingSyncs = 0
  /// Whether operations may have another time of completion than `submit` said.
  @exclusivity(unchecked) private(set) var isRescheduled = false
  /// Told of each strike: how often, and whether it changed anything.
  var onStrike: ((StorageFaultFamily, _ count: Int, _ isEffective: Bool) -> Void)?
  /// Asked before a fault strikes that nobody has ordered. False: it mustn't.
  var admits: ((StorageFaultFamily) -> Bool)?
  private let latencies: DecisionStream

  /// Creates an empty disk.
  ///
  /// - Parameter process: What its streams of decisions are numbered with.
  package init(
    _ configuration: StorageConfiguration, process: Int, decisions: Decisions
  ) throws(InvalidConfiguration) {
    try configuration.validate()
    self.configuration = configuration
    device = Device(DeviceTiming(configuration))
    latencies = decisions.stream(.storage(process: process))
    faultStreams = FaultStreams(decisions, process: process)
    fileSystem = FileSystem()
    configureFileSystem()
  }

  private func configureFileSystem() {
    fileSystem.limits = configuration.limits
    fileSystem.syncPersistsName = configuration.syncPersistsName
  }

  deinit {
    pending.destroy()
    present.destroy()
  }

  /// The decisions of one fault family.
  @inline(__always)
  func stream(_ family: StorageFaultFamily) -> DecisionStream { faultStreams[family] }

  /// Asks for an operation.
  ///
  /// - Returns: Its ticket, and the time in nanoseconds when `complete` is to be called with it.
  package func submit(
    _ operation: DiskOperation, now: UInt64
  ) -> (ticket: DiskTicket, completesAt: UInt64) {
    let begun = begin(operation, now: now)
    return (keep(operation, begun), begun.schedule.end)
  }

  /// An operation that has begun, and is neither kept nor complete.
  struct Begun {
    /// Its file was closed before.
    var isRefused = false
    var schedule: DeviceSchedule
  }

  /// Begins an operation, which is then to be kept or, if its time comes before anything else can
  /// happen, finished.
  @inline(__always)
  func begin(_ operation: DiskOperation, now: UInt64) -> Begun {
    if now >= present.end { present.follow(now) }
    if let handle = operation.handle, !fileSystem.beginOperation(handle) {
      return Begun(isRefused: true, schedule: DeviceSchedule(end: now))
    }
    guard let work = work(of: operation) else { return Begun(schedule: DeviceSchedule(end: now)) }
    return Begun(schedule: device.schedule(work, now: now, latencies))
  }

  /// Keeps an operation until it is complete.
  @inline(__always)
  func keep(_ operation: DiskOperation, _ begun: Begun) -> DiskTicket {
    pending.insert(operation, isRefused: begun.isRefused, begun.schedule)
  }

  /// What the device has to do. It isn't asked for what lies behind the end of a file.
  @inline(__always)
  private func work(of operation: DiskOperation) -> DeviceWork? {
    guard case .read(let handle, let offset, let count) = operation,
      let size = fileSystem.handles[handle]?.pointee.contents.pointee.size
    else { return operation.work }
    guard offset >= 0, offset < size, count > 0 else { return nil }
    return .read(bytes: min(count, size - Int(offset)))
  }

  /// Gives an operation its effect. Nil, and no effect, if a crash has come between.
  package func complete(_ ticket: DiskTicket) -> DiskResult? {
    guard let (operation, isRefused, schedule) = pending.remove(ticket) else { return nil }
    return finish(operation, Begun(isRefused: isRefused, schedule: schedule))
  }

  /// Gives an operation its effect.
  @inline(__always)
  func finish(_ operation: DiskOperation, _ begun: Begun) -> DiskResult {
    if begun.schedule.stalled | begun.schedule.slowed != 0 { effects.noteDelay(begun.schedule) }
    if begun.isRefused { return .failed(StorageError(.closed, operation.name)) }
    let result: DiskResult
    do {
      result = try perform(operation)
    } catch {
      result = .failed(error)
    }
    if let handle = operation.handle { fileSystem.endOperation(handle) }
    return result
  }

  /// When an operation will be complete, if that isn't what `submit` said; else nil.
  @inline(__always)
  func newEnd(of ticket: DiskTicket) -> UInt64? {
    isRescheduled ? pending.end(of: ticket) : nil
  }

  /// Closes a file. Operations of it that were submitted before still complete.
  package func close(_ handle: FileHandle) { fileSystem.close(handle) }

  /// How many operations were submitted and are not complete.
  package var pendingCount: Int { pending.count }

  // MARK: - The end of a process, and power failure

  /// The process ends and its machine goes on: no handle and no ticket is good afterwards, what was
  /// submitted takes effect, and nothing is lost.
  package func endProcess() {
    for operation in pending.removeAll() where operation.changesAnything {
      _ = try? performWithoutFaults(operation)
    }
    _ = fileSystem.crash(CrashModel(survival: .everything), CrashStreams { stream($0) })
  }

  /// Ends all use: no handle and no ticket is good afterwards, and what wasn't durable is lost as
  /// far as the configuration's ``CrashSurvival`` says.
  ///
  /// A change that was submitted but isn't complete may have taken effect, too.
  @discardableResult
  package func crash() -> CrashReport {
    let model = CrashModel(
      survival: configuration.crashSurvival, tornSectorProbability: present[.tornSector],
      uninitialisedSectorProbability: present[.uninitialisedSector],
      corruptionProbability: present[.crashCorruption])
    for operation in pending.removeAll() where operation.changesAnything {
      guard model.survival != .nothing, stream(.crashLoss).bool() else { continue }
      _ = try? performWithoutFaults(operation)
    }
    device.reset()
    let report = fileSystem.crash(model, CrashStreams({ stream($0) }, isAdmitted))
    effects.crashes += report
    if model.survival != .everything {
      effects.note(.crashLoss, count: 1, isEffective: report.hasLoss)
    }
    note(.tornSector, count: report.sectorsTorn)
    note(.uninitialisedSector, count: report.sectorsUninitialised)
    note(.crashCorruption, count: report.sectorsCorrupted)
    return report
  }

  // MARK: - What may happen at a reboot

  /// Empties the disk. Returns whether there was anything on it. Nobody may be using it.
  @discardableResult
  package func wipe() -> Bool {
    let hadAnything = !fileSystem.image.nodes.isEmpty
    replaceFileSystem(FileSystem())
    note(.wipe, isEffective: hadAnything)
    return hadAnything
  }

  /// Gives the memory of the files back, whoever has them open. Nobody may use the disk after that.
  func forget() { fileSystem = FileSystem() }

  /// Gives each of two machines the other one's disk. Returns whether they differ. Nobody may be
  /// using them.
  @discardableResult
  package func swapContents(with other: Disk) -> Bool {
    let differ = fileSystem.image != other.fileSystem.image
    let mine = fileSystem
    replaceFileSystem(other.fileSystem)
    other.replaceFileSystem(mine)
    note(.wrongDisk, isEffective: differ)
    return differ
  }

  private func replaceFileSystem(_ replacement: FileSystem) {
    precondition(
      fileSystem.openFileCount == 0 && pendingCount == 0,
      "a disk can only be replaced while its machine is down; call crash() first")
    let generation = max(fileSystem.handles.nextGeneration, replacement.handles.nextGeneration)
    fileSystem = replacement
    fileSystem.handles.retireAll(with: generation)
    configureFileSystem()
  }

  /// Lets the faults of a reboot strike: a wiped disk, or the disk of another machine that is down.
  package func strikeAtReboot(others: [Disk]) {
    if strikes(.wipe) { wipe() }
    guard strikes(.wrongDisk) else { return }
    let candidates = others.filter { $0 !== self }
    if let other = stream(.wrongDisk).element(of: candidates) { swapContents(with: other) }
  }

  // MARK: - What goes wrong

  /// The figures of what goes wrong; a change takes effect at once. Rates and modes have none here.
  package var faults: StorageFaults {
    get { present.figures }
    set { setFaults(newValue) }
  }

  /// - Parameters:
  ///   - intensity: The storms that the probabilities vary with.
  ///   - now: Where they begin.
  package func setFaults(
    _ faults: StorageFaults, _ intensity: IntensityProcess? = nil, at now: UInt64 = 0
  ) {
    present.set(faults, intensity, now: now)
  }

  /// Follows the storms, for what happens without being asked for.
  func follow(_ now: UInt64) { if now >= present.end { present.follow(now) } }

  /// Does nothing until an instant. What it was asked for before is late, too.
  package func stall(until end: UInt64, now: UInt64) {
    effects[.stall].fired += 1
    let late = device.stall(until: end, now: now)
    guard late > 0, pendingCount > 0 else { return }
    isRescheduled = true
    pending.reschedule(after: now) {
      $0.end += late
      $0.stalled += late
    }
  }

  /// Is slow until an instant, as far as what it is asked for from now on is concerned.
  ///
  /// - Parameter divisor: How many times fewer operations and bytes it does in a second; nil: as
  ///   the figures of its faults say.
  package func throttle(until end: UInt64, by divisor: Int? = nil) {
    effects[.throttle].fired += 1
    device.throttle(
      until: end, iops: divisor ?? faults.throttleIOPSDivisor,
      bandwidth: divisor ?? faults.throttleBandwidthDivisor)
  }

  /// Takes all free room.
  func fill() {
    effects[.noSpace].fired += 1
    fileSystem.reserveFreeRoom()
  }

  /// Gives it back.
  func free() { fileSystem.reservedBytes = 0 }

  /// Nothing strikes any more, and what waits for the end of a stall, or is slow, is done sooner.
  package func heal(now: UInt64) {
    setFaults(StorageFaults())
    failingSyncs = 0
    free()
    let left = device.heal(now)
    var sooner = left
    pending.reschedule(after: now) { schedule in
      sooner += schedule.slowed
      let gain = min(sooner, schedule.end - now)
      isRescheduled = isRescheduled || gain > 0
      schedule.end -= gain
      schedule.stalled -= min(schedule.stalled, left)
      schedule.slowed -= min(schedule.slowed, gain - min(gain, left))
    }
    device.hasten(by: sooner, now: now)
  }

  func note(_ family: StorageFaultFamily, count: Int = 1, isEffective: Bool = true) {
    guard count > 0 else { return }
    effects.note(family, count: count, isEffective: isEffective)
    onStrike?(family, count, isEffective)
  }
}
