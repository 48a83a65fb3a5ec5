//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import MoonpoolCore
internal import MoonpoolRuntime

extension Disk {
  /// Gives an operation its effect, or that of a fault.
  @inline(__always)
  func perform(_ operation: DiskOperation) throws(StorageError) -> DiskResult {
    switch operation {
    case .read(let handle, let offset, let count):
      return .bytes(try read(handle, at: offset, count: count))
    case .write(let handle, let offset, let bytes):
      return .written(try write(handle, at: offset, bytes))
    case .synchronize(let handle, let scope):
      try synchronize(handle, scope)
      return .done
    case .synchronizeDirectory(let path):
      try synchronizeDirectory(path)
      return .done
    default:
      return try performWithoutFaults(operation)
    }
  }

  /// Gives an operation its effect.
  func performWithoutFaults(_ operation: DiskOperation) throws(StorageError) -> DiskResult {
    switch operation {
    case .open(let path, let options): return .opened(try fileSystem.open(path, options))
    case .read(let handle, let offset, let count):
      let state = try fileSystem.state(handle, "read")
      let count = try fileSystem.readableCount(state, at: offset, count: count)
      return .bytes(plainRead(state, at: Int(offset), count: count))
    case .write(let handle, let offset, let bytes):
      let state = try fileSystem.state(handle, "write")
      let (start, count) = try fileSystem.writeRange(state, at: offset, count: bytes.count)
      return .written(try plainWrite(state, at: start, bytes[..<count]))
    case .synchronize(let handle, let scope): try fileSystem.synchronize(handle, scope)
    case .size(let handle): return .size(try fileSystem.size(handle))
    case .truncate(let handle, let size): try fileSystem.truncate(handle, to: size)
    case .metadata(let path): return .metadata(try fileSystem.metadata(path))
    case .remove(let path): try fileSystem.remove(path)
    case .rename(let path, let newPath): try fileSystem.rename(path, to: newPath)
    case .createDirectory(let path, let intermediates):
      try fileSystem.createDirectory(path, intermediates: intermediates)
    case .removeDirectory(let path): try fileSystem.removeDirectory(path)
    case .entries(let path): return .entries(try fileSystem.entries(of: path))
    case .synchronizeDirectory(let path): try fileSystem.synchronizeDirectory(path)
    case .space: return .space(fileSystem.space())
    }
    return .done
  }

  @inline(__always)
  private func plainRead(_ state: HandleState, at offset: Int, count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      let target = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count)
      initialized = state.contents.pointee.read(at: offset, into: target)
    }
  }

  @inline(__always)
  private func plainWrite(
    _ state: HandleState, at start: Int, _ bytes: ArraySlice<UInt8>
  ) throws(StorageError) -> Int {
    var result: Result<Int, StorageError> = .success(0)
    bytes.withUnsafeBytes { buffer in
      do throws(StorageError) {
        result = .success(try fileSystem.write(state, at: start, buffer))
      } catch {
        result = .failure(error)
      }
    }
    return try result.get()
  }

  // MARK: - Operations with faults

  private func read(
    _ handle: FileHandle, at offset: Int64, count: Int
  ) throws(StorageError) -> [UInt8] {
    let state = try fileSystem.state(handle, "read")
    let count = try fileSystem.readableCount(state, at: offset, count: count)
    let faults = configuration.faults
    if strikes(.readError, faults.readErrorProbability) {
      effects.note(.readError, effective: 1)
      throw StorageError(.inputOutput, "read")
    }
    guard count > 0 else { return [] }
    let range = Int(offset)..<(Int(offset) + count)
    corrupt(state.contents, range, .readCorruption, faults.readCorruptionProbability)
    var bytes = plainRead(state, at: Int(offset), count: count)
    if strikes(.misdirectedRead, faults.misdirectedReadProbability) {
      misdirectRead(&bytes, at: Int(offset))
    }
    corruptOnce(&bytes, state.contents, range, faults.transientReadCorruptionProbability)
    return bytes
  }

  private func write(
    _ handle: FileHandle, at offset: Int64, _ bytes: [UInt8]
  ) throws(StorageError) -> Int {
    let faults = configuration.faults
    let state = try fileSystem.state(handle, "write")
    let (start, count) = try fileSystem.writeRange(state, at: offset, count: bytes.count)
    if strikes(.writeError, faults.writeErrorProbability) {
      effects.note(.writeError, effective: 1)
      throw StorageError(.inputOutput, "write")
    }
    guard count > 0 else { return 0 }
    if strikes(.phantomWrite, faults.phantomWriteProbability) {
      effects.note(.phantomWrite, effective: holds(state.contents, bytes[..<count], start) ? 0 : 1)
      return count
    }
    if strikes(.misdirectedWrite, faults.misdirectedWriteProbability) {
      misdirectWrite(state.contents, bytes[..<count], at: start)
      return count
    }
    let done = try writeWithinRoom(state, at: start, bytes[..<count])
    corrupt(
      state.contents, start..<(start + done), .writeCorruption, faults.writeCorruptionProbability)
    return done
  }

  /// Writes as much as the volume, or the fault that fills it, lets through.
  @inline(__always)
  private func writeWithinRoom(
    _ state: HandleState, at start: Int, _ bytes: ArraySlice<UInt8>
  ) throws(StorageError) -> Int {
    let count = bytes.count
    let isStruck = strikes(.noSpace, configuration.faults.noSpaceProbability)
    let store = fileSystem.store
    let limit = store.pointee.pageLimit
    if isStruck { store.pointee.pageLimit = min(limit, store.pointee.usedPages) }
    defer { store.pointee.pageLimit = limit }
    do throws(StorageError) {
      let done = try plainWrite(state, at: start, bytes)
      if isStruck { effects.note(.noSpace, effective: done < count ? 1 : 0) }
      if !isStruck, done < count { effects.fullVolumeCount += 1 }
      return done
    } catch {
      if isStruck { effects.note(.noSpace, effective: 1) } else { effects.fullVolumeCount += 1 }
      throw error
    }
  }

  private func synchronize(
    _ handle: FileHandle, _ scope: SynchronizationScope
  ) throws(StorageError) {
    _ = try fileSystem.state(handle, "synchronize")
    let faults = configuration.faults
    if strikes(.syncFailure, faults.syncFailureProbability) {
      effects.note(.syncFailure, effective: 1)
      if !faults.failedSyncKeepsDirtyData { fileSystem.abandon(handle) }
      throw StorageError(.inputOutput, "synchronize")
    }
    if strikes(.lyingSync, faults.lyingSyncProbability) {
      let isNeeded = try fileSystem.needsSynchronizing(handle)
      effects.note(.lyingSync, effective: isNeeded ? 1 : 0)
      return
    }
    try fileSystem.synchronize(handle, scope)
  }

  private func synchronizeDirectory(_ path: String) throws(StorageError) {
    let isNeeded = try fileSystem.needsSynchronizing(directory: path)
    let faults = configuration.faults
    if strikes(.syncFailure, faults.syncFailureProbability) {
      effects.note(.syncFailure, effective: 1)
      throw StorageError(.inputOutput, "synchronizeDirectory", path)
    }
    if strikes(.lyingSync, faults.lyingSyncProbability) {
      effects.note(.lyingSync, effective: isNeeded ? 1 : 0)
      return
    }
    try fileSystem.synchronizeDirectory(path)
  }

  /// Whether a fault strikes an operation; no decision, and no stream, if it is off.
  @inline(__always)
  func strikes(_ family: StorageFaultFamily, _ probability: Double) -> Bool {
    probability > 0 && stream(family).bool(probability: probability)
  }
}
