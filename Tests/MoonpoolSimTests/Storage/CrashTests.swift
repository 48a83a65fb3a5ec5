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

@Suite struct CrashTests {
  /// Many unsynced sectors over old ones, and the crash's report beside what is there.
  private func crashing(
    _ seed: UInt64, _ survival: CrashSurvival = .anySubset,
    faults: StorageFaults = StorageFaults(),
    _ check: (_ before: [UInt8], _ after: [UInt8], CrashReport) throws -> Void
  ) throws {
    try withDisk(seed, .quiet { $0.crashSurvival = survival }, faults: faults) { disk in
      let handle = try disk.makeDurable("f", run("a", 32 * 512))
      try disk.write(handle, at: 0, run("b", 32 * 512))
      let report = disk.crash()
      #expect(disk.effects.crashes == report)
      let bytes = try disk.read(disk.open("f"), at: 0, count: 99_999)
      try check(run("b", 32 * 512), bytes, report)
    }
  }

  @Test(arguments: CrashSurvival.allCases)
  func `the report counts what is there`(survival: CrashSurvival) throws {
    var kept: Set<Int> = []
    for seed in 0..<100 as Range<UInt64> {
      try crashing(seed, survival) { _, after, report in
        let letters = stride(from: 0, to: after.count, by: 512).map { after[$0] }
        let new = letters.count { $0 == UInt8(ascii: "b") }
        #expect(after.count == 32 * 512)
        #expect(report.sectorsKept == new && report.sectorsLost == 32 - new)
        #expect(report.filesTorn == (0 < new && new < 32 ? 1 : 0))
        #expect(report.sectorsTorn + report.sectorsCorrupted + report.sectorsUninitialised == 0)
        if survival == .prefix {
          #expect(letters == letters.sorted(by: >), "b comes before a: the first sectors survive")
        }
        kept.insert(new)
      }
    }
    switch survival {
    case .nothing: #expect(kept == [0])
    case .everything: #expect(kept == [32])
    case .prefix, .anySubset:
      #expect(kept.contains(0) && kept.contains(32) && kept.count > 10)
    }
  }

  @Test func `a torn sector is new up to a byte, and counted`() throws {
    var boundaries: Set<Int> = []
    for seed in 0..<50 as Range<UInt64> {
      try crashing(seed, faults: .own { $0.tornSectorProbability = 0.3 }) { _, after, report in
        var torn = 0
        for start in stride(from: 0, to: after.count, by: 512) {
          let sector = Array(after[start..<(start + 512)])
          let new = sector.prefix { $0 == UInt8(ascii: "b") }.count
          #expect(sector == run("b", new) + run("a", 512 - new))
          if 0 < new, new < 512 {
            torn += 1
            boundaries.insert(new)
          }
        }
        #expect(report.sectorsTorn == torn)
      }
    }
    #expect(boundaries.count > 100)
  }

  @Test func `a torn append is what was there, a part of what came, and zeros`() throws {
    var lengths: Set<Int> = []
    for seed in 0..<400 as Range<UInt64> {
      try withStorageDecisions(seed) { decisions in
        let files = FileSystem()
        try files.make("f", String(repeating: "a", count: 100))
        try files.synchronize("f")
        try files.synchronizeDirectory("/")
        try files.append("f", String(repeating: "b", count: 412))
        _ = files.crash(CrashModel(tornSectorProbability: 0.7), crashStreams(decisions))
        let text = Array(try files.text("f").utf8)
        let new = text.dropFirst(100).prefix { $0 == UInt8(ascii: "b") }.count
        lengths.insert(new)
        // Without the new size there is nothing of it.
        let isGrown = text.count == 512
        let expected = run("a", 100) + run("b", new) + run("\0", isGrown ? 412 - new : 0)
        #expect(text == expected && (isGrown || text.count == 100), "seed \(seed)")
      }
    }
    #expect(lengths.contains(0) && lengths.contains(412) && lengths.count > 40)
  }

