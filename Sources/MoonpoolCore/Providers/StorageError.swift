//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Why a storage operation failed.
public struct StorageError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What went wrong, named after the POSIX error that a real disk reports.
  public enum Code: String, Sendable, Hashable, CaseIterable {
    /// There is nothing at the path (ENOENT).
    case notFound
    /// There is something at the path (EEXIST).
    case alreadyExists
    /// A file was expected (EISDIR).
    case isDirectory
    /// A directory was expected (ENOTDIR).
    case notDirectory
    /// The directory still has entries (ENOTEMPTY).
    case directoryNotEmpty
    /// The file was not opened for this (EBADF), or the system doesn't allow it (EACCES, EPERM).
    case notPermitted
    /// The handle has been closed (EBADF).
    case closed
    /// The volume or the quota is full (ENOSPC, EDQUOT).
    case noSpace
    /// The device reported an error (EIO).
    case inputOutput
    /// Too many files are open (EMFILE).
    case tooManyOpenFiles
    /// The path is empty, has an empty name or `..` in it, or is too long (EINVAL, ENAMETOOLONG).
    case invalidPath
    /// An offset, size or combination of options is out of range (EINVAL).
    case invalidArgument
    /// A directory cannot become a part of itself (EINVAL).
    case wouldLoop
  }

  /// What went wrong.
  public var code: Code
  /// The operation, such as `open`.
  public var operation: String
  /// The path it was about, as far as known.
  public var path: String

  /// Creates an error.
  public init(_ code: Code, _ operation: String, _ path: String = "") {
    self.code = code
    self.operation = operation
    self.path = path
  }

  public var description: String {
    path.isEmpty ? "\(operation): \(code.rawValue)" : "\(operation) \(path): \(code.rawValue)"
  }
}
