//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolCore

/// What a disk can be asked to do. Closing a file is not among it: that takes effect at once.
package enum DiskOperation: Sendable {
  case open(path: String, OpenOptions)
  case read(FileHandle, offset: Int64, count: Int)
  case write(FileHandle, offset: Int64, [UInt8])
  case synchronize(FileHandle, SynchronizationScope)
  case size(FileHandle)
  case truncate(FileHandle, size: Int64)
  case metadata(path: String)
  case remove(path: String)
  case rename(path: String, to: String)
  case createDirectory(path: String, intermediates: Bool)
  case removeDirectory(path: String)
  case entries(path: String)
  case synchronizeDirectory(path: String)
  case space

  /// The open file that it is about.
  @inline(__always)
  var handle: FileHandle? {
    switch self {
    case .read(let handle, _, _), .write(let handle, _, _), .synchronize(let handle, _),
      .size(let handle), .truncate(let handle, _):
      handle
    default: nil
    }
  }

  /// What an error says failed, if it was about an open file.
  var name: String {
    switch self {
    case .read: "read"
    case .write: "write"
    case .synchronize: "synchronize"
    case .truncate: "truncate"
    default: "size"
    }
  }

  /// The work of the device; nil for what the system knows by itself.
  @inline(__always)
  var work: DeviceWork? {
    switch self {
    case .read(_, _, let count): .read(bytes: max(0, count))
    case .write(_, _, let bytes): .write(bytes: bytes.count)
    case .truncate: .setLength
    case .synchronize, .synchronizeDirectory: .sync
    case .size, .space: nil
    default: .metadata
    }
  }

  /// Whether it may leave anything on the disk.
  var changesAnything: Bool {
    switch self {
    case .open(_, let options): options.write
    case .write, .truncate, .remove, .rename, .createDirectory, .removeDirectory: true
    default: false
    }
  }
}

/// What came of an operation.
package enum DiskResult: Sendable, Equatable {
  case done
  case opened(FileHandle)
  case bytes([UInt8])
  case written(Int)
  case size(Int64)
  case metadata(FileMetadata?)
  case entries([DirectoryEntry])
  case space(StorageSpace)
  case failed(StorageError)

  /// Itself, unless it is an error.
  @inline(__always)
  func get() throws -> DiskResult {
    if case .failed(let error) = self { throw error }
    return self
  }
}

/// Names an operation that was submitted and is not complete.
package struct DiskTicket: Sendable, Hashable {
  /// The generation and the slot, for those who can only pass on a number.
  package let value: UInt64

  /// Restores a ticket from its number.
  package init(value: UInt64) { self.value = value }

  init(index: Int, generation: UInt32) { value = UInt64(generation) << 32 | UInt64(index) }

  var index: Int { Int(value & 0xFFFF_FFFF) }
  var generation: UInt32 { UInt32(truncatingIfNeeded: value >> 32) }
}