  @Test func `corruption flips as many bits as it says`() throws {
    var flips = 0
    for seed in 0..<50 as Range<UInt64> {
      try crashing(seed, .prefix, faults: .own { $0.crashCorruptionProbability = 0.5 }) {
        _, after, report in
        var differing = 0
        for start in stride(from: 0, to: after.count, by: 512) {
          let sector = Array(after[start..<(start + 512)])
          differing += min(
            bitsDiffering(sector, run("a", 512)), bitsDiffering(sector, run("b", 512)))
        }
        #expect(report.sectorsCorrupted == differing)
        flips += differing
      }
    }
    #expect((50...150).contains(flips))
  }

  @Test func `space that a file has grown into may hold anything, older space may not`() throws {
    var filled = 0
    for seed in 0..<100 as Range<UInt64> {
      try withDisk(seed, faults: .own { $0.uninitialisedSectorProbability = 0.5 }) { disk in
        let handle = try disk.makeDurable("f", sectors("ab"))
        try disk.write(handle, at: 0, sectors("ABCD"))
        let report = disk.crash()
        let bytes = try disk.read(disk.open("f"), at: 0, count: 99_999)
        let odd = stride(from: 0, to: bytes.count, by: 512).filter { start in
          Set(bytes[start..<(start + 512)]).count > 1
        }
        #expect(odd.allSatisfy { $0 >= 1_024 })
        #expect(report.sectorsUninitialised == odd.count)
        filled += odd.count
      }
    }
    #expect(filled > 10)
  }

  @Test func `a killed process loses nothing, but what it left unsynced stays unsynced`() throws {
    try withDisk(1, .quiet { $0.crashSurvival = .everything }) { disk in
      let handle = try disk.open("f")
      try disk.write(handle, at: 0, Array("abc".utf8))
      disk.crash()
      #expect(disk.effects[.crashLoss].fired == 0)
      #expect(throws: StorageError(.closed, "size")) { try disk.perform(.size(handle)) }
      #expect(disk.fileSystem.image == ["f": "abc"])
      disk.configuration.crashSurvival = .nothing
      disk.crash()
      #expect(disk.fileSystem.image == [:])
      #expect(disk.effects[.crashLoss].effective == 1)
    }
  }

