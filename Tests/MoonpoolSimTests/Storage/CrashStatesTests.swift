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

/// A short history, and by hand what a crash after it may leave.
struct CrashHistory: Sendable, CustomTestStringConvertible {
  var name: String
  var syncPersistsName = false
  var make: @Sendable (FileSystem) throws -> Void
  var states: [DiskImage]

  var testDescription: String { name }

  func files() throws -> FileSystem {
    let files = FileSystem(syncPersistsName: syncPersistsName)
    try make(files)
    return files
  }
}

private let zeros = "\0\0\0"

/// The new configuration is written beside the old one, which is `f` with `old`.
private func replacing(
  _ name: String, sync: Bool, rename: Bool = true, directory: Bool, states: [DiskImage]
) -> CrashHistory {
  CrashHistory(
    name: name,
    make: { files in
      try files.make("f", "old")
      try files.synchronize("f")
      try files.synchronizeDirectory("/")
      try files.make("t", "new")
      if sync { try files.synchronize("t") }
      if rename { try files.rename("t", to: "f") }
      if directory { try files.synchronizeDirectory("/") }
    }, states: states)
}

private let creating: [CrashHistory] = [
  CrashHistory(name: "nothing", make: { _ in }, states: [[:]]),
  CrashHistory(name: "create", make: { try $0.make("f") }, states: [[:], ["f": ""]]),
  CrashHistory(
    name: "create, write", make: { try $0.make("f", "abc") },
    states: [[:], ["f": ""], ["f": zeros], ["f": "abc"]]),
  CrashHistory(
    name: "create, write, fsync",
    make: { files in
      try files.make("f", "abc")
      try files.synchronize("f")
    }, states: [[:], ["f": "abc"]]),
  CrashHistory(
    name: "create, write, fsync that persists the name", syncPersistsName: true,
    make: { files in
      try files.make("f", "abc")
      try files.synchronize("f")
    }, states: [["f": "abc"]]),
  CrashHistory(
    name: "create, write, sync of the directory",
    make: { files in
      try files.make("f", "abc")
      try files.synchronizeDirectory("/")
    }, states: [["f": ""], ["f": zeros], ["f": "abc"]]),
  CrashHistory(
    name: "create, write, fsync, sync of the directory",
    make: { files in
      try files.make("f", "abc")
      try files.synchronize("f")
      try files.synchronizeDirectory("/")
    }, states: [["f": "abc"]]),
]

private let replacements: [CrashHistory] = [
  replacing(
    "write beside, fsync, rename, sync of the directory", sync: true, directory: true,
    states: [["f": "new"]]),
  replacing(
    "without the sync of the directory", sync: true, directory: false,
    states: [["f": "old"], ["f": "old", "t": "new"], ["f": "new"]]),
  replacing(
    "without the fsync", sync: false, directory: true,
    states: [["f": ""], ["f": zeros], ["f": "new"]]),
  replacing(
    "without the rename", sync: true, rename: false, directory: true,
    states: [["f": "old", "t": "new"]]),
  replacing(
    "without any sync", sync: false, directory: false,
    states: [
      ["f": "old"], ["f": "old", "t": ""], ["f": "old", "t": zeros], ["f": "old", "t": "new"],
      ["f": ""], ["f": zeros], ["f": "new"],
    ]),
]

