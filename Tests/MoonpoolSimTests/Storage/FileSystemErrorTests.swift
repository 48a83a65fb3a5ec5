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
struct Refusal: Sendable, CustomTestStringConvertible {
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

private let opening: [Refusal] = [
  Refusal("open what isn't there", .notFound) { _ = try $0.open("x", .readOnly) },
  Refusal("open what isn't there for writing", .notFound) { _ = try $0.open("x", write) },
  Refusal("open below what isn't there", .notFound) { _ = try $0.open("x/y", .createOrOpen) },
  Refusal("open below a file", .notDirectory) { _ = try $0.open("f/y", .createOrOpen) },
  Refusal("open a directory", .isDirectory) { _ = try $0.open("d", .readOnly) },
  Refusal("create over a directory", .isDirectory) { _ = try $0.open("d", .createOrOpen) },
  Refusal("open the root", .isDirectory) { _ = try $0.open("/", .readOnly) },
  Refusal("create new over a file", .alreadyExists) { _ = try $0.open("f", .createNewWrite) },
  Refusal("create new over a directory", .alreadyExists) { _ = try $0.open("d", .createNewWrite) },
  Refusal("open for nothing", .invalidArgument) { _ = try $0.open("f", OpenOptions(read: false)) },
  Refusal("create without writing", .invalidArgument) {
    _ = try $0.open("x", OpenOptions(create: true))
  },
  Refusal("create new without writing", .invalidArgument) {
    _ = try $0.open("x", OpenOptions(createNew: true))
  },
  Refusal("empty without writing", .invalidArgument) {
    _ = try $0.open("f", OpenOptions(truncate: true))
  },
  Refusal("append without writing", .invalidArgument) {
    _ = try $0.open("f", OpenOptions(append: true))
  },
  Refusal("open one too many", .tooManyOpenFiles) { files in
    files.limits.openFiles = 2
    defer { files.limits.openFiles = 9 }
    for _ in 0..<3 { _ = try files.open("f", .readOnly) }
  },
]

private let paths: [Refusal] = [
  Refusal("empty path", .invalidPath) { _ = try $0.open("", .createOrOpen) },
  Refusal("empty name", .invalidPath) { _ = try $0.open("d//f", .readOnly) },
  Refusal("slash at the end", .invalidPath) { try $0.createDirectory("x/", intermediates: false) },
  Refusal("two slashes", .invalidPath) { _ = try $0.entries(of: "//") },
  Refusal("dot dot", .invalidPath) { _ = try $0.open("d/../f", .readOnly) },
  Refusal("NUL", .invalidPath) { _ = try $0.open("a\0b", .createOrOpen) },
  Refusal("name of 256 bytes", .invalidPath) {
    _ = try $0.open(String(repeating: "n", count: 256), .createOrOpen)
  },
  Refusal("path of 4,096 bytes", .invalidPath) {
    try $0.createDirectory(String(repeating: "n/", count: 2_047) + "nn", intermediates: true)
  },
]

private let handles: [Refusal] = [
  Refusal("read without permission", .notPermitted) {
    _ = try $0.read($0.open("f", .createWrite), at: 0, count: 1)
  },
  Refusal("write without permission", .notPermitted) {
    try $0.write($0.open("f", .readOnly), at: 0, "x")
  },
  Refusal("write nothing without permission", .notPermitted) {
    try $0.write($0.open("f", .readOnly), at: 0, "")
  },
  Refusal("truncate without permission", .notPermitted) {
    try $0.truncate($0.open("f", .readOnly), to: 0)
  },
  Refusal("read before the beginning", .invalidArgument) {
    _ = try $0.read($0.open("f", .readOnly), at: -1, count: 1)
  },
  Refusal("write before the beginning", .invalidArgument) {
    try $0.write($0.open("f", write), at: -1, "x")
  },
  Refusal("truncate below zero", .invalidArgument) { try $0.truncate($0.open("f", write), to: -1) },
  Refusal("truncate beyond the largest size", .invalidArgument) {
    try $0.truncate($0.open("f", write), to: $0.limits.fileSize + 1)
  },
  Refusal("write beyond the largest size", .invalidArgument) {
    try $0.write($0.open("f", write), at: $0.limits.fileSize, "x")
  },
  Refusal("write far beyond the largest size", .invalidArgument) {
    try $0.write($0.open("f", write), at: .max, "x")
  },
  Refusal("use after close", .closed) {
    let handle = try $0.open("f", .readOnly)
    $0.close(handle)
    _ = try $0.size(handle)
  },
  Refusal("use of a handle whose slot is in use again", .closed) {
    let handle = try $0.open("f", .readOnly)
    $0.close(handle)
    _ = try $0.open("d/f", .readOnly)
    _ = try $0.read(handle, at: 0, count: 1)
  },
  Refusal("write to a full volume", .noSpace) {
    $0.limits.capacity = $0.usedBytes
    try $0.make("x", "x")
  },
]

private let removal: [Refusal] = [
  Refusal("remove what isn't there", .notFound) { try $0.remove("x") },
  Refusal("remove below what isn't there", .notFound) { try $0.remove("x/y") },
  Refusal("remove below a file", .notDirectory) { try $0.remove("f/y") },
  Refusal("remove a directory as a file", .isDirectory) { try $0.remove("d") },
  Refusal("remove the root as a file", .isDirectory) { try $0.remove("/") },
  Refusal("remove a directory that isn't there", .notFound) { try $0.removeDirectory("x") },
  Refusal("remove a file as a directory", .notDirectory) { try $0.removeDirectory("f") },
  Refusal("remove a directory with a file", .directoryNotEmpty) { try $0.removeDirectory("d") },
  Refusal("remove a directory with a directory", .directoryNotEmpty) {
    try $0.createDirectory("e/x", intermediates: false)
    try $0.removeDirectory("e")
  },
  Refusal("remove the root", .invalidArgument) { try $0.removeDirectory("/") },
]

private let directories: [Refusal] = [
  Refusal("make what is there", .alreadyExists) {
    try $0.createDirectory("d", intermediates: false)
  },
  Refusal("make over a file", .alreadyExists) { try $0.createDirectory("f", intermediates: false) },
  Refusal("make with those above, over a file", .alreadyExists) {
    try $0.createDirectory("d/f", intermediates: true)
  },
  Refusal("make the root", .alreadyExists) { try $0.createDirectory("/", intermediates: false) },
  Refusal("make below what isn't there", .notFound) {
    try $0.createDirectory("x/y", intermediates: false)
  },
  Refusal("make below a file", .notDirectory) {
    try $0.createDirectory("f/y", intermediates: false)
  },
  Refusal("make with those above, below a file", .notDirectory) {
    try $0.createDirectory("d/f/y/z", intermediates: true)
  },
  Refusal("list what isn't there", .notFound) { _ = try $0.entries(of: "x") },
  Refusal("list a file", .notDirectory) { _ = try $0.entries(of: "f") },
  Refusal("sync a directory that isn't there", .notFound) { try $0.synchronizeDirectory("x") },
  Refusal("sync a file as a directory", .notDirectory) { try $0.synchronizeDirectory("f") },
]

private let renaming: [Refusal] = [
  Refusal("rename what isn't there", .notFound) { try $0.rename("x", to: "y") },
  Refusal("rename to below what isn't there", .notFound) { try $0.rename("f", to: "x/y") },
  Refusal("rename to below a file", .notDirectory) { try $0.rename("d", to: "f/y") },
  Refusal("rename a file over a directory", .isDirectory) { try $0.rename("f", to: "e") },
  Refusal("rename a directory over a file", .notDirectory) { try $0.rename("e", to: "f") },
  Refusal("rename a directory over a full one", .directoryNotEmpty) { try $0.rename("e", to: "d") },
  Refusal("rename a directory into itself", .wouldLoop) { try $0.rename("d", to: "d/x") },
  Refusal("rename a directory far into itself", .wouldLoop) {
    try $0.createDirectory("d/a/b", intermediates: true)
    try $0.rename("d", to: "d/a/b/c")
  },
  Refusal("rename over a directory above", .directoryNotEmpty) {
    try $0.createDirectory("d/a", intermediates: false)
    try $0.rename("d/a", to: "d")
  },
  Refusal("rename the root", .wouldLoop) { try $0.rename("/", to: "x") },
  Refusal("rename a file over the root", .isDirectory) { try $0.rename("f", to: "/") },
]

@Suite struct FileSystemErrorTests {
  /// `d/f` and `f` are files, `d` and `e` directories.
  @Test(arguments: opening + paths + handles + removal + directories + renaming)
  func refused(_ refusal: Refusal) throws {
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
