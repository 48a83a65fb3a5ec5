//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

extension StorageCase {
  static let handles: [StorageCase] = [
    StorageCase("two handles on a file see each other's writes at once") { volume in
      let first = try await volume.open("f", .createOrOpen)
      let second = try await volume.open("f", .readWrite)
      try await first.write("abc")
      try await second.expect("abc")
      try await second.write("X", at: 1)
      try await first.expect("aXc")
      try await second.write("def", at: 3)
      try await first.expect(size: 6)
      try requireEqual(try await volume.storage.metadata("f")?.size, 6, "the size by name")
    },
    StorageCase("what was written is there when the writer has closed") { volume in
      let writer = try await volume.open("f", .createWrite)
      try await writer.write("text")
      writer.close()
      try await volume.expect("text", in: "f")
    },
    StorageCase("nothing can be done with a closed handle") { volume in
      try await volume.make("f", "text")
      let file = try await volume.open("f", .readWrite)
      let copy = file
      file.close()
      for handle in [file, copy] {
        try await requireFailure(.closed, of: "read") { try await handle.read(at: 0, count: 1) }
        try await requireFailure(.closed, of: "write") { try await handle.write("x") }
        try await requireFailure(.closed, of: "size") { try await handle.size() }
        try await requireFailure(.closed, of: "truncate") { try await handle.truncate(to: 0) }
        try await requireFailure(.closed, of: "sync") { try await handle.synchronize() }
      }
      try await volume.expect("text", in: "f")
    },
    StorageCase("closing again does nothing, also to those who opened since") { volume in
      try await volume.make("f", "text")
      let first = try await volume.open("f")
      first.close()
      let second = try await volume.open("f")
      first.close()
      first.close()
      try await second.expect("text")
      try await requireFailure(.closed, of: "a read of the first") {
        try await first.read(at: 0, count: 1)
      }
    },
    StorageCase("closing one handle leaves the others open") { volume in
      let first = try await volume.open("f", .createOrOpen)
      let second = try await volume.open("f", .readWrite)
      try await first.write("text")
      first.close()
      try await second.expect("text")
      try await second.write("T")
      try await volume.expect("Text", in: "f")
    },
    StorageCase("withFile closes, whatever happens") { volume in
      var kept: [File] = []
      try await volume.storage.withFile("f") { kept.append($0) }
      do {
        try await volume.storage.withFile("f") { file in
          kept.append(file)
          throw ConformanceFailure("on purpose")
        }
      } catch is ConformanceFailure {}
      for file in kept {
        try await requireFailure(.closed, of: "the size") { try await file.size() }
      }
    },
    StorageCase("a file that is open can be removed, and used on") { volume in
      try await volume.make("f", "text")
      let file = try await volume.open("f", .readWrite)
      let other = try await volume.open("f")
      try await volume.storage.remove("f")
      try await volume.expect(names: "")
      try await file.expect("text")
      try await file.write(pattern(9_000), at: 2)
      try await file.truncate(to: 5_000)
      try await file.synchronize()
      try await other.expect(size: 5_000)
      try await other.expect(Array(pattern(9_000)[..<4_998]), at: 2, "what was written")
      try await volume.expectNothing(at: "f")
    },
    StorageCase("a new file under the name of a removed one is another file") { volume in
      try await volume.make("f", "old")
      let old = try await volume.open("f", .readWrite)
      try await volume.storage.remove("f")
      let new = try await volume.open("f", .createOrOpen)
      try await new.expect(size: 0)
      try await new.write("new!")
      try await old.write("X", at: 3)
      try await old.expect("oldX")
      try await volume.expect("new!", in: "f")
    },
    StorageCase("a removed file appends on, and its directory can go") { volume in
      try await volume.makeDirectory("d")
      let file = try await volume.open("d/f", OpenOptions(write: true, create: true, append: true))
      try await volume.storage.remove("d/f")
      try await volume.storage.removeDirectory("d")
      try await file.write("a")
      try await file.write("b")
      try await file.expect("ab")
      try await volume.expect(names: "")
    },
    StorageCase("a file goes on under its new name") { volume in
      try await volume.make("f", "text")
      try await volume.makeDirectory("d")
      let file = try await volume.open("f", .readWrite)
      try await volume.storage.rename("f", to: "d/g")
      try await file.write("T")
      try await volume.expect("Text", in: "d/g")
      try await volume.storage.rename("d", to: "e")
      try await file.write("!", at: 4)
      try await volume.expect("Text!", in: "e/g")
    },
  ]

