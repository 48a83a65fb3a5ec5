//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//
import Glibc
import MoonpoolCore
import MoonpoolNIO
import SystemPackage
import Testing

/// Errors of the kernel have the names that the protocol gives them.
@Suite struct SystemErrorTests {
  @Test(
    arguments: [
      (ENOENT, .notFound), (EEXIST, .alreadyExists), (EISDIR, .isDirectory),
      (ENOTDIR, .notDirectory), (ENOTEMPTY, .directoryNotEmpty), (EBADF, .notPermitted),
      (EACCES, .notPermitted), (EPERM, .notPermitted), (ENOSPC, .noSpace), (EDQUOT, .noSpace),
      (EIO, .inputOutput), (EROFS, .inputOutput), (ENOMEM, .inputOutput),
      (EMFILE, .tooManyOpenFiles), (ENFILE, .tooManyOpenFiles), (ENAMETOOLONG, .invalidPath),
      (ELOOP, .invalidPath), (EINVAL, .invalidArgument), (EFBIG, .invalidArgument),
      (EOVERFLOW, .invalidArgument), (EBUSY, .invalidArgument),
    ] as [(CInt, StorageError.Code)])
  func `each number has its code`(_ number: CInt, _ code: StorageError.Code) async throws {
    var calls = SystemCalls.kernel
    calls.write = { (_, _, _) throws(Errno) in throw Errno(rawValue: number) }
    try await TemporaryDirectory.with { [calls] path in
      let storage = Storage(provider: try FileSystemStorage(below: path, calls: calls))
      let file = try await storage.open("f", .createOrOpen)
      await #expect(throws: StorageError(code, "write", "f")) { try await file.write([1]) }
    }
  }

  @Test func `a full directory is not empty, whatever the file system calls that`() {
    let exists = Errno(rawValue: EEXIST)
    #expect(StorageError(errno: exists, "rename", "").code == .directoryNotEmpty)
    #expect(StorageError(errno: exists, "removeDirectory", "").code == .directoryNotEmpty)
    #expect(StorageError(errno: exists, "createDirectory", "").code == .alreadyExists)
  }

  @Test func `a write beyond the process's limit ends where it can, and doesn't end the process`()
    async throws
  {
    await #expect(processExitsWith: .success) {
      signal(SIGXFSZ, SIG_DFL)  // whoever started the tests may have ignored it
      var nothing = sigset_t()
      sigemptyset(&nothing)
      var limit = rlimit(rlim_cur: 5_000, rlim_max: 5_000)
      setrlimit(__rlimit_resource_t(1), &limit)  // RLIMIT_FSIZE
      try await TemporaryDirectory.with { path in
        // Made by a main thread, which blocks no signals; a task's thread does.
        pthread_sigmask(SIG_SETMASK, &nothing, nil)
        let provider = try FileSystemStorage(below: path, threads: 1)
        let file = try await Storage(provider: provider).open("f", .createOrOpen)
        #expect(try await file.handler.write([UInt8](repeating: 7, count: 9_000), at: 0) == 5_000)
        try await expectFailure(.invalidArgument) { try await file.write([1], at: 5_000) }
        try await expectFailure(.invalidArgument) { try await file.truncate(to: 5_001) }
        #expect(try await file.size() == 5_000)
      }
    }
  }

  @Test func `the system's limit of open files is reported`() async throws {
    await #expect(processExitsWith: .success) {
      try await TemporaryDirectory.with { path in
        let storage = Storage(provider: try FileSystemStorage(below: path))
        var files = [try await storage.open("f", .createOrOpen)]
        var limit = rlimit(rlim_cur: 40, rlim_max: 40)
        setrlimit(__rlimit_resource_t(7), &limit)  // RLIMIT_NOFILE
        var code: StorageError.Code?
        while code == nil, files.count < 100 {
          code = try await failure { files.append(try await storage.open("f")) }
        }
        #expect(code == .tooManyOpenFiles)
        try await expectFailure(.tooManyOpenFiles) { try await storage.entries() }
        try await storage.rename("f", to: "g")
        files = []
        #expect(try await storage.entries().map(\.name) == ["g"])
      }
    }
  }

  /// By another user than root, to whom permissions mean nothing.
  @Test func `what the system doesn't permit is not permitted`() async throws {
    await #expect(processExitsWith: .success) {
      try await TemporaryDirectory.with { path in
        let storage = Storage(provider: try FileSystemStorage(below: path))
        try await storage.withFile("f") { try await $0.write([1]) }
        chmod("\(path)/f", 0)
        chmod(path, 0o555)
        let isRoot = geteuid() == 0
        if isRoot { #expect(seteuid(65_534) == 0) }
        try await expectFailure(.notPermitted) { try await storage.open("f") }
        try await expectFailure(.notPermitted) { try await storage.open("g", .createOrOpen) }
        try await expectFailure(.notPermitted) { try await storage.remove("f") }
        try await expectFailure(.notPermitted) { try await storage.createDirectory("d") }
        if isRoot { seteuid(0) }
        chmod(path, 0o700)
      }
    }
  }
}
