//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

extension StorageCase {
  static let renaming: [StorageCase] = [
    StorageCase("a renamed file has one name, the new one") { volume in
      try await volume.make("f", "text")
      try await volume.storage.rename("f", to: "g")
      try await volume.expect(names: "g")
      try await volume.expect("text", in: "g")
      try await volume.expectNothing(at: "f")
    },
    StorageCase("a rename replaces a file") { volume in
      try await volume.make("f", "new")
      try await volume.make("g", "old, and longer")
      try await volume.storage.rename("f", to: "g")
      try await volume.expect(names: "g")
      try await volume.expect("new", in: "g")
    },
    StorageCase("who has a replaced file open keeps it") { volume in
      try await volume.make("f", "new")
      try await volume.make("g", "old")
      let old = try await volume.open("g", .readWrite)
      let new = try await volume.open("f", .readWrite)
      try await volume.storage.rename("f", to: "g")
      try await old.expect("old")
      try await old.write("OLDER")
      try await new.write("NEW")
      try await old.expect("OLDER")
      try await volume.expect("NEW", in: "g")
    },
    StorageCase("a rename to itself changes nothing") { volume in
      try await volume.make("f", "text")
      try await volume.makeDirectory("d")
      try await volume.make("d/x", "deep")
      for (path, same) in [("f", "f"), ("f", "/f"), ("f", "./f"), ("d", "d"), ("d/x", "d/./x")] {
        try await volume.storage.rename(path, to: same)
      }
      try await volume.expect(names: "d/ f")
      try await volume.expect("text", in: "f")
      try await volume.expect("deep", in: "d/x")
    },
    StorageCase("what isn't there can't be renamed") { volume in
      try await volume.make("f", "text")
      try await volume.makeDirectory("d")
      for (path, target) in [
        ("x", "y"), ("x", "x"), ("x", "f"), ("x", "d"), ("x/y", "f"), ("f", "x/y"), ("x", "x/y"),
        ("x", "y/z"), ("x/y", "f/z"),
      ] {
        try await requireFailure(.notFound, of: "\(path) to \(target)") {
          try await volume.storage.rename(path, to: target)
        }
      }
      try await volume.expect("text", in: "f")
    },
    StorageCase("nothing can be renamed to or from below a file") { volume in
      try await volume.make("f", "text")
      try await volume.make("g")
      try await volume.makeDirectory("d")
      for (path, target) in [
        ("g", "f/x"), ("d", "f/x"), ("f", "f/x"), ("f/x", "y"), ("f/x", "x/y"), ("x", "f/y"),
      ] {
        try await requireFailure(.notDirectory, of: "\(path) to \(target)") {
          try await volume.storage.rename(path, to: target)
        }
      }
      try await volume.expect(names: "d/ f g")
    },
    StorageCase("a file doesn't replace a directory") { volume in
      try await volume.make("f", "text")
      try await volume.makeDirectory("empty")
      try await volume.makeDirectory("full")
      try await volume.make("full/x")
      for target in ["empty", "full"] {
        try await requireFailure(.isDirectory, of: "a rename over \(target)") {
          try await volume.storage.rename("f", to: target)
        }
      }
      try await volume.expect(names: "empty/ f full/")
      try await volume.expect("text", in: "f")
    },
    StorageCase("nothing replaces a directory that it is in") { volume in
      try await volume.storage.createDirectory("d/e/g")
      try await volume.make("d/e/f")
      for (path, target) in [
        ("d/e", "d"), ("d/e/g", "d"), ("d/e/g", "d/e"), ("d/e/f", "d"), ("d/e/f", "d/e"),
      ] {
        try await requireFailure(.directoryNotEmpty, of: "\(path) to \(target)") {
          try await volume.storage.rename(path, to: target)
        }
      }
      try await volume.expect(names: "f g/", in: "d/e")
    },
    StorageCase("a file moves between directories, and replaces there") { volume in
      try await volume.storage.createDirectory("a/b")
      try await volume.makeDirectory("c")
      try await volume.make("a/b/f", "first")
      try await volume.storage.rename("a/b/f", to: "c/f")
      try await volume.make("a/b/f", "second")
      try await volume.expect("first", in: "c/f")
      try await volume.storage.rename("a/b/f", to: "c/f")
      try await volume.expect("second", in: "c/f")
      try await volume.expect(names: "", in: "a/b")
    },
    StorageCase("a file written beside another takes its place, again and again") { volume in
      for round in 0..<20 {
        try await volume.make("new", "round \(round)")
        try await volume.storage.rename("new", to: "current")
        try await volume.expect("round \(round)", in: "current")
        try await volume.expect(names: "current")
      }
    },
    StorageCase("two files change places by way of a third name") { volume in
      try await volume.make("a", "one")
      try await volume.make("b", "two")
      for (path, target) in [("a", "t"), ("b", "a"), ("t", "b")] {
        try await volume.storage.rename(path, to: target)
      }
      try await volume.expect("two", in: "a")
      try await volume.expect("one", in: "b")
      try await volume.expect(names: "a b")
    },
  ]

