//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Glibc
package import MoonpoolCore
package import SystemPackage

extension StorageError {
  /// What an error of the kernel is called.
  package init(errno error: Errno, _ operation: String, _ path: String) {
    self.init(Self.code(of: error.rawValue, operation), operation, path)
  }

  private static func code(of number: CInt, _ operation: String) -> Code {
    switch number {
    case ENOENT: .notFound
    // XFS says so of a directory that a rename would replace; POSIX allows it for rmdir, too.
    case EEXIST where ["rename", "removeDirectory"].contains(operation): .directoryNotEmpty
    case EEXIST: .alreadyExists
    case EISDIR: .isDirectory
    case ENOTDIR: .notDirectory
    case ENOTEMPTY: .directoryNotEmpty
    case EBADF, EACCES, EPERM: .notPermitted
    case ENOSPC, EDQUOT: .noSpace
    case EMFILE, ENFILE: .tooManyOpenFiles
    case ENAMETOOLONG, ELOOP: .invalidPath
    case ENXIO where operation == "open": .invalidPath  // a pipe, a socket
    case EINVAL where operation == "rename": .wouldLoop
    case EINVAL, EFBIG, EOVERFLOW, EBUSY, EXDEV: .invalidArgument
    // EIO; also EROFS, since a volume that can no longer be written has mostly failed before.
    default: .inputOutput
    }
  }
}
