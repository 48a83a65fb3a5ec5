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
  func plainRead(_ state: HandleState, at offset: Int, count: Int) -> [UInt8] {
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

  private func read(
    _ handle: FileHandle, at offset: Int64, count: Int
  ) throws(StorageError) -> [UInt8] {
    let state = try fileSystem.state(handle, "read")
    let count = try fileSystem.readableCount(state, at: offset, count: count)
    if present.strikesOperations { return try readWithFaults(state, at: Int(offset), count: count) }
    return plainRead(state, at: Int(offset), count: count)
  }

  private func write(
    _ handle: FileHandle, at offset: Int64, _ bytes: [UInt8]
  ) throws(StorageError) -> Int {
    let state = try fileSystem.state(handle, "write")
    let (start, count) = try fileSystem.writeRange(state, at: offset, count: bytes.count)
    if present.strikesOperations { return try writeWithFaults(state, at: start, bytes[..<count]) }
    return count == 0 ? 0 : try writeWithinRoom(state, at: start, bytes[..<count])
  }

  /// Writes as much as the volume, or the fault that fills it, lets through.
  @inline(__always)
  func writeWithinRoom(
    _ state: HandleState, at start: Int, _ bytes: ArraySlice<UInt8>, isStruck: Bool = false
  ) throws(StorageError) -> Int {
    let count = bytes.count
    let store = fileSystem.store
    let limit = store.pointee.pageLimit
    if isStruck { store.pointee.pageLimit = min(limit, store.pointee.usedPages) }
    defer { store.pointee.pageLimit = limit }
    do throws(StorageError) {
      let done = try plainWrite(state, at: start, bytes)
      if isStruck || done < count { noteLackOfRoom(isStruck, isEffective: done < count) }
      return done
    } catch {
      noteLackOfRoom(isStruck, isEffective: true)
      throw error
    }
  }

  private func noteLackOfRoom(_ isStruck: Bool, isEffective: Bool) {
    if isStruck {
      note(.noSpace, isEffective: isEffective)
    } else if fileSystem.reservedBytes > 0 {
      effects[.noSpace].effective += 1
    } else {
      effects.fullVolumeCount += 1
    }
  }

  private func synchronize(
    _ handle: FileHandle, _ scope: SynchronizationScope
  ) throws(StorageError) {
    _ = try fileSystem.state(handle, "synchronize")
    switch drawSync() {
    case .isDone: try fileSystem.synchronize(handle, scope)
    case .fails:
      if !faults.failedSyncKeepsDirtyData { fileSystem.abandon(handle) }
      throw StorageError(.inputOutput, "synchronize")
    case .lies:
      note(.lyingSync, isEffective: try fileSystem.needsSynchronizing(handle))
    }
  }

  private func synchronizeDirectory(_ path: String) throws(StorageError) {
    let isNeeded = try fileSystem.needsSynchronizing(directory: path)
    switch drawSync() {
    case .isDone: try fileSystem.synchronizeDirectory(path)
    case .fails: throw StorageError(.inputOutput, "synchronizeDirectory", path)
    case .lies: note(.lyingSync, isEffective: isNeeded)
    }
  }
}
