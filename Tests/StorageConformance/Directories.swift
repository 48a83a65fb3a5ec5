//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

/// A name of 255 bytes in 85 characters.
private let longestName = String(repeating: "€", count: 85)

/// What a kernel takes as a name, however unwise.
private let oddNames = [
  " ", "  two  words  ", "-rf", "*", "?", "~", "#", "$HOME", "%2F", "..a", "...", ".hidden", "a.",
  "a\\b", "\"quoted\"", "line\nbreak", "tab\t", "\u{1}", "\u{7f}", "é", "e\u{301}", "ß", "日本",
  "🙂", "👩‍👩‍👧", "\u{202e}abc", "\u{feff}", "CON", "a:b", "A", "a",
]

extension StorageCase {
  static let directories: [StorageCase] = [
    StorageCase("a volume begins empty") { volume in
      try await volume.expect(names: "")
      try requireEqual(
        try await volume.storage.metadata("/"), FileMetadata(kind: .directory, size: 0), "the top")
    },
    StorageCase("a directory is made once") { volume in
      try await volume.makeDirectory("d")
      try requireEqual(try await volume.storage.metadata("d")?.kind, .directory, "its kind")
      try requireEqual(try await volume.storage.exists("d"), true, "exists")
      try await volume.make("d/f", "text")
      try await requireFailure(.alreadyExists, of: "again") { try await volume.makeDirectory("d") }
      try await requireFailure(.alreadyExists, of: "the topmost") {
        try await volume.makeDirectory("/")
      }
      try await volume.expect("text", in: "d/f")
    },
    StorageCase("a directory is not made over a file") { volume in
      try await volume.make("f", "text")
      for intermediates in [false, true] {
        try await requireFailure(.alreadyExists, of: "over a file") {
          try await volume.storage.createDirectory("f", intermediates: intermediates)
        }
        try await requireFailure(.notDirectory, of: "below a file") {
          try await volume.storage.createDirectory("f/d", intermediates: intermediates)
        }
      }
      try await requireFailure(.notDirectory, of: "far below a file") {
        try await volume.storage.createDirectory("f/a/b/c")
      }
      try await volume.expect("text", in: "f")
    },
    StorageCase("a directory needs those above it, unless they are to be made") { volume in
      try await requireFailure(.notFound, of: "without those above") {
        try await volume.makeDirectory("a/b")
      }
      try await volume.expect(names: "")
      try await volume.storage.createDirectory("a/b/c")
      try await volume.storage.createDirectory("a/b/c")
      try await volume.storage.createDirectory("a/b/d")
      try await volume.storage.createDirectory("/")
      try await volume.expect(names: "c/ d/", in: "a/b")
    },
    StorageCase("a name belongs to its directory") { volume in
      for directory in ["a", "b"] {
        try await volume.makeDirectory(directory)
        try await volume.make("\(directory)/f", directory)
      }
      try await volume.make("f", "top")
      try await volume.storage.remove("a/f")
      try await volume.expect("b", in: "b/f")
      try await volume.expect("top", in: "f")
      try await volume.expect(names: "", in: "a")
    },
    StorageCase("directories in directories, a hundred deep") { volume in
      let path = Array(repeating: "d", count: 100).joined(separator: "/")
      try await volume.storage.createDirectory(path)
      try await volume.make("\(path)/f", "deep")
      try await volume.expect("deep", in: "\(path)/f")
      try await volume.storage.rename("d/d", to: "e")
      try await volume.expect("deep", in: "e\(path.dropFirst(3))/f")
    },
    StorageCase("metadata tell what is there") { volume in
      try await volume.make("f", "text")
      try await volume.makeDirectory("d")
      let storage = volume.storage
      try requireEqual(
        try await storage.metadata("f"), FileMetadata(kind: .file, size: 4), "the file's")
      try requireEqual(
        try await storage.metadata("d"), FileMetadata(kind: .directory, size: 0), "the directory's")
      try await volume.expectNothing(at: "x")
      try await volume.expectNothing(at: "x/y")
      try await volume.expectNothing(at: "f/y")
      try requireEqual(try await storage.exists("x"), false, "exists")
    },
    StorageCase("metadata follow an open file") { volume in
      let file = try await volume.open("f", .createOrOpen)
      for size in [1, 5_000, 100] as [Int64] {
        if size == 100 {
          try await file.truncate(to: size)
        } else {
          try await file.write([1], at: size - 1)
        }
        try requireEqual(try await volume.storage.metadata("f")?.size, size, "the size by name")
      }
    },
    StorageCase("a volume has room, and says how much") { volume in
      let space = try await volume.storage.space()
      try require(space.capacity > 0, "\(space)")
      try require(0...space.capacity ~= space.available, "\(space)")
      try requireEqual(try await volume.storage.space().capacity, space.capacity, "the capacity")
    },
  ]

