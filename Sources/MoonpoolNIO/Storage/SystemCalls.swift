//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import Glibc
package import SystemPackage

/// The calls of the kernel that files are made of; a test puts others in the place of some.
///
/// Each throws what the kernel says, `EINTR` too, and does as much of its work as it likes.
package struct SystemCalls: Sendable {
  /// `openat`: directory, name, flags, mode.
  package var open: @Sendable (FileDescriptor, String, CInt, mode_t) throws(Errno) -> FileDescriptor
  /// `pread`.
  package var read:
    @Sendable (FileDescriptor, UnsafeMutableRawBufferPointer, Int64) throws(Errno) -> Int
  /// `pwrite`.
  package var write: @Sendable (FileDescriptor, UnsafeRawBufferPointer, Int64) throws(Errno) -> Int
  /// `ftruncate`.
  package var resize: @Sendable (FileDescriptor, Int64) throws(Errno) -> Void
  /// `fsync`; `fdatasync`, if the last argument is true.
  package var synchronize: @Sendable (FileDescriptor, Bool) throws(Errno) -> Void

  /// Those of the kernel.
  package static let kernel = SystemCalls(
    open: { (directory, name, flags, mode) throws(Errno) in
      FileDescriptor(rawValue: try checked { openat(directory.rawValue, name, flags, mode) })
    },
    read: { (file, buffer, offset) throws(Errno) in
      try reporting {
        try file.read(fromAbsoluteOffset: offset, into: buffer, retryOnInterrupt: false)
      }
    },
    write: { (file, bytes, offset) throws(Errno) in
      try reporting {
        try file.write(toAbsoluteOffset: offset, bytes, retryOnInterrupt: false)
      }
    },
    resize: { (file, size) throws(Errno) in
      try reporting { try file.resize(to: size, retryOnInterrupt: false) }
    },
    synchronize: { (file, dataOnly) throws(Errno) in
      _ = try checked { dataOnly ? fdatasync(file.rawValue) : fsync(file.rawValue) }
    })
}

/// What a call of C returns, or the error it reports.
func checked<Value: FixedWidthInteger>(_ call: () -> Value) throws(Errno) -> Value {
  let value = call()
  if value < 0 { throw Errno(rawValue: errno) }
  return value
}

/// The calls of swift-system throw nothing else, but don't say so.
private func reporting<Value>(_ call: () throws -> Value) throws(Errno) -> Value {
  do {
    return try call()
  } catch {
    throw error as? Errno ?? Errno(rawValue: EIO)
  }
}

/// Calls again as long as a signal comes in between.
func uninterrupted<Value>(_ call: () throws(Errno) -> Value) throws(Errno) -> Value {
  while true {
    do throws(Errno) {
      return try call()
    } catch {
      if error.rawValue != EINTR { throw error }
    }
  }
}