  static let sequential: [StorageCase] = [
    StorageCase("sequential writes follow each other") { volume in
      let file = try await volume.open("f", .createOrOpen)
      for text in ["one ", "two ", "three"] { try await file.write(Array(text.utf8)) }
      try requireEqual(file.offset, 13, "the offset")
      try await file.expect("one two three")
    },
    StorageCase("sequential reads follow each other, up to the end") { volume in
      try await volume.make("f", "abcdefg")
      let file = try await volume.open("f")
      var pieces: [String] = []
      for _ in 0..<4 { pieces.append(String(decoding: try await file.read(3), as: UTF8.self)) }
      try requireEqual(pieces, ["abc", "def", "g", ""], "the pieces")
      try requireEqual(file.offset, 7, "the offset")
      try await volume.open("f", .appending).write("hi")
      try requireEqual(try await file.read(3), Array("hi".utf8), "what has come since")
    },
    StorageCase("reads and writes share one position, and stated positions leave it") { volume in
      try await volume.make("f", "abcdef")
      let file = try await volume.open("f", .readWrite)
      let copy = file
      try requireEqual(try await file.read(2), Array("ab".utf8), "the first read")
      try await copy.write(Array("X".utf8))
      _ = try await file.read(at: 0, count: 6)
      try await file.write("Y", at: 5)
      try requireEqual(try await file.read(9), Array("deY".utf8), "the rest")
    },
    StorageCase("appending leaves the position of reads") { volume in
      try await volume.make("f", "abc")
      var options = OpenOptions.appending
      options.read = true
      let file = try await volume.open("f", options)
      try requireEqual(try await file.read(1), Array("a".utf8), "the first read")
      try await file.write(Array("de".utf8))
      try requireEqual(try await file.read(9), Array("bcde".utf8), "the rest")
    },
    StorageCase("two handles have two positions") { volume in
      try await volume.make("f", "abc")
      let first = try await volume.open("f")
      let second = try await volume.open("f")
      _ = try await first.read(2)
      try requireEqual(try await second.read(2), Array("ab".utf8), "the second handle")
    },
    StorageCase("a position beyond the end leaves a hole") { volume in
      let file = try await volume.open("f", .createOrOpen)
      file.seek(to: 3)
      try requireEqual(try await file.read(5), [], "a read")
      try await file.write(Array("x".utf8))
      try await file.expect("\0\0\0x")
    },
  ]

  static let removing: [StorageCase] = [
    StorageCase("what was removed is gone") { volume in
      try await volume.make("f", "text")
      try await volume.storage.remove("f")
      try await volume.expectNothing(at: "f")
      try await requireFailure(.notFound, of: "open") { try await volume.open("f") }
      try await requireFailure(.notFound, of: "a second removal") {
        try await volume.storage.remove("f")
      }
    },
    StorageCase("what isn't there can't be removed") { volume in
      try await volume.make("f")
      try await requireFailure(.notFound, of: "remove") { try await volume.storage.remove("x") }
      try await requireFailure(.notFound, of: "remove") { try await volume.storage.remove("x/y") }
      try await requireFailure(.notDirectory, of: "remove below a file") {
        try await volume.storage.remove("f/y")
      }
      try await requireFailure(.notFound, of: "removeDirectory") {
        try await volume.storage.removeDirectory("x")
      }
      try await requireFailure(.notDirectory, of: "removeDirectory below a file") {
        try await volume.storage.removeDirectory("f/y")
      }
    },
    StorageCase("remove takes no directory, full or empty") { volume in
      try await volume.makeDirectory("empty")
      try await volume.makeDirectory("full")
      try await volume.make("full/f")
      for path in ["empty", "full", "/"] {
        try await requireFailure(.isDirectory, of: "remove \(path)") {
          try await volume.storage.remove(path)
        }
      }
      try await volume.expect(names: "empty/ full/")
    },
    StorageCase("removeDirectory takes no file") { volume in
      try await volume.make("f", "text")
      try await requireFailure(.notDirectory, of: "removeDirectory") {
        try await volume.storage.removeDirectory("f")
      }
      try await volume.expect("text", in: "f")
    },
    StorageCase("removeDirectory takes an empty directory") { volume in
      try await volume.makeDirectory("d")
      try await volume.make("d/f")
      try await volume.makeDirectory("d/e")
      for (path, remove) in [
        ("d/f", volume.storage.remove), ("d/e", volume.storage.removeDirectory),
      ]
        as [(String, @Sendable (String) async throws -> Void)]
      {
        try await requireFailure(.directoryNotEmpty, of: "removeDirectory") {
          try await volume.storage.removeDirectory("d")
        }
        try await remove(path)
      }
      try await volume.storage.removeDirectory("d")
      try await volume.expect(names: "")
    },
    StorageCase("the topmost directory can't be removed") { volume in
      for _ in 0..<2 {
        try await requireFailure(.invalidArgument, of: "removeDirectory") {
          try await volume.storage.removeDirectory("/")
        }
      }
      try await volume.make("f")
      try await volume.expect(names: "f")
    },
    StorageCase("a directory whose files have moved away is empty") { volume in
      try await volume.makeDirectory("d")
      try await volume.make("d/f", "text")
      try await volume.storage.rename("d/f", to: "f")
      try await volume.storage.removeDirectory("d")
      try await volume.expect(names: "f")
    },
    StorageCase("nothing can be made in a directory that was removed") { volume in
      try await volume.makeDirectory("d")
      try await volume.make("f", "text")
      try await volume.storage.removeDirectory("d")
      try await requireFailure(.notFound, of: "open") { try await volume.make("d/f") }
      try await requireFailure(.notFound, of: "makeDirectory") {
        try await volume.makeDirectory("d/e")
      }
      try await requireFailure(.notFound, of: "rename") {
        try await volume.storage.rename("f", to: "d/f")
      }
      try await volume.makeDirectory("d")
      try await volume.expect(names: "", in: "d")
      try await volume.expect(names: "d/ f")
    },
  ]
}