  static let listing: [StorageCase] = [
    StorageCase("entries are sorted by the bytes of their names") { volume in
      let names = ["b", "a", "Z", "é", "e\u{301}", "10", "9", "a.b", "a b", "ab", "~", "日", "🙂"]
      for name in names { try await volume.make(name) }
      let expected = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      let found = try await volume.storage.entries().map(\.name)
      try requireEqual(found.map { Array($0.utf8) }, expected.map { Array($0.utf8) }, "the names")
    },
    StorageCase("entries are files and directories, and not what is in these") { volume in
      try await volume.storage.createDirectory("d/e")
      try await volume.make("d/f")
      try await volume.make("g")
      try requireEqual(
        try await volume.storage.entries(),
        [DirectoryEntry(name: "d", kind: .directory), DirectoryEntry(name: "g", kind: .file)],
        "the entries")
      try await volume.expect(names: "e/ f", in: "d")
      try await volume.expect(names: "", in: "d/e")
    },
    StorageCase("entries follow every change of names") { volume in
      try await volume.makeDirectory("d")
      try await volume.make("d/a")
      try await volume.make("d/b")
      try await volume.expect(names: "a b", in: "d")
      try await volume.storage.rename("d/a", to: "d/c")
      try await volume.expect(names: "b c", in: "d")
      try await volume.storage.rename("d/c", to: "d/b")
      try await volume.expect(names: "b", in: "d")
      try await volume.storage.remove("d/b")
      try await volume.expect(names: "", in: "d")
    },
    StorageCase("only directories that are there have entries") { volume in
      try await volume.make("f")
      try await requireFailure(.notFound, of: "nothing") {
        try await volume.storage.entries(of: "x")
      }
      try await requireFailure(.notDirectory, of: "a file") {
        try await volume.storage.entries(of: "f")
      }
      try await requireFailure(.notDirectory, of: "below a file") {
        try await volume.storage.entries(of: "f/x")
      }
    },
    StorageCase("three hundred names in a directory") { volume in
      try await volume.makeDirectory("d")
      let names = (0..<300).map { "file number \($0 * 7_919 % 300)" }
      for name in names { try await volume.make("d/\(name)") }
      try await volume.expect(names: names.sorted().joined(separator: " "), in: "d")
      for name in names where name.hasSuffix("3") { try await volume.storage.remove("d/\(name)") }
      let rest = names.filter { !$0.hasSuffix("3") }.sorted()
      try await volume.expect(names: rest.joined(separator: " "), in: "d")
    },
  ]

  static let names: [StorageCase] = [
    StorageCase("odd names are names") { volume in
      for (number, name) in oddNames.enumerated() { try await volume.make(name, "\(number)") }
      try requireEqual(try await volume.storage.entries().count, oddNames.count, "how many")
      for (number, name) in oddNames.enumerated() {
        try await volume.expect("\(number)", in: name)
        try await volume.storage.remove(name)
      }
      try await volume.expect(names: "")
    },
    StorageCase("names that look alike are two names") { volume in
      for (one, other) in [("é", "e\u{301}"), ("a", "A"), ("Å", "\u{212b}"), ("ﬁ", "fi")] {
        try await volume.make(one, "one")
        try await volume.make(other, "other")
        try await volume.expect("one", in: one)
        try await volume.storage.remove(one)
        try await volume.expect("other", in: other)
        try await volume.storage.remove(other)
      }
    },
    StorageCase("a name has up to 255 bytes") { volume in
      for name in [String(repeating: "n", count: 255), longestName] {
        try await volume.make(name, "text")
        try requireEqual(try await volume.storage.entries().map(\.name), [name], "the names")
        try await volume.storage.rename(name, to: "\(name.dropLast())")
        try await volume.storage.remove("\(name.dropLast())")
        try await volume.makeDirectory(name)
        try await volume.make("\(name)/\(name)")
        try await volume.storage.remove("\(name)/\(name)")
        try await volume.storage.removeDirectory(name)
      }
    },
    StorageCase("a name of 256 bytes is refused by everything") { volume in
      try await volume.make("f")
      let storage = volume.storage
      for name in [String(repeating: "n", count: 256), longestName + "n"] {
        try await requireFailure(.invalidPath, of: "create") { try await volume.make(name) }
        try await requireFailure(.invalidPath, of: "open") { try await volume.open(name) }
        try await requireFailure(.invalidPath, of: "metadata") { try await storage.metadata(name) }
        try await requireFailure(.invalidPath, of: "makeDirectory") {
          try await volume.makeDirectory(name)
        }
        try await requireFailure(.invalidPath, of: "remove") { try await storage.remove(name) }
        try await requireFailure(.invalidPath, of: "rename") {
          try await storage.rename("f", to: name)
        }
        try await requireFailure(.invalidPath, of: "rename") {
          try await storage.rename(name, to: "g")
        }
        try await requireFailure(.invalidPath, of: "entries") {
          try await storage.entries(of: name)
        }
      }
      try await volume.expect(names: "f")
    },
    StorageCase("a path has up to 4,095 bytes") { volume in
      let above = Array(repeating: String(repeating: "n", count: 255), count: 15)
      try await volume.storage.createDirectory(above.joined(separator: "/"))
      let path = (above + [String(repeating: "f", count: 255)]).joined(separator: "/")
      try requireEqual(path.utf8.count, 4_095, "the length")
      try await volume.make(path, "text")
      try await volume.expect("text", in: path)
      try await requireFailure(.invalidPath, of: "a byte more") {
        try await volume.open("./" + path)
      }
    },
  ]

