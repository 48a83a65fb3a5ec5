//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolSim

// Tables by hand, from what POSIX promises and from what file systems were seen to do: Pillai et
// al., "All File Systems Are Not Created Equal" (OSDI 2014), and the documentation of ext4.
//
// - A sync of a file makes its data and size durable (POSIX, fsync). Whether its name is durable
//   then, POSIX doesn't say: on ext4 and XFS a name that was just made is, with those above it
//   (`syncPersistsName`).
// - Without a sync nothing is ordered with anything else: neither writes of two files, nor a size
//   and its data, nor data and names (the paper's table of persistence properties: file systems
//   with delayed allocation reorder appends with whatever comes after them).
// - An append may leave a size without its data, which reads as zeros (there: appends are not
//   atomic on file systems that don't order data before metadata).
// - A rename is there as a whole or not at all, on all that have a journal or copy on write.
// - Changes of one name, and of the names that a path to it needs, are ordered, since they are
//   changes of the same directory block or the same tree. Changes of other names aren't: btrfs
//   reorders those.

/// Makes directories and files, all of them durable.
private func durable(_ files: FileSystem, _ paths: [String: String], directories: [String] = [])
  throws
{
  for directory in directories {
    try files.createDirectory(directory, intermediates: true)
  }
  for path in paths.keys.sorted() {
    try files.make(path, paths[path]!)
    try files.synchronize(path)
  }
  for directory in ["/"] + directories { try files.synchronizeDirectory(directory) }
}

/// Writes without making anything durable.
private func write(_ files: FileSystem, _ path: String, _ text: String, at offset: Int64 = 0)
  throws
{
  let handle = try files.open(path, .readWrite)
  try files.write(handle, at: offset, text)
  files.close(handle)
}

private func truncate(_ files: FileSystem, _ path: String, to size: Int64) throws {
  let handle = try files.open(path, .readWrite)
  try files.truncate(handle, to: size)
  files.close(handle)
}

/// All states of two things that don't know of each other.
private func all(_ first: [DiskImage], with second: [DiskImage]) -> [DiskImage] {
  first.flatMap { one in second.map { DiskImage(one.nodes + $0.nodes) } }
}

/// The same history and the same states, whether a sync persists names or not.
private func either(
  _ name: String, _ make: @escaping @Sendable (FileSystem) throws -> Void, states: [DiskImage]
) -> [CrashHistory] {
  [false, true].map { persists in
    CrashHistory(
      name: "\(name), \(persists ? "with" : "without") names", syncPersistsName: persists,
      make: make, states: states)
  }
}

/// What is in a file of runs of letters.
private func image(_ path: String, _ runs: (Character, Int)...) -> DiskImage {
  DiskImage([.init(path: path, contents: runs.flatMap { run($0, $1) })])
}

extension CrashHistory {
  /// What becomes of bytes, in one file and in two.
  static let bytes: [CrashHistory] =
    either(
      "a log that was not synchronised before what it describes",
      { files in
        try durable(files, ["data": "0", "log": ""])
        try files.append("log", "L")
        try write(files, "data", "1")
      },
      states: all(
        [["data": "0"], ["data": "1"]], with: [["log": ""], ["log": "\0"], ["log": "L"]]))
    + either(
      "a log that was synchronised before what it describes",
      { files in
        try durable(files, ["data": "0", "log": ""])
        try files.append("log", "L")
        try files.synchronize("log")
        try write(files, "data", "1")
      }, states: [["data": "0", "log": "L"], ["data": "1", "log": "L"]])
    + either(
      "appends to two files, and a sync of the second",
      { files in
        try durable(files, ["a": "", "b": ""])
        try files.append("a", "x")
        try files.append("b", "y")
        try files.synchronize("b")
      }, states: all([["a": ""], ["a": "\0"], ["a": "x"]], with: [["b": "y"]]))
    + either(
      "an append over the end of a sector tears there",
      { files in
        try durable(files, ["f": String(repeating: "a", count: 500)])
        try files.append("f", String(repeating: "b", count: 24))
      },
      states: [
        image("f", ("a", 500)), image("f", ("a", 500), ("b", 24)),
        image("f", ("a", 500), ("b", 12), ("\0", 12)),
        image("f", ("a", 500), ("\0", 12), ("b", 12)), image("f", ("a", 500), ("\0", 24)),
      ])
    + either(
      "an append, and the sync that leaves out what reading doesn't need",
      { files in
        try durable(files, ["f": "abc"])
        let handle = try files.open("f", .appending)
        try files.write(handle, at: 0, "def")
        try files.synchronize(handle, .data)
      }, states: [["f": "abcdef"]])
    + either(
      "a write behind a hole",
      { files in
        try durable(files, ["f": "ab"])
        try write(files, "f", "X", at: 600)
      },
      states: [
        ["f": "ab"], image("f", ("a", 1), ("b", 1), ("\0", 599)),
        image("f", ("a", 1), ("b", 1), ("\0", 598), ("X", 1)),
      ])

