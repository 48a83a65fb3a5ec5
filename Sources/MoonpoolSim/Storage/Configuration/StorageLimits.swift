//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// How much a file system takes.
public struct StorageLimits: Sendable, Hashable {
  /// Bytes that fit on the volume, in pages of 4 KiB; holes and names take none.
  public var capacity: Int64
  /// Files that may be open at once.
  public var openFiles: Int
  /// The largest size of a file, in bytes.
  public var fileSize: Int64
  /// Bytes kept for what isn't durable, before the system writes everything back by itself.
  public var unsyncedBytes: Int
  /// Creations, removals and renames that aren't durable, before the same happens.
  public var unsyncedNames: Int

  /// Creates limits; without arguments, 1 TiB, 1,024 open files of up to 16 TiB as on ext4, and
  /// 64 MiB or 4,096 names unsynced.
  public init(
    capacity: Int64 = 1 << 40, openFiles: Int = 1_024, fileSize: Int64 = (1 << 44) - 4_096,
    unsyncedBytes: Int = 64 << 20, unsyncedNames: Int = 4_096
  ) {
    self.capacity = capacity
    self.openFiles = openFiles
    self.fileSize = fileSize
    self.unsyncedBytes = unsyncedBytes
    self.unsyncedNames = unsyncedNames
  }
}