  static let paths: [StorageCase] = [
    StorageCase("a slash at the beginning means nothing more") { volume in
      try await volume.makeDirectory("/d")
      try await volume.make("/d/f", "text")
      try await volume.expect("text", in: "d/f")
      try await volume.storage.rename("d/f", to: "/f")
      try await volume.expect(names: "d/ f", in: "/")
      try await volume.expect(names: "d/ f", in: ".")
    },
    StorageCase("paths that leave room for doubt are refused") { volume in
      try await volume.makeDirectory("d")
      try await volume.make("f", "text")
      let storage = volume.storage
      for path in [
        "", "d/", "//", "//d", "d//f", "..", "../f", "d/..", "d/../f", "/..", "f\0", "d/\0/f", "\0",
      ] {
        let what = "\"\(path)\""
        try await requireFailure(.invalidPath, of: what) { try await volume.open(path) }
        try await requireFailure(.invalidPath, of: what) {
          try await volume.open(path, .createOrOpen)
        }
        try await requireFailure(.invalidPath, of: what) { try await storage.metadata(path) }
        try await requireFailure(.invalidPath, of: what) { try await storage.remove(path) }
        try await requireFailure(.invalidPath, of: what) { try await storage.entries(of: path) }
        try await requireFailure(.invalidPath, of: what) {
          try await storage.createDirectory(path)
        }
        try await requireFailure(.invalidPath, of: what) { try await storage.removeDirectory(path) }
        try await requireFailure(.invalidPath, of: what) { try await storage.rename("f", to: path) }
        try await requireFailure(.invalidPath, of: what) { try await storage.rename(path, to: "g") }
        try await requireFailure(.invalidPath, of: what) {
          try await storage.synchronizeDirectory(path)
        }
      }
      try await volume.expect(names: "d/ f")
      try await volume.expect("text", in: "f")
    },
    StorageCase("a dot is the directory that it stands in") { volume in
      try await volume.makeDirectory("./d")
      try await volume.make("d/./f", "text")
      try await volume.expect("text", in: "././d/f")
      try await volume.expect(names: "f", in: "d/.")
      try await volume.storage.synchronizeDirectory("d/.")
      try requireEqual(try await volume.storage.metadata("d/.")?.kind, .directory, "the kind")
    },
    StorageCase("what ends in a dot is a directory, and is there") { volume in
      try await volume.makeDirectory("d")
      try await volume.make("f", "text")
      let storage = volume.storage
      try await volume.expectNothing(at: "f/.")
      try await volume.expectNothing(at: "x/.")
      for options in [OpenOptions.readOnly, .createWrite, .createNewWrite] {
        try await requireFailure(.notDirectory, of: "open f/.") {
          try await volume.open("f/.", options)
        }
        try await requireFailure(.notFound, of: "open x/.") {
          try await volume.open("x/.", options)
        }
      }
      try await requireFailure(.isDirectory, of: "open d/.") { try await volume.open("d/.") }
      try await requireFailure(.notDirectory, of: "remove f/.") { try await storage.remove("f/.") }
      try await requireFailure(.isDirectory, of: "remove d/.") { try await storage.remove("d/.") }
      try await requireFailure(.notDirectory, of: "entries of f/.") {
        try await storage.entries(of: "f/.")
      }
      try await requireFailure(.notFound, of: "make x/.") { try await volume.makeDirectory("x/.") }
      try await requireFailure(.alreadyExists, of: "make d/.") {
        try await volume.makeDirectory("d/.")
      }
      try await requireFailure(.notDirectory, of: "make f/.") {
        try await volume.makeDirectory("f/.")
      }
      try await requireFailure(.notDirectory, of: "make f/. and those above") {
        try await storage.createDirectory("f/.")
      }
      try await storage.createDirectory("e/.")
      try await requireFailure(.invalidArgument, of: "remove the directory d/.") {
        try await storage.removeDirectory("d/.")
      }
      for (path, target) in [("d/.", "x"), ("f", "d/."), ("d", "e/."), ("d/.", "d")] {
        try await requireFailure(
          .wouldLoop, .directoryNotEmpty, .invalidArgument, of: "\(path) to \(target)"
        ) { try await storage.rename(path, to: target) }
      }
      try await volume.expect(names: "d/ e/ f")
      try await volume.expect("text", in: "f")
    },
  ]
}
