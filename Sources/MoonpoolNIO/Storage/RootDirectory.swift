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

/// `O_PATH` of Linux, on x86 and ARM: the Glibc module doesn't show it.
private let openPathOnly: CInt = 0o10_000_000

/// A path that was checked: it can't leave the directory that it starts from.
struct RelativePath: Sendable {
  static let nameLimit = 255
  static let pathLimit = 4_095

  /// The directories above, from the topmost on.
  var above: [String] = []
  /// The name that the path is about; `.` for the topmost directory and for what ends in a dot.
  var last = "."

  init(_ text: String, _ operation: String) throws(StorageError) {
    let refusal = StorageError(.invalidPath, operation, text)
    var rest = text.utf8[...]
    guard !rest.isEmpty, rest.count <= Self.pathLimit, !rest.contains(0) else { throw refusal }
    if rest.first == UInt8(ascii: "/") { rest = rest.dropFirst() }
    if rest.isEmpty { return }
    for bytes in rest.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      guard !bytes.isEmpty, bytes.count <= Self.nameLimit, !bytes.elementsEqual("..".utf8) else {
        throw refusal
      }
      if last != "." { above.append(last) }
      last = String(decoding: bytes, as: UTF8.self)
    }
  }
}

/// The directory that all paths start from, and the way down from it.
///
/// The way is gone name by name, from one open directory to the next, and no symbolic link is
/// followed (`O_NOFOLLOW`): so it ends below, whoever renames directories or puts links there
/// meanwhile. `openat2` with `RESOLVE_BENEATH` would do so in one call, but for `open` alone, and
/// not in every container.
final class RootDirectory: Sendable {
  let descriptor: FileDescriptor
  private let calls: SystemCalls

  init(_ path: String, _ calls: SystemCalls) throws(Errno) {
    self.calls = calls
    let here = FileDescriptor(rawValue: AT_FDCWD)
    descriptor = try uninterrupted { () throws(Errno) in
      // Links on the way to the root are the operator's, and fine.
      try calls.open(here, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
    }
  }

  deinit { try? descriptor.close() }

  /// Runs `body` with the directory that holds the last name.
  func withParent<Value>(
    of path: RelativePath, _ body: (FileDescriptor) throws(Errno) -> Value
  ) throws(Errno) -> Value {
    var current = descriptor
    defer { leave(current) }
    for name in path.above {
      let next = try enter(name, in: current)
      leave(current)
      current = next
    }
    return try body(current)
  }

  /// Opens the file or directory at a path. No other process that this one starts gets it.
  func open(_ path: RelativePath, _ flags: CInt, _ mode: mode_t = 0) throws(Errno) -> FileDescriptor
  {
    try withParent(of: path) { (parent) throws(Errno) in
      try uninterrupted { () throws(Errno) in
        try calls.open(parent, path.last, flags | O_NOFOLLOW | O_CLOEXEC, mode)
      }
    }
  }

  /// Makes a directory; with those above it, if they aren't there.
  func createDirectories(_ path: RelativePath, _ mode: mode_t) throws(Errno) {
    var current = descriptor
    defer { leave(current) }
    for name in path.above {
      _ = try make(name, in: current, mode)
      let next = try enter(name, in: current)
      leave(current)
      current = next
    }
    if try make(path.last, in: current, mode) { return }
    if try status(of: path.last, in: current).kind != .directory { throw Errno(rawValue: EEXIST) }
  }

  private func make(_ name: String, in directory: FileDescriptor, _ mode: mode_t) throws(Errno)
    -> Bool
  {
    do throws(Errno) {
      _ = try checked { mkdirat(directory.rawValue, name, mode) }
      return true
    } catch {
      if error.rawValue == EEXIST { return false }
      throw error
    }
  }

  private func enter(_ name: String, in directory: FileDescriptor) throws(Errno) -> FileDescriptor {
    try uninterrupted { () throws(Errno) in
      try calls.open(directory, name, openPathOnly | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0)
    }
  }

  private func leave(_ directory: FileDescriptor) {
    if directory != descriptor { try? directory.close() }
  }
}

/// What is under a name in an open directory. A symbolic link is a file.
func status(of name: String, in directory: FileDescriptor) throws(Errno) -> FileMetadata {
  var status = stat()
  _ = try checked { fstatat(directory.rawValue, name, &status, AT_SYMLINK_NOFOLLOW) }
  return FileMetadata(status)
}

/// What is open.
func status(of file: FileDescriptor) throws(Errno) -> stat {
  var status = stat()
  _ = try checked { fstat(file.rawValue, &status) }
  return status
}

extension FileMetadata {
  init(_ status: stat) {
    let isDirectory = status.st_mode & S_IFMT == S_IFDIR
    self.init(
      kind: isDirectory ? .directory : .file, size: isDirectory ? 0 : Int64(status.st_size))
  }
}