  @Test func `no ticket is good after a crash, and no success is reported`() throws {
    try withDisk { disk in
      let handle = try disk.makeDurable("f", Array("old".utf8))
      let tickets = [
        disk.submit(.write(handle, offset: 0, Array("new".utf8)), now: 0).ticket,
        disk.submit(.synchronize(handle, .all), now: 0).ticket,
        disk.submit(.read(handle, offset: 0, count: 3), now: 0).ticket,
      ]
      #expect(disk.pendingCount == 3)
      disk.crash()
      #expect(disk.pendingCount == 0)
      for ticket in tickets { #expect(disk.complete(ticket) == nil) }
      // Nor do they name the operations that come after.
      let later = try disk.open("f")
      let next = disk.submit(.size(later), now: 0).ticket
      for ticket in tickets { #expect(disk.complete(ticket) == nil) }
      #expect(disk.complete(next) == .size(3))
      #expect(disk.complete(next) == nil)
    }
  }

  @Test func `what was in flight may have happened, and a sync in flight promises nothing`() throws
  {
    var found: Set<String> = []
    for seed in 0..<100 as Range<UInt64> {
      try withDisk(seed) { disk in
        let handle = try disk.makeDurable("f", Array("old".utf8))
        _ = disk.submit(.write(handle, offset: 0, Array("new".utf8)), now: 0)
        _ = disk.submit(.synchronize(handle, .all), now: 0)
        _ = disk.submit(.rename(path: "f", to: "g"), now: 0)
        disk.crash()
        found.insert("\(disk.fileSystem.image)")
      }
    }
    #expect(found == ["[f: o l d]", "[f: n e w]", "[g: o l d]", "[g: n e w]"])
  }

  @Test(arguments: [CrashSurvival.prefix, .anySubset])
  func `the decision 0 loses nothing`(survival: CrashSurvival) throws {
    let decisions = Decisions()
    defer { decisions.destroy() }
    decisions.begin(Recipe(seed: 1, edits: (1...99).map { .init(number: $0, value: 0) }))
    let history = try #require(CrashStatesTests.histories.first { $0.name == "two files" })
    let files = try history.files()
    let before = files.image
    let model = CrashModel(
      survival: survival, tornSectorProbability: 0.5, uninitialisedSectorProbability: 0.5,
      corruptionProbability: 0.5)
    let report = files.crash(model, crashStreams(decisions))
    #expect(decisions.count > 0)
    #expect(files.image == before && !report.hasLoss && report.sectorsCorrupted == 0)
  }

  @Test func `what a crash cut off does not come back`() throws {
    for seed in 0..<20 as Range<UInt64> {
      try withDisk(seed) { disk in
        let handle = try disk.makeDurable("f", run("a", 100))
        try disk.write(handle, at: 100, run("b", 9_000))
        disk.crash()
        let again = try disk.open("f")
        let left = try disk.read(again, at: 0, count: 99_999)
        try disk.perform(.truncate(again, size: 20_000))
        let grown = try disk.read(again, at: 0, count: 99_999)
        #expect(grown == left + run("\0", 20_000 - left.count))
      }
    }
  }

  @Test func `an orderly crash is a step back in time`() throws {
    var steps: Set<Int> = []
    for seed in 0..<200 as Range<UInt64> {
      try withStorageDecisions(seed) { decisions in
        let stream = decisions.stream(.workload("history"))
        let files = FileSystem()
        var history = [files.image]
        for round in 0..<12 {
          let path = stream.element(of: ["a", "b"]) ?? "a"
          switch stream.int(in: 0..<5) {
          case 0: try files.make(path, "new\(round)")
          case 1: try files.append(path, "\(round)")
          case 2: try? files.remove(path)
          default: try? files.rename(path, to: stream.element(of: ["a", "b", "c"]) ?? "a")
          }
          history.append(files.image)
          // Making a file is three steps: its name, its emptying, its content.
          if stream.int(in: 0..<4) == 0 {
            _ = try files.open(path, .createWrite)
            history.append(files.image)
          }
        }
        _ = files.crash(CrashModel(survival: .prefix), crashStreams(decisions))
        let withEmpty = history + history.flatMap(Self.emptied)
        #expect(withEmpty.contains(files.image))
        if let step = history.lastIndex(of: files.image) { steps.insert(step) }
      }
    }
    #expect(steps.count > 8)
  }

  /// The images on the way to one: one of its files is made but still empty.
  private static func emptied(_ image: DiskImage) -> [DiskImage] {
    image.nodes.map { node in
      DiskImage(image.nodes.filter { $0 != node } + [.init(path: node.path, contents: [])])
    }
  }

  /// Files that are only ever renamed, in and between directories that come and go.
  @Test(arguments: 0..<200 as Range<UInt64>)
  func `after any crash, a file that was durable has one name`(seed: UInt64) throws {
    try withStorageDecisions(seed) { decisions in
      let stream = decisions.stream(.workload("names"))
      let files = FileSystem()
      let tokens = ["1", "2", "3"]
      for token in tokens {
        try files.make("file\(token)", token)
        try files.synchronize("file\(token)")
      }
      try files.synchronizeDirectory("/")
      for _ in 0..<3 {
        for _ in 0..<25 { shake(files, stream) }
        _ = files.crash(CrashModel(), crashStreams(decisions))
        let contents = files.image.nodes.compactMap(\.contents)
        #expect(contents.map { String(decoding: $0, as: UTF8.self) }.sorted() == tokens)
      }
    }
  }

  /// One random operation on names, which may well be refused.
  private func shake(_ files: FileSystem, _ stream: DecisionStream) {
    var paths = files.image.nodes.map(\.path)
    for name in ["x", "y"] {
      paths += [name] + files.image.nodes.filter { $0.contents == nil }.map { "\($0.path)/\(name)" }
    }
    let path = stream.element(of: paths) ?? "x"
    let other = stream.element(of: paths) ?? "y"
    switch stream.int(in: 0..<8) {
    case 0, 1: try? files.createDirectory(path, intermediates: false)
    case 2: try? files.removeDirectory(path)
    case 3: try? files.synchronizeDirectory(path)
    default:
      // Renaming over a file would rightly lose that file.
      guard (try? files.metadata(other)) ?? nil == nil || files.image.text(other) == nil else {
        return
      }
      try? files.rename(path, to: other)
    }
  }
}
