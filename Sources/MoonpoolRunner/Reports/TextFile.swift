//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import Glibc

/// A file cannot be read or written, or isn't what it should be.
public struct ReportFileError: Error, Sendable, CustomStringConvertible {
  /// What is wrong, and what to do, in one line.
  public let description: String

  init(_ description: String) { self.description = description }

  static func unknown(_ member: String, _ value: String) -> ReportFileError {
    ReportFileError(
      "this version knows no \(member) '\(value)'; read it with the version that wrote it")
  }

  /// The same, with the file that it is about.
  func naming(_ path: String) -> ReportFileError { ReportFileError("'\(path)': \(description)") }
}

/// Text files that are read whole, and written whole or not at all.
package enum TextFile {
  /// The text of a file.
  package static func read(_ path: String) throws(ReportFileError) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path, errno) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(path, errno) }
      if count == 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += buffer[..<count]
    }
  }

  /// Makes sure that a file can be written, without touching what is there.
  package static func check(_ path: String) throws(ReportFileError) {
    let target = destination(path)
    if isSpecial(target) { return try checkAccess(path, target) }
    if access(target, F_OK) == 0 { try checkAccess(path, target) }
    let (temporary, descriptor) = try makeTemporary(path, beside: target)
    close(descriptor)
    unlink(temporary)
  }

  /// Writes a file. Whoever reads it meanwhile has the whole text of before or of now.
  package static func write(_ text: String, to path: String) throws(ReportFileError) {
    let target = destination(path)
    if isSpecial(target) {
      let descriptor = open(target, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw unwritable(path, errno) }
      defer { close(descriptor) }
      guard put(text, into: descriptor) else { throw unwritable(path, errno) }
      return
    }
    let (temporary, descriptor) = try makeTemporary(path, beside: target)
    var isWhole = put(text, into: descriptor)
    var code = errno
    if close(descriptor) != 0, isWhole { (isWhole, code) = (false, errno) }
    if isWhole, rename(temporary, target) != 0 { (isWhole, code) = (false, errno) }
    guard isWhole else {
      unlink(temporary)
      throw unwritable(path, code)
    }
  }

  // MARK: Details

  /// Where a path leads: what is renamed must not take the place of a symbolic link.
  private static func destination(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// Whether there is something that isn't an ordinary file, such as a pipe or `/dev/stdout`.
  private static func isSpecial(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
  }

  private static func checkAccess(_ path: String, _ target: String) throws(ReportFileError) {
    var status = stat()
    if stat(target, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw unwritable(path, EISDIR)
    }
    if access(target, W_OK) != 0 { throw unwritable(path, errno) }
  }

  private static func makeTemporary(
    _ path: String, beside target: String
  ) throws(ReportFileError) -> (path: String, descriptor: CInt) {
    let temporary = "\(target).\(getpid()).part"
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC
    let descriptor = open(temporary, flags, 0o666)
    guard descriptor >= 0 else { throw unwritable(path, errno) }
    return (temporary, descriptor)
  }

  private static func put(_ text: String, into descriptor: CInt) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
      }
      return true
    }
  }

  private static func unreadable(_ path: String, _ code: CInt) -> ReportFileError {
    ReportFileError(
      "cannot read '\(path)': \(String(cString: strerror(code))); name a file that can be read")
  }

  private static func unwritable(_ path: String, _ code: CInt) -> ReportFileError {
    let advice =
      switch code {
      case ENOENT: "make its folder first"
      case EISDIR: "name a file in it"
      case ENOSPC: "make room first"
      default: "name a file that can be written"
      }
    return ReportFileError(
      "cannot write '\(path)': \(String(cString: strerror(code))); \(advice)")
  }
}
