//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolSim
import Testing

/// An operation that must fail, and how.
struct ExpectedFailure: Sendable, CustomTestStringConvertible {
  var name: String
  var code: StorageError.Code
  var attempt: @Sendable (FileSystem) throws -> Void

  init(
    _ name: String, _ code: StorageError.Code,
    _ attempt: @escaping @Sendable (FileSystem) throws -> Void
  ) {
    self.name = name
    self.code = code
    self.attempt = attempt
  }

  var testDescription: String { "\(name): \(code)" }
}

private let write = OpenOptions(write: true)

private let opening: [ExpectedFailure] = [
  ExpectedFailure("open what isn't there", .notFound) { _ = try $0.open("x", .readOnly) },
  ExpectedFailure("open what isn't there for writing", .notFound) { _ = try $0.open("x", write) },
  ExpectedFailure("open below what isn't there", .notFound) {
    _ = try $0.open("x/y", .createOrOpen)
  },
  ExpectedFailure("open below a file", .notDirectory) { _ = try $0.open("f/y", .createOrOpen) },
  ExpectedFailure("open a directory", .isDirectory) { _ = try $0.open("d", .readOnly) },
  ExpectedFailure("create over a directory", .isDirectory) { _ = try $0.open("d", .createOrOpen) },
  ExpectedFailure("open the root", .isDirectory) { _ = try $0.open("/", .readOnly) },
  ExpectedFailure("create new over a file", .alreadyExists) {
    _ = try $0.open("f", .createNewWrite)
  },
  ExpectedFailure("create new over a directory", .alreadyExists) {
    _ = try $0.open("d", .createNewWrite)
  },
  ExpectedFailure("open for nothing", .invalidArgument) {
    _ = try $0.open("f", OpenOptions(read: false))
  },
  ExpectedFailure("create without writing", .invalidArgument) {
    _ = try $0.open("x", OpenOptions(create: true))
  },
  ExpectedFailure("create new without writing", .invalidArgument) {
    _ = try $0.open("x", OpenOptions(createNew: true))
  },
  ExpectedFailure("empty without writing", .invalidArgument) {
    _ = try $0.open("f", OpenOptions(truncate: true))
  },
  ExpectedFailure("append without writing", .invalidArgument) {
    _ = try $0.open("f", OpenOptions(append: true))
  },
  ExpectedFailure("open one too many", .tooManyOpenFiles) { files in
    files.limits.openFiles = 2
    defer { files.limits.openFiles = 9 }
    for _ in 0..<3 { _ = try files.open("f", .readOnly) }
  },
]

private let paths: [ExpectedFailure] = [
  ExpectedFailure("empty path", .invalidPath) { _ = try $0.open("", .createOrOpen) },
  ExpectedFailure("empty name", .invalidPath) { _ = try $0.open("d//f", .readOnly) },
  ExpectedFailure("slash at the end", .invalidPath) {
    try $0.createDirectory("x/", intermediates: false)
  },
  ExpectedFailure("two slashes", .invalidPath) { _ = try $0.entries(of: "//") },
  ExpectedFailure("dot dot", .invalidPath) { _ = try $0.open("d/../f", .readOnly) },
  ExpectedFailure("NUL", .invalidPath) { _ = try $0.open("a\0b", .createOrOpen) },
  ExpectedFailure("name of 256 bytes", .invalidPath) {
    _ = try $0.open(String(repeating: "n", count: 256), .createOrOpen)
  },
  ExpectedFailure("path of 4,096 bytes", .invalidPath) {
    try $0.createDirectory(String(repeating: "n/", count: 2_047) + "nn", intermediates: true)
  },
]

private let handles: [ExpectedFailure] = [
  ExpectedFailure("read without permission", .notPermitted) {
    _ = try $0.read($0.open("f", .createWrite), at: 0, count: 1)
  },
  ExpectedFailure("write without permission", .notPermitted) {
    try $0.write($0.open("f", .readOnly), at: 0, "x")
  },
  ExpectedFailure("write nothing without permission", .notPermitted) {
    try $0.write($0.open("f", .readOnly), at: 0, "")
  },
  ExpectedFailure("truncate without permission", .notPermitted) {
    try $0.truncate($0.open("f", .readOnly), to: 0)
  },
  ExpectedFailure("read before the beginning", .invalidArgument) {
    _ = try $0.read($0.open("f", .readOnly), at: -1, count: 1)
  },
  ExpectedFailure("write before the beginning", .invalidArgument) {
    try $0.write($0.open("f", write), at: -1, "x")
  },
  ExpectedFailure("truncate below zero", .invalidArgument) {
    try $0.truncate($0.open("f", write), to: -1)
  },
  ExpectedFailure("truncate beyond the largest size", .invalidArgument) {
    try $0.truncate($0.open("f", write), to: $0.limits.fileSize + 1)
  },
  ExpectedFailure("write beyond the largest size", .invalidArgument) {
    try $0.write($0.open("f", write), at: $0.limits.fileSize, "x")
  },
  ExpectedFailure("write far beyond the largest size", .invalidArgument) {
    try $0.write($0.open("f", write), at: .max, "x")
  },
  ExpectedFailure("use after close", .closed) {
    let handle = try $0.open("f", .readOnly)
    $0.close(handle)
    _ = try $0.size(handle)
  },
  ExpectedFailure("use of a handle whose slot is in use again", .closed) {
    let handle = try $0.open("f", .readOnly)
    $0.close(handle)
    _ = try $0.open("d/f", .readOnly)
    _ = try $0.read(handle, at: 0, count: 1)
  },
  ExpectedFailure("write to a full volume", .noSpace) {
    $0.limits.capacity = $0.usedBytes
    try $0.make("x", "x")
  },
]