private let changing: [CrashHistory] = [
  CrashHistory(
    name: "append",
    make: { files in
      try files.make("f", "abc")
      try files.synchronize("f")
      try files.synchronizeDirectory("/")
      try files.append("f", "def")
    }, states: [["f": "abc"], ["f": "abc\0\0\0"], ["f": "abcdef"]]),
  CrashHistory(
    name: "append twice to one sector",
    make: { files in
      try files.make("f", "a")
      try files.synchronize("f")
      try files.synchronizeDirectory("/")
      try files.append("f", "b")
      try files.append("f", "c")
    },
    states: [
      ["f": "a"], ["f": "a\0"], ["f": "ab"], ["f": "a\0\0"], ["f": "ab\0"], ["f": "abc"],
    ]),
  CrashHistory(
    name: "overwrite twice: the first may be all that the disk has",
    make: { files in
      try files.make("f", "0")
      try files.synchronize("f")
      try files.synchronizeDirectory("/")
      for text in ["1", "2"] {
        let handle = try files.open("f", .readWrite)
        try files.write(handle, at: 0, text)
      }
    }, states: [["f": "0"], ["f": "1"], ["f": "2"]]),
  CrashHistory(
    name: "one write of two sectors",
    make: { files in
      let handle = try files.open("f", .createOrOpen)
      _ = try files.write(handle, at: 0, run("a", 1_024))
      try files.synchronize(handle, .data)
      try files.synchronizeDirectory("/")
      _ = try files.write(handle, at: 0, run("b", 1_024))
    },
    states: ["aa", "ab", "ba", "bb"].map { letters in
      let bytes = letters.flatMap { run($0, 512) }
      return DiskImage([.init(path: "f", contents: bytes)])
    }),
  CrashHistory(
    name: "cut to nothing and written anew",
    make: { files in
      try files.make("f", "old!")
      try files.synchronize("f")
      try files.synchronizeDirectory("/")
      try files.make("f", "new")
    },
    states: [
      ["f": "old!"], ["f": "\0\0\0\0"], ["f": "new\0"], ["f": ""], ["f": "old"], ["f": zeros],
      ["f": "new"],
    ]),
  CrashHistory(
    name: "two files",
    make: { files in
      try files.make("a", "x")
      try files.make("b", "y")
    },
    states: [nil, "", "\0", "x"].flatMap { a in
      [nil, "", "\0", "y"].map { b in
        var nodes: [DiskImage.Node] = []
        if let a { nodes.append(.init(path: "a", contents: Array(a.utf8))) }
        if let b { nodes.append(.init(path: "b", contents: Array(b.utf8))) }
        return DiskImage(nodes)
      }
    }),
]

private let naming: [CrashHistory] = [
  CrashHistory(
    name: "remove",
    make: { files in
      try files.make("f", "abc")
      try files.synchronize("f")
      try files.synchronizeDirectory("/")
      try files.remove("f")
    }, states: [["f": "abc"], [:]]),
  CrashHistory(
    name: "remove and make anew",
    make: { files in
      try files.make("f", "abc")
      try files.synchronize("f")
      try files.synchronizeDirectory("/")
      try files.remove("f")
      try files.make("f")
    }, states: [["f": "abc"], [:], ["f": ""]]),
  CrashHistory(
    name: "a directory is not durable because what is in it is",
    make: { files in
      try files.createDirectory("d", intermediates: false)
      try files.make("d/f", "x")
      try files.synchronize("d/f")
      try files.synchronizeDirectory("d")
    }, states: [[:], ["d": nil, "d/f": "x"]]),
  CrashHistory(
    name: "fsync that persists the name persists those above", syncPersistsName: true,
    make: { files in
      try files.createDirectory("d/e", intermediates: true)
      try files.make("d/e/f", "x")
      try files.make("d/g")
      try files.synchronize("d/e/f")
    },
    states: [
      ["d": nil, "d/e": nil, "d/e/f": "x"], ["d": nil, "d/e": nil, "d/e/f": "x", "d/g": ""],
    ]),
  CrashHistory(
    name: "a rename into a new directory is never half",
    make: { files in
      try files.make("f", "x")
      try files.synchronize("f")
      try files.synchronizeDirectory("/")
      try files.createDirectory("d", intermediates: false)
      try files.rename("f", to: "d/f")
    }, states: [["f": "x"], ["f": "x", "d": nil], ["d": nil, "d/f": "x"]]),
  CrashHistory(
    name: "the sync of either directory makes a rename durable in both",
    make: { files in
      try files.make("f", "x")
      try files.synchronize("f")
      try files.synchronizeDirectory("/")
      try files.createDirectory("d", intermediates: false)
      try files.rename("f", to: "d/f")
      try files.synchronizeDirectory("d")
    }, states: [["d": nil, "d/f": "x"]]),
  CrashHistory(
    name: "a directory is not removed before what was in it has left",
    make: { files in
      try files.createDirectory("d", intermediates: false)
      try files.make("d/f", "x")
      try files.synchronize("d/f")
      try files.synchronizeDirectory("/")
      try files.synchronizeDirectory("d")
      try files.rename("d/f", to: "f")
      try files.removeDirectory("d")
    }, states: [["d": nil, "d/f": "x"], ["d": nil, "f": "x"], ["f": "x"]]),
  CrashHistory(
    name: "a directory is not replaced before what was in it has left",
    make: { files in
      try files.createDirectory("d", intermediates: false)
      try files.createDirectory("e", intermediates: false)
      try files.make("d/f", "x")
      try files.synchronize("d/f")
      try files.synchronizeDirectory("/")
      try files.synchronizeDirectory("d")
      try files.rename("d/f", to: "f")
      try files.rename("e", to: "d")
    },
    states: [
      ["d": nil, "d/f": "x", "e": nil], ["d": nil, "e": nil, "f": "x"], ["d": nil, "f": "x"],
    ]),
]