  /// What becomes of files that were cut.
  static let truncations: [CrashHistory] =
    either(
      "cut",
      { files in
        try durable(files, ["f": "abcdef"])
        try truncate(files, "f", to: 3)
      }, states: [["f": "abcdef"], ["f": "abc\0\0\0"], ["f": "abc"]])
    + either(
      "cut, and synchronised",
      { files in
        try durable(files, ["f": "abcdef"])
        try truncate(files, "f", to: 3)
        try files.synchronize("f")
      }, states: [["f": "abc"]])
    + either(
      "cut and written on",
      { files in
        try durable(files, ["f": "abcdef"])
        try truncate(files, "f", to: 3)
        try files.append("f", "X")
      },
      states: [
        ["f": "abcdef"], ["f": "abc\0\0\0"], ["f": "abcX\0\0"], ["f": "abc"], ["f": "abcd"],
        ["f": "abc\0"], ["f": "abcX"],
      ])
    + either(
      "cut, synchronised and written on: what was cut off stays away",
      { files in
        try durable(files, ["f": "abcdef"])
        try truncate(files, "f", to: 3)
        try files.synchronize("f")
        try files.append("f", "X")
      }, states: [["f": "abc"], ["f": "abc\0"], ["f": "abcX"]])
    + either(
      "cut to nothing, synchronised and written anew",
      { files in
        try durable(files, ["f": "old!"])
        try truncate(files, "f", to: 0)
        try files.synchronize("f")
        try write(files, "f", "new")
      }, states: [["f": ""], ["f": "\0\0\0"], ["f": "new"]])
    + either(
      "grown without a write",
      { files in
        try durable(files, ["f": "abc"])
        try truncate(files, "f", to: 5)
      }, states: [["f": "abc"], ["f": "abc\0\0"]])

  /// What becomes of new names.
  static let creations: [CrashHistory] =
    either(
      "a directory and a file in it, without any sync",
      { files in
        try files.createDirectory("d", intermediates: false)
        try files.make("d/f", "x")
      },
      states: [
        [:], ["d": nil], ["d": nil, "d/f": ""], ["d": nil, "d/f": "\0"], ["d": nil, "d/f": "x"],
      ])
    + either(
      "a directory and a file in it, and a sync of what holds the directory",
      { files in
        try files.createDirectory("d", intermediates: false)
        try files.make("d/f")
        try files.synchronizeDirectory("/")
      }, states: [["d": nil], ["d": nil, "d/f": ""]])
    + [
      CrashHistory(
        name: "a sync of a new directory is none of its name",
        make: { files in
          try files.createDirectory("d/e", intermediates: true)
          try files.synchronizeDirectory("d")
        }, states: [[:], ["d": nil, "d/e": nil]]),
      CrashHistory(
        name: "a directory is a file: its sync persists the names above it", syncPersistsName: true,
        make: { files in
          try files.createDirectory("d/e", intermediates: true)
          try files.synchronizeDirectory("d")
        }, states: [["d": nil, "d/e": nil]]),
      CrashHistory(
        name: "two new files, and a sync of the second",
        make: { files in
          try files.make("a")
          try files.make("b")
          try files.synchronize("b")
        }, states: [[:], ["a": ""], ["b": ""], ["a": "", "b": ""]]),
      CrashHistory(
        name: "two new files, and a sync of the second persists its own name alone",
        syncPersistsName: true,
        make: { files in
          try files.make("a")
          try files.make("b")
          try files.synchronize("b")
        }, states: [["b": ""], ["a": "", "b": ""]]),
    ]
    + either(
      "removing one file and creating another are not ordered",
      { files in
        try durable(files, ["a": "x"])
        try files.remove("a")
        try files.make("b")
      }, states: [["a": "x"], [:], ["a": "x", "b": ""], ["b": ""]])
    + either(
      "a removed file that is written on comes back with any of it",
      { files in
        try durable(files, ["f": "abc"])
        let handle = try files.open("f", .readWrite)
        try files.remove("f")
        try files.write(handle, at: 0, "X")
      }, states: [["f": "abc"], ["f": "Xbc"], [:]])
    + either(
      "a directory that is removed and made anew",
      { files in
        try durable(files, [:], directories: ["d"])
        try files.removeDirectory("d")
        try files.createDirectory("d", intermediates: false)
        try files.make("d/f")
      }, states: [["d": nil], [:], ["d": nil, "d/f": ""]])