private let removal: [ExpectedFailure] = [
  ExpectedFailure("remove what isn't there", .notFound) { try $0.remove("x") },
  ExpectedFailure("remove below what isn't there", .notFound) { try $0.remove("x/y") },
  ExpectedFailure("remove below a file", .notDirectory) { try $0.remove("f/y") },
  ExpectedFailure("remove a directory as a file", .isDirectory) { try $0.remove("d") },
  ExpectedFailure("remove the root as a file", .isDirectory) { try $0.remove("/") },
  ExpectedFailure("remove a directory that isn't there", .notFound) { try $0.removeDirectory("x") },
  ExpectedFailure("remove a file as a directory", .notDirectory) { try $0.removeDirectory("f") },
  ExpectedFailure("remove a directory with a file", .directoryNotEmpty) {
    try $0.removeDirectory("d")
  },
  ExpectedFailure("remove a directory with a directory", .directoryNotEmpty) {
    try $0.createDirectory("e/x", intermediates: false)
    try $0.removeDirectory("e")
  },
  ExpectedFailure("remove the root", .invalidArgument) { try $0.removeDirectory("/") },
]

private let directories: [ExpectedFailure] = [
  ExpectedFailure("make what is there", .alreadyExists) {
    try $0.createDirectory("d", intermediates: false)
  },
  ExpectedFailure("make over a file", .alreadyExists) {
    try $0.createDirectory("f", intermediates: false)
  },
  ExpectedFailure("make with those above, over a file", .alreadyExists) {
    try $0.createDirectory("d/f", intermediates: true)
  },
  ExpectedFailure("make the root", .alreadyExists) {
    try $0.createDirectory("/", intermediates: false)
  },
  ExpectedFailure("make below what isn't there", .notFound) {
    try $0.createDirectory("x/y", intermediates: false)
  },
  ExpectedFailure("make below a file", .notDirectory) {
    try $0.createDirectory("f/y", intermediates: false)
  },
  ExpectedFailure("make with those above, below a file", .notDirectory) {
    try $0.createDirectory("d/f/y/z", intermediates: true)
  },
  ExpectedFailure("list what isn't there", .notFound) { _ = try $0.entries(of: "x") },
  ExpectedFailure("list a file", .notDirectory) { _ = try $0.entries(of: "f") },
  ExpectedFailure("sync a directory that isn't there", .notFound) {
    try $0.synchronizeDirectory("x")
  },
  ExpectedFailure("sync a file as a directory", .notDirectory) { try $0.synchronizeDirectory("f") },
]

private let renaming: [ExpectedFailure] = [
  ExpectedFailure("rename what isn't there", .notFound) { try $0.rename("x", to: "y") },
  ExpectedFailure("rename to below what isn't there", .notFound) { try $0.rename("f", to: "x/y") },
  ExpectedFailure("rename to below a file", .notDirectory) { try $0.rename("d", to: "f/y") },
  ExpectedFailure("rename a file over a directory", .isDirectory) { try $0.rename("f", to: "e") },
  ExpectedFailure("rename a directory over a file", .notDirectory) { try $0.rename("e", to: "f") },
  ExpectedFailure("rename a directory over a full one", .directoryNotEmpty) {
    try $0.rename("e", to: "d")
  },
  ExpectedFailure("rename a directory into itself", .wouldLoop) { try $0.rename("d", to: "d/x") },
  ExpectedFailure("rename a directory far into itself", .wouldLoop) {
    try $0.createDirectory("d/a/b", intermediates: true)
    try $0.rename("d", to: "d/a/b/c")
  },
  ExpectedFailure("rename over a directory above", .directoryNotEmpty) {
    try $0.createDirectory("d/a", intermediates: false)
    try $0.rename("d/a", to: "d")
  },
  ExpectedFailure("rename the root", .wouldLoop) { try $0.rename("/", to: "x") },
  ExpectedFailure("rename a file over the root", .directoryNotEmpty) {
    try $0.rename("f", to: "/")
  },
]

@Suite struct FileSystemErrorTests {
  /// `d/f` and `f` are files, `d` and `e` directories.
  @Test(arguments: opening + paths + handles + removal + directories + renaming)
  func refused(_ refusal: ExpectedFailure) throws {
    let files = FileSystem()
    try files.createDirectory("d", intermediates: false)
    try files.createDirectory("e", intermediates: false)
    try files.make("f", "file")
    try files.make("d/f", "deep")
    do {
      try refusal.attempt(files)
      Issue.record("was not refused")
    } catch let error as StorageError {
      #expect(error.code == refusal.code)
    }
    // What fails has no effect on what was there.
    #expect(try files.text("d/f") == "deep")
    #expect(try files.metadata("f")?.kind == .file)
    #expect(try files.metadata("e")?.kind == .directory)
  }
}