  static let renamingDirectories: [StorageCase] = [
    StorageCase("a directory takes along what is in it") { volume in
      try await volume.storage.createDirectory("a/b")
      try await volume.make("a/f", "text")
      try await volume.make("a/b/g", "deep")
      try await volume.storage.rename("a", to: "c")
      try await volume.expect(names: "c/")
      try await volume.expect("deep", in: "c/b/g")
      try await volume.expect(names: "b/ f", in: "c")
      try await requireFailure(.notFound, of: "the old path") { try await volume.open("a/f") }
      try await volume.make("c/b/h")
      try await volume.expect(names: "g h", in: "c/b")
    },
    StorageCase("a directory moves below another") { volume in
      try await volume.storage.createDirectory("a/b")
      try await volume.storage.createDirectory("c/d")
      try await volume.make("c/d/f", "text")
      try await volume.storage.rename("c", to: "a/b/c")
      try await volume.expect("text", in: "a/b/c/d/f")
      try await volume.storage.rename("a/b/c/d", to: "d")
      try await volume.expect("text", in: "d/f")
      try await volume.expect(names: "a/ d/")
    },
    StorageCase("a directory replaces an empty one, and only that") { volume in
      try await volume.makeDirectory("a")
      try await volume.make("a/f", "text")
      try await volume.makeDirectory("b")
      try await volume.make("b/x")
      try await requireFailure(.directoryNotEmpty, of: "a rename over a full directory") {
        try await volume.storage.rename("a", to: "b")
      }
      try await volume.expect(names: "x", in: "b")
      try await volume.storage.remove("b/x")
      try await volume.storage.rename("a", to: "b")
      try await volume.expect(names: "b/")
      try await volume.expect("text", in: "b/f")
    },
    StorageCase("a directory doesn't replace a file") { volume in
      try await volume.makeDirectory("d")
      try await volume.make("f", "text")
      try await requireFailure(.notDirectory, of: "rename") {
        try await volume.storage.rename("d", to: "f")
      }
      try await volume.expect("text", in: "f")
    },
    StorageCase("a directory doesn't become a part of itself") { volume in
      try await volume.storage.createDirectory("d/e/g")
      try await volume.make("d/f")
      for target in ["d/x", "d/e", "d/e/x", "d/e/g", "d/f", "d/e/g/x"] {
        try await requireFailure(.wouldLoop, of: "d to \(target)") {
          try await volume.storage.rename("d", to: target)
        }
      }
      try await requireFailure(.notFound, of: "d to below nothing") {
        try await volume.storage.rename("d", to: "d/missing/x")
      }
      try await requireFailure(.notDirectory, of: "d to below a file") {
        try await volume.storage.rename("d", to: "d/f/x")
      }
      try await volume.storage.rename("d", to: "dd")
      try await volume.expect(names: "e/ f", in: "dd")
    },
    StorageCase("a directory that has moved knows where it is") { volume in
      try await volume.storage.createDirectory("a/b")
      try await volume.makeDirectory("c")
      try await volume.storage.rename("a/b", to: "c/b")
      try await volume.storage.rename("a", to: "c/b/a")
      try await requireFailure(.wouldLoop, of: "c into what was moved there") {
        try await volume.storage.rename("c", to: "c/b/a/c")
      }
      try await volume.expect(names: "a/", in: "c/b")
    },
    StorageCase("the topmost directory is neither renamed nor replaced") { volume in
      try await volume.makeDirectory("d")
      try await volume.make("f", "text")
      // Which error it is depends on how a kernel is told of it: EBUSY, EINVAL or ENOTEMPTY.
      for (path, target) in [("/", "x"), ("/", "d"), ("/", "d/x"), ("f", "/"), ("d", "/")] {
        try await requireFailure(
          .wouldLoop, .directoryNotEmpty, .invalidArgument, of: "\(path) to \(target)"
        ) { try await volume.storage.rename(path, to: target) }
      }
      try await volume.expect(names: "d/ f")
    },
  ]
}