@Suite struct CrashStatesTests {
  static let histories =
    creating + replacements + changing + naming + CrashHistory.bytes + CrashHistory.truncations
    + CrashHistory.creations + CrashHistory.renames + CrashHistory.renameOrders

  @Test(arguments: histories)
  func `the enumeration is the table`(history: CrashHistory) throws {
    let files = try history.files()
    let (states, isComplete) = files.allCrashStates(limit: 10_000)
    #expect(isComplete)
    #expect(states.first == files.image, "the first state loses nothing")
    #expect(Set(states).count == states.count)
    let expected = Set(history.states)
    #expect(expected.subtracting(states).isEmpty, "are missing")
    #expect(Set(states).subtracting(expected).isEmpty, "are illegal")
    // Looking changes nothing, and the order repeats.
    #expect(files.allCrashStates(limit: 10_000).states == states)
  }

  @Test(arguments: histories)
  func `crashes reach all states of the enumeration, and no others`(
    history: CrashHistory
  ) throws {
    let expected = Set(try history.files().allCrashStates(limit: 10_000).states)
    var reached: Set<DiskImage> = []
    for seed in 0..<UInt64(min(1_000, 100 * expected.count)) {
      try withStorageDecisions(seed) { decisions in
        let files = try history.files()
        _ = files.crash(CrashModel(), crashStreams(decisions))
        reached.insert(files.image)
        // What a crash has left is durable.
        #expect(files.allCrashStates(limit: 2).states == [files.image])
      }
    }
    #expect(reached == expected)
  }

  @Test(arguments: histories)
  func `the orderly and the extreme crashes are among them`(history: CrashHistory) throws {
    let states = Set(try history.files().allCrashStates(limit: 10_000).states)
    for survival in CrashSurvival.allCases {
      for seed in 0..<50 as Range<UInt64> {
        try withStorageDecisions(seed) { decisions in
          let files = try history.files()
          let before = files.image
          _ = files.crash(CrashModel(survival: survival), crashStreams(decisions))
          #expect(states.contains(files.image))
          if survival == .everything { #expect(files.image == before) }
        }
      }
    }
  }

  @Test func `a limit is told`() throws {
    let files = try #require(Self.histories.first { $0.name == "two files" }).files()
    let all = files.allCrashStates(limit: 10_000)
    let some = files.allCrashStates(limit: 5)
    #expect(all.isComplete && all.states.count == 16)
    #expect(!some.isComplete)
    #expect(some.states == Array(all.states.prefix(some.states.count)))
  }
}