  /// What becomes of renames.
  static let renames: [CrashHistory] = [
    CrashHistory(
      name: "write beside, rename, then fsync, without a sync of the directory",
      make: { files in
        try durable(files, ["f": "old"])
        try files.make("t", "new")
        try files.rename("t", to: "f")
        try files.synchronize("f")
      }, states: [["f": "old"], ["f": "old", "t": "new"], ["f": "new"]]),
    CrashHistory(
      name: "write beside, rename, then fsync that persists the name", syncPersistsName: true,
      make: { files in
        try durable(files, ["f": "old"])
        try files.make("t", "new")
        try files.rename("t", to: "f")
        try files.synchronize("f")
      }, states: [["f": "new"]]),
    CrashHistory(
      name: "write beside, fsync that persists the name, rename", syncPersistsName: true,
      make: { files in
        try durable(files, ["f": "old"])
        try files.make("t", "new")
        try files.synchronize("t")
        try files.rename("t", to: "f")
      }, states: [["f": "old", "t": "new"], ["f": "new"]]),
    CrashHistory(
      name: "a log is put aside and begun anew, then fsync",
      make: { files in
        try durable(files, ["log": "1"])
        try files.rename("log", to: "log.1")
        try files.make("log")
        try files.synchronize("log")
      }, states: [["log": "1"], ["log.1": "1"], ["log": "", "log.1": "1"]]),
    CrashHistory(
      name: "a log is put aside and begun anew, then fsync that persists both names",
      syncPersistsName: true,
      make: { files in
        try durable(files, ["log": "1"])
        try files.rename("log", to: "log.1")
        try files.make("log")
        try files.synchronize("log")
      }, states: [["log": "", "log.1": "1"]]),
  ]

  /// What becomes of renames, whether a sync persists names or not.
  static let renameOrders: [CrashHistory] =
    either(
      "a file replaces another without its data",
      { files in
        try durable(files, ["f": "old", "t": ""])
        try files.append("t", "n")
        try files.rename("t", to: "f")
      },
      states: [
        ["f": "old", "t": ""], ["f": "old", "t": "\0"], ["f": "old", "t": "n"], ["f": ""],
        ["f": "\0"], ["f": "n"],
      ])
    + either(
      "a file that is replaced while it is written",
      { files in
        try durable(files, ["f": "old", "t": "new"])
        let handle = try files.open("f", .readWrite)
        try files.rename("t", to: "f")
        try files.write(handle, at: 0, "X")
      }, states: [["f": "old", "t": "new"], ["f": "Xld", "t": "new"], ["f": "new"]])
    + either(
      "a file is replaced twice",
      { files in
        try durable(files, ["f": "0"])
        for version in ["1", "2"] {
          try files.make("t", "")
          try files.rename("t", to: "f")
          try files.synchronizeDirectory("/")
          try write(files, "f", version)
        }
        try files.synchronize("f")
      }, states: [["f": "2"]])
    + either(
      "a rename of a rename",
      { files in
        try durable(files, ["a": "x"])
        try files.rename("a", to: "b")
        try files.rename("b", to: "c")
      }, states: [["a": "x"], ["b": "x"], ["c": "x"]])
    + either(
      "two files change places by way of a third name",
      { files in
        try durable(files, ["a": "1", "b": "2"])
        for (path, target) in [("a", "t"), ("b", "a"), ("t", "b")] {
          try files.rename(path, to: target)
        }
      },
      states: [
        ["a": "1", "b": "2"], ["t": "1", "b": "2"], ["t": "1", "a": "2"], ["a": "2", "b": "1"],
      ])
    + either(
      "a rename out of a directory",
      { files in
        try durable(files, ["d/f": "x"], directories: ["d"])
        try files.rename("d/f", to: "f")
      }, states: [["d": nil, "d/f": "x"], ["d": nil, "f": "x"]])
    + either(
      "a rename out of a directory, and a sync of the one that it has left",
      { files in
        try durable(files, ["d/f": "x"], directories: ["d"])
        try files.rename("d/f", to: "f")
        try files.synchronizeDirectory("d")
      }, states: [["d": nil, "f": "x"]])
    + either(
      "renames of two files are not ordered",
      { files in
        try durable(files, ["a": "1", "b": "2"])
        try files.rename("a", to: "c")
        try files.rename("b", to: "d")
      },
      states: [
        ["a": "1", "b": "2"], ["c": "1", "b": "2"], ["a": "1", "d": "2"], ["c": "1", "d": "2"],
      ])
    + either(
      "a new file and its directory's new name are not ordered",
      { files in
        try durable(files, [:], directories: ["d"])
        try files.make("d/f")
        try files.rename("d", to: "e")
      }, states: [["d": nil], ["d": nil, "d/f": ""], ["e": nil], ["e": nil, "e/f": ""]])
    + either(
      "two directories that move into each other in turn are never cut off",
      { files in
        try durable(files, [:], directories: ["a", "b"])
        try files.rename("a", to: "b/a")
        try files.rename("b/a", to: "a")
        try files.rename("b", to: "a/b")
      },
      states: [["a": nil, "b": nil], ["b": nil, "b/a": nil], ["a": nil, "a/b": nil]])
}
