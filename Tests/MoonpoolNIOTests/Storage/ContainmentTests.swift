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
import Testing

/// Nothing that a program asks for is outside the directory it was given.
@Suite struct ContainmentTests {
  /// A directory with `outside/secret` in it, and a provider of `inside`, beside it.
  private func withNeighbours(
    _ body: (_ path: String, _ storage: Storage) async throws -> Void
  ) async throws {
    try await TemporaryDirectory.with { path in
      let all = Storage(provider: try FileSystemStorage(below: path))
      try await all.createDirectory("inside/d")
      try await all.createDirectory("outside")
      try await all.withFile("outside/secret") { try await $0.write(Array("secret".utf8)) }
      try await body(path, Storage(provider: try FileSystemStorage(below: "\(path)/inside")))
      let kept = try await all.withFile("outside/secret", .readOnly) { try await $0.read(99) }
      #expect(kept == Array("secret".utf8))
      #expect(try await all.entries(of: "outside").map(\.name) == ["secret"])
    }
  }

  @Test func `no path leads above the root`() async throws {
    try await withNeighbours { path, storage in
      for escape in ["../outside/secret", "/../outside/secret", "d/../../outside/secret"] {
        try await expectFailure(.invalidPath) { try await storage.open(escape) }
        try await expectFailure(.invalidPath) { try await storage.open(escape, .createWrite) }
        try await expectFailure(.invalidPath) { try await storage.remove(escape) }
        try await expectFailure(.invalidPath) { try await storage.rename(escape, to: "f") }
        try await expectFailure(.invalidPath) { try await storage.rename("d", to: escape) }
      }
      // An absolute path starts from the root of the provider.
      #expect(try await storage.metadata("\(path)/outside/secret") == nil)
    }
  }

  @Test(arguments: ["../outside", "ABSOLUTE/outside", "d"])
  func `a link to a directory is no directory`(_ target: String) async throws {
    try await withNeighbours { path, storage in
      let target = target.replacing("ABSOLUTE", with: path)
      #expect(symlink(target, "\(path)/inside/link") == 0)
      try await expectFailure(.notDirectory) { try await storage.open("link/secret") }
      try await expectFailure(.notDirectory) { try await storage.open("link/new", .createWrite) }
      try await expectFailure(.notDirectory) { try await storage.remove("link/secret") }
      try await expectFailure(.notDirectory) { try await storage.rename("link/secret", to: "f") }
      try await expectFailure(.notDirectory) { try await storage.rename("d", to: "link/d") }
      try await expectFailure(.notDirectory) { try await storage.createDirectory("link/d") }
      try await expectFailure(.notDirectory) { try await storage.entries(of: "link") }
      try await expectFailure(.notDirectory) { try await storage.synchronizeDirectory("link") }
      #expect(try await storage.metadata("link/secret") == nil)
      #expect(try await storage.entries().map(\.kind) == [.directory, .file])
      try await storage.remove("link")
      #expect(try await storage.entries().map(\.name) == ["d"])
    }
  }

  @Test(arguments: ["../outside/secret", "../outside/new"])
  func `a link to a file is not followed`(_ target: String) async throws {
    try await withNeighbours { path, storage in
      #expect(symlink(target, "\(path)/inside/link") == 0)
      for options in [OpenOptions.readOnly, .readWrite, .createOrOpen, .createWrite, .appending] {
        try await expectFailure(.invalidPath) { try await storage.open("link", options) }
      }
      try await expectFailure(.alreadyExists) { try await storage.open("link", .createNewWrite) }
      #expect(try await storage.metadata("link")?.kind == .file)
      try await storage.withFile("f") { try await $0.write([1]) }
      try await storage.rename("f", to: "link")
      #expect(try await storage.metadata("link") == FileMetadata(kind: .file, size: 1))
    }
  }

  /// With O_RDONLY, an open of a pipe waits for who writes to it: the thread would be lost.
  @Test func `a pipe is not opened, and nothing waits for it`() async throws {
    try await withNeighbours { path, storage in
      #expect(mkfifo("\(path)/inside/pipe", 0o600) == 0)
      for options in [OpenOptions.readOnly, .readWrite, .createWrite] {
        let code = try await failure { try await storage.open("pipe", options) }
        #expect(code == .invalidPath)
      }
      try await storage.remove("pipe")
    }
  }

  @Test func `the root may be moved, and is still the root`() async throws {
    try await withNeighbours { path, storage in
      #expect(rename("\(path)/inside", "\(path)/elsewhere") == 0)
      try await storage.withFile("f") { try await $0.write([1]) }
      #expect(access("\(path)/elsewhere/f", F_OK) == 0)
    }
  }

  @Test func `the root must be a directory that is there`() async throws {
    try await withNeighbours { path, _ in
      #expect(throws: StorageError(.notFound, "open", "\(path)/x")) {
        try FileSystemStorage(below: "\(path)/x")
      }
      #expect(throws: StorageError(.notDirectory, "open", "\(path)/outside/secret")) {
        try FileSystemStorage(below: "\(path)/outside/secret")
      }
    }
  }
}
