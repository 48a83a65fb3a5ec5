//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolRuntime
import MoonpoolSim
import Testing

@Suite struct FileSystemTests {
  let files = FileSystem()

  // MARK: - Opening

  @Test func `create makes a file, and opens the one that is there`() throws {
    let first = try files.open("f", .createOrOpen)
    try files.write(first, at: 0, "one")
    let second = try files.open("f", .createOrOpen)
    #expect(try files.read(second, at: 0, count: 9) == Array("one".utf8))
  }

  @Test func `truncate empties a file that others have open`() throws {
    let first = try files.open("f", .createOrOpen)
    try files.write(first, at: 0, "one")
    _ = try files.open("f", .createWrite)
    #expect(try files.size(first) == 0)
  }

  @Test func `a name can be made anew after it was removed`() throws {
    try files.make("f", "one")
    try files.remove("f")
    let handle = try files.open("f", .createNewWrite)
    #expect(try files.size(handle) == 0)
  }

  @Test func `handles have permissions of their own`() throws {
    try files.make("f", "one")
    let reader = try files.open("f", .readOnly)
    let writer = try files.open("f", .readWrite)
    try files.write(writer, at: 0, "two")
    #expect(try files.read(reader, at: 0, count: 3) == Array("two".utf8))
    #expect(throws: StorageError(.notPermitted, "write")) {
      try files.write(reader, at: 0, "three")
    }
  }

  @Test func `a leading slash and single dots mean nothing`() throws {
    try files.createDirectory("/d", intermediates: false)
    try files.make("./d/./f", "one")
    #expect(try files.text("/d/f") == "one")
    #expect(try files.list("/") == "d/")
    #expect(try files.list(".") == "d/")
  }

  @Test func `names are bytes: two that look alike are two`() throws {
    try files.make("\u{E9}", "composed")
    try files.make("e\u{301}", "decomposed")
    #expect(try files.text("\u{E9}") == "composed")
    #expect(try files.entries(of: "/").count == 2)
  }

  // MARK: - Reading and writing

  @Test func `appending goes to the end at each write, whatever the offset`() throws {
    let first = try files.open("f", .appending)
    let second = try files.open("f", .appending)
    for (handle, text) in [(first, "a"), (second, "b"), (first, "c")] {
      try files.write(handle, at: 0, text)
    }
    #expect(try files.text("f") == "abc")
  }

  @Test func `reading at and beyond the end gives nothing`() throws {
    let handle = try files.open("f", .createOrOpen)
    try files.write(handle, at: 0, "abc")
    #expect(try files.read(handle, at: 2, count: 9) == Array("c".utf8))
    #expect(try files.read(handle, at: 3, count: 9).isEmpty)
    #expect(try files.read(handle, at: .max, count: 9).isEmpty)
    #expect(try files.read(handle, at: 0, count: 0).isEmpty)
  }

  @Test func `holes and growth read as zeros`() throws {
    let handle = try files.open("f", .createOrOpen)
    try files.write(handle, at: 10_000, "x")
    try files.truncate(handle, to: 20_000)
    let expected = run("\0", 10_000) + run("x", 1) + run("\0", 9_999)
    #expect(try files.read(handle, at: 0, count: 30_000) == expected)
  }

  @Test func `what was cut off does not come back`() throws {
    let handle = try files.open("f", .createOrOpen)
    _ = try files.write(handle, at: 0, run("x", 10_000))
    try files.truncate(handle, to: 100)
    try files.truncate(handle, to: 10_000)
    #expect(try files.read(handle, at: 0, count: 10_000) == run("x", 100) + run("\0", 9_900))
  }

  @Test func `an empty write changes nothing`() throws {
    let handle = try files.open("f", .createOrOpen)
    #expect(try files.write(handle, at: 100, "") == 0)
    #expect(try files.size(handle) == 0)
  }

  @Test func `a file of many terabytes takes what is written`() throws {
    let handle = try files.open("f", .createOrOpen)
    let far: Int64 = 1 << 43
    try files.write(handle, at: far, "far")
    try files.write(handle, at: 1 << 30, "near")
    #expect(try files.size(handle) == far + 3)
    #expect(try files.read(handle, at: far - 1, count: 9) == [0] + Array("far".utf8))
    #expect(try files.read(handle, at: 1 << 30, count: 4) == Array("near".utf8))
    #expect(files.usedBytes == 8_192)
  }

  @Test func `the largest size takes the first part`() throws {
    files.limits.fileSize = 1_000
    let handle = try files.open("f", .createOrOpen)
    #expect(try files.write(handle, at: 900, run("x", 200)) == 100)
    #expect(try files.size(handle) == 1_000)
  }

  /// Random writes, cuts and reads against an array.
  @Test(arguments: 0..<20 as Range<UInt64>)
  func `contents behave like an array`(seed: UInt64) throws {
    try withStorageDecisions(seed) { decisions in
      let stream = decisions.stream(.workload("contents"))
      let handle = try files.open("f", .createOrOpen)
      var model: [UInt8] = []
      for round in 0..<300 {
        let offset = stream.int(in: 0..<20_000)
        switch stream.int(in: 0..<8) {
        case 0: try files.synchronize(handle, .data)
        case 1:
          try files.truncate(handle, to: Int64(offset))
          let grown = max(0, offset - model.count)
          model = Array(model.prefix(offset)) + run("\0", grown)
        case 2..<6:
          let count = stream.bool() ? 4_096 : stream.int(in: 1..<9_000)
          let start = stream.bool() ? offset & ~4_095 : offset
          let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: round), count: count)
          #expect(try files.write(handle, at: Int64(start), bytes) == count)
          model += run("\0", max(0, start + count - model.count))
          model.replaceSubrange(start..<(start + count), with: bytes)
        default:
          let expected = model.dropFirst(offset).prefix(5_000)
          #expect(try files.read(handle, at: Int64(offset), count: 5_000) == Array(expected))
        }
      }
      #expect(try files.read(handle, at: 0, count: 40_000) == model)
    }
  }

  // MARK: - Names

  @Test func `a removed file stays with who has it open, and then is gone`() throws {
    let handle = try files.open("f", .createOrOpen)
    try files.write(handle, at: 0, "one")
    try files.synchronize(handle, .all)
    try files.synchronizeDirectory("/")
    try files.remove("f")
    try files.synchronizeDirectory("/")
    #expect(try files.metadata("f") == nil)
    try files.make("f", "other")
    #expect(try files.read(handle, at: 0, count: 9) == Array("one".utf8))
    #expect(files.usedBytes == 8_192)
    files.close(handle)
    #expect(files.usedBytes == 4_096)
  }

  @Test func `an open file keeps its handle through a rename`() throws {
    let handle = try files.open("f", .createOrOpen)
    try files.rename("f", to: "g")
    try files.write(handle, at: 0, "one")
    #expect(try files.text("g") == "one")
  }

  @Test func `rename replaces a file, whose handles keep it`() throws {
    try files.make("a", "new")
    try files.make("b", "old")
    let old = try files.open("b", .readOnly)
    try files.rename("a", to: "b")
    #expect(try files.list("/") == "b")
    #expect(try files.text("b") == "new")
    #expect(try files.read(old, at: 0, count: 9) == Array("old".utf8))
  }

  @Test func `rename onto a removed name makes it whole again`() throws {
    try files.make("a", "new")
    try files.make("b", "old")
    try files.remove("b")
    try files.rename("a", to: "b")
    #expect(try files.text("b") == "new")
  }

  @Test func `rename to itself does nothing`() throws {
    try files.make("a", "x")
    try files.createDirectory("d", intermediates: false)
    try files.rename("a", to: "./a")
    try files.rename("d", to: "/d")
    #expect(try files.list("/") == "a d/")
  }

  @Test func `rename moves a directory with all that is in it`() throws {
    try files.createDirectory("a/b", intermediates: true)
    try files.createDirectory("c", intermediates: true)
    try files.make("a/b/f", "x")
    try files.rename("a", to: "c/d")
    #expect(try files.text("c/d/b/f") == "x")
    #expect(try files.list("/") == "c/")
  }

  @Test func `rename replaces an empty directory`() throws {
    try files.createDirectory("a", intermediates: false)
    try files.make("a/f", "x")
    try files.createDirectory("b", intermediates: false)
    try files.rename("a", to: "b")
    #expect(try files.list("b") == "f")
  }

  @Test func `names are sorted by their bytes`() throws {
    for name in ["b", "a", "Z", "a.b", "\u{E9}", "aa", "10", "9"] { try files.make(name) }
    #expect(try files.list("/") == "10 9 Z a a.b aa b \u{E9}")
  }

  @Test func `intermediates are made, and what is there is kept`() throws {
    try files.createDirectory("a/b/c", intermediates: true)
    try files.make("a/b/f", "x")
    try files.createDirectory("a/b/c", intermediates: true)
    #expect(try files.list("a/b") == "c/ f")
    try files.removeDirectory("a/b/c")
    #expect(try files.list("a/b") == "f")
  }

  @Test func `metadata tells kind and size, or nothing`() throws {
    try files.make("f", "four")
    #expect(try files.metadata("f") == FileMetadata(kind: .file, size: 4))
    #expect(try files.metadata("/") == FileMetadata(kind: .directory, size: 0))
    #expect(try files.metadata("x") == nil)
    #expect(try files.metadata("x/y") == nil)
    #expect(try files.metadata("f/y") == nil)
  }

  // MARK: - Room

  @Test func `a volume that fills up takes the first part`() throws {
    files.limits.capacity = 3 * 4_096
    let handle = try files.open("f", .createOrOpen)
    #expect(try files.write(handle, at: 0, run("x", 20_000)) == 3 * 4_096)
    #expect(try files.size(handle) == 3 * 4_096)
    #expect(files.space() == StorageSpace(capacity: 12_288, available: 0))
    #expect(throws: StorageError(.noSpace, "write")) { try files.write(handle, at: 12_288, "x") }
    // What has its room already can still be written, and room that is given back be used.
    #expect(try files.write(handle, at: 0, run("y", 4_096)) == 4_096)
    try files.truncate(handle, to: 4_096)
    #expect(files.space().available == 8_192)
    #expect(try files.write(handle, at: 4_096, run("z", 9_999)) == 8_192)
  }

  @Test func `holes take no room`() throws {
    files.limits.capacity = 4_096
    let handle = try files.open("f", .createOrOpen)
    try files.truncate(handle, to: 1 << 30)
    try files.write(handle, at: 1 << 29, "x")
    #expect(files.space().available == 0)
  }

  @Test func `closing makes room for another open file`() throws {
    files.limits.openFiles = 1
    files.close(try files.open("f", .createOrOpen))
    let handle = try files.open("f", .readOnly)
    files.close(handle)
    files.close(handle)
    #expect(files.openFileCount == 0)
  }

  @Test func `what is unsynced is bounded: the system writes back by itself`() throws {
    files.limits.unsyncedBytes = 1 << 20
    let handle = try files.open("f", .createOrOpen)
    for _ in 0..<10_000 { _ = try files.write(handle, at: 0, run("x", 512)) }
    #expect(files.unsyncedBytes <= 1 << 20)
    #expect(files.writebackCount > 0)
    let before = files.writebackCount
    files.limits.unsyncedNames = 10
    for _ in 0..<50 {
      try files.make("t")
      try files.rename("t", to: "u")
    }
    #expect(files.writebackCount > before)
  }

  @Test(arguments: 0..<30 as Range<UInt64>)
  func `memory and room are given back`(seed: UInt64) throws {
    try withStorageDecisions(seed) { decisions in
      let stream = decisions.stream(.workload("memory"))
      for _ in 0..<3 {
        for _ in 0..<100 {
          let path = stream.element(of: ["a", "b", "c"]) ?? "a"
          let handle = try files.open(path, .createOrOpen)
          let size = stream.int(in: 0..<20_000)
          switch stream.int(in: 0..<7) {
          case 0: try files.truncate(handle, to: Int64(size))
          case 1: try files.synchronize(handle, .all)
          case 2: try files.synchronizeDirectory("/")
          case 3: try files.remove(path)
          case 4: try files.rename(path, to: stream.element(of: ["a", "b", "c"]) ?? "a")
          default: _ = try files.write(handle, at: Int64(size), run("x", 1 + size / 2))
          }
          if stream.bool() { files.close(handle) }
        }
        _ = files.crash(CrashModel(), crashStreams(decisions))
        #expect(files.unsyncedBytes == 0 && files.openFileCount == 0)
        for entry in try files.entries(of: "/") { try files.remove(entry.name) }
        #expect(files.usedBytes == 0)
        try files.synchronizeDirectory("/")
        #expect(files.unsyncedBytes == 0)
      }
    }
  }
}
