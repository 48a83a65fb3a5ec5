//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//
import Glibc
import MoonpoolCore
import SystemPackage

extension DirectoryEntry {
  /// All that is in a directory, sorted by the bytes of the names. Closes it.
  static func all(in directory: FileDescriptor) throws(Errno) -> [DirectoryEntry] {
    guard let stream = fdopendir(directory.rawValue) else {
      let error = Errno(rawValue: errno)
      try? directory.close()
      throw error
    }
    defer { closedir(stream) }
    var entries: [DirectoryEntry] = []
    while true {
      errno = 0  // the end and an error look the same
      guard let entry = readdir(stream) else {
        if errno != 0 { throw Errno(rawValue: errno) }
        break
      }
      let start = UnsafeRawPointer(entry) + MemoryLayout<dirent>.offset(of: \.d_name)!
      let name = String(cString: start.assumingMemoryBound(to: CChar.self))
      if name == "." || name == ".." { continue }
      if let kind = try kind(of: entry.pointee.d_type, name, in: directory) {
        entries.append(DirectoryEntry(name: name, kind: kind))
      }
    }
    return entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// Nil if it has gone since it was listed.
  private static func kind(
    of type: UInt8, _ name: String, in directory: FileDescriptor
  ) throws(Errno) -> FileKind? {
    switch Int(type) {
    case Int(DT_DIR): return .directory
    case Int(DT_UNKNOWN):  // not every file system says
      do throws(Errno) {
        return try status(of: name, in: directory).kind
      } catch {
        if error.rawValue == ENOENT { return nil }
        throw error
      }
    default: return .file
    }
  }
}
