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

@Suite struct SilentFaultTests {
  static let seeds = 0..<20 as Range<UInt64>
  let original = sectors("abcdefghijklmnop")

  @Test(arguments: seeds)
  func `read corruption stays, whichever way it is read, until it is overwritten`(
    seed: UInt64
  ) throws {
    try withDisk(seed) { disk in
      let handle = try disk.makeDurable("f", original)
      disk.faults.readCorruptionProbability = 0.2
      let first = try disk.read(handle, at: 0, count: 9_999)
      let flipped = disk.effects[.readCorruption].effective
      #expect(bitsDiffering(first, original) == flipped)
      disk.faults.readCorruptionProbability = 0
      #expect(try disk.read(handle, at: 0, count: 9_999) == first)
      var pieces: [UInt8] = []
      while pieces.count < first.count {
        pieces += try disk.read(handle, at: Int64(pieces.count), count: 37)
      }
      #expect(pieces == first)
      // It is on the medium: a crash doesn't cure it.
      disk.crash()
      let again = try disk.open("f")
      #expect(try disk.read(again, at: 0, count: 9_999) == first)
      try disk.write(again, at: 0, original)
      #expect(try disk.read(again, at: 0, count: 9_999) == original)
    }
  }

  @Test func `a corrupt sector isn't corrupted twice, until it is written again`() throws {
    try withDisk { disk in
      let handle = try disk.makeDurable("f", original)
      disk.faults.readCorruptionProbability = 1
      for _ in 0..<3 { _ = try disk.read(handle, at: 0, count: 512) }
      #expect(disk.effects[.readCorruption].fired == 3)
      #expect(disk.effects[.readCorruption].effective == 1)
      try disk.write(handle, at: 0, run("z", 512))
      #expect(bitsDiffering(try disk.read(handle, at: 0, count: 512), run("z", 512)) == 1)
      #expect(disk.effects[.readCorruption].effective == 2)
      // A crash that loses the second content brings the first back, corrupt as it was.
      disk.configuration.crashSurvival = .nothing
      disk.crash()
      let again = try disk.open("f")
      #expect(bitsDiffering(try disk.read(again, at: 0, count: 512), run("a", 512)) == 1)
      #expect(disk.effects[.readCorruption].effective == 2)
    }
  }

  @Test func `corruption of a hole is still beneath what is written over it`() throws {
    try withDisk { disk in
      let handle = try disk.makeDurable("f", [])
      try disk.perform(.truncate(handle, size: 1_024))
      try disk.synchronize(handle)
      try disk.write(handle, at: 0, run("a", 512))
      disk.faults.readCorruptionProbability = 1
      let corrupt = try disk.read(handle, at: 512, count: 512)
      #expect(bitsDiffering(corrupt, run("\0", 512)) == 1)
      disk.faults.readCorruptionProbability = 0
      try disk.write(handle, at: 512, run("b", 512))
      disk.configuration.crashSurvival = .nothing
      disk.crash()
      #expect(try disk.read(disk.open("f"), at: 0, count: 9_999) == run("\0", 512) + corrupt)
    }
  }

  @Test func `each sector is struck with the probability that was asked for`() throws {
    try withDisk { disk in
      let handle = try disk.makeDurable("f", original)
      disk.faults.transientReadCorruptionProbability = 0.05
      for _ in 0..<1_000 { _ = try disk.read(handle, at: 0, count: 9_999) }
      // 16,000 sectors, of which 800 are expected with a standard deviation of 28.
      #expect((660...940).contains(disk.effects[.transientReadCorruption].fired))
    }
  }

  @Test(arguments: seeds)
  func `transient corruption is gone at the next read`(seed: UInt64) throws {
    try withDisk(seed) { disk in
      let handle = try disk.makeDurable("f", original)
      disk.faults.transientReadCorruptionProbability = 0.2
      var differing = 0
      for start in [0, 100, 513] {
        let bytes = try disk.read(handle, at: Int64(start), count: 7_000)
        differing += bitsDiffering(bytes, Array(original[start..<(start + 7_000)]))
      }
      #expect(differing == disk.effects[.transientReadCorruption].effective)
      disk.faults.transientReadCorruptionProbability = 0
      #expect(try disk.read(handle, at: 0, count: 9_999) == original)
    }
  }

  @Test(arguments: seeds)
  func `write corruption is in what was written`(seed: UInt64) throws {
    try withDisk(seed) { disk in
      let handle = try disk.makeDurable("f", original)
      disk.faults.writeCorruptionProbability = 0.2
      let bytes = sectors("ABCDEFGH")
      try disk.write(handle, at: 2_048, bytes)
      let expected = original[..<2_048] + bytes + original[6_144...]
      let found = try disk.read(handle, at: 0, count: 9_999)
      #expect(bitsDiffering(found, Array(expected)) == disk.effects[.writeCorruption].effective)
      #expect(found[..<2_048] == original[..<2_048] && found[6_144...] == original[6_144...])
      // Without a sync, a crash that loses it loses the corruption with it.
      disk.configuration.crashSurvival = .nothing
      disk.crash()
      #expect(try disk.read(disk.open("f"), at: 0, count: 9_999) == original)
    }
  }

  @Test(arguments: seeds)
  func `a misdirected read returns another place of the disk`(seed: UInt64) throws {
    try withDisk(seed) { disk in
      let handle = try disk.makeDurable("f", original)
      _ = try disk.makeDurable("g", sectors("ABCDEFGHIJKLMNOP"))
      disk.faults.misdirectedReadProbability = 1
      var wrong = 0
      for _ in 0..<10 {
        let bytes = try disk.read(handle, at: 1_024, count: 512)
        let letters = Set(bytes)
        #expect(letters.count == 1 && letters.isSubset(of: Set(97...112).union(65...80)))
        if bytes != run("c", 512) { wrong += 1 }
      }
      #expect(disk.effects[.misdirectedRead].fired == 10)
      #expect(disk.effects[.misdirectedRead].effective == wrong)
      disk.faults.misdirectedReadProbability = 0
      #expect(try disk.read(handle, at: 0, count: 9_999) == original)
    }
  }

  @Test func `misdirected writes land elsewhere, and their own place keeps what it had`() throws {
    var places: Set<String> = []
    for seed in 0..<60 as Range<UInt64> {
      try withDisk(seed) { disk in
        let f = try disk.makeDurable("f", sectors("abc"))
        let g = try disk.makeDurable("g", sectors("ABC"))
        disk.faults.misdirectedWriteProbability = 1
        #expect(try disk.write(f, at: 512, run("!", 512)) == 512)
        let files = [try disk.read(f, at: 0, count: 9_999), try disk.read(g, at: 0, count: 9_999)]
        let letters = files.map { bytes in
          String(
            decoding: stride(from: 0, to: bytes.count, by: 512).map { bytes[$0] }, as: UTF8.self)
        }
        places.insert(letters.joined(separator: " "))
        let isInPlace = letters == ["a!c", "ABC"]
        #expect(disk.effects[.misdirectedWrite].fired == 1)
        #expect(disk.effects[.misdirectedWrite].effective == (isInPlace ? 0 : 1))
        // It has happened on the medium: losing what is unsynced doesn't undo it.
        disk.configuration.crashSurvival = .nothing
        disk.crash()
        #expect(try disk.read(disk.open("f"), at: 0, count: 9_999) == files[0])
        #expect(try disk.read(disk.open("g"), at: 0, count: 9_999) == files[1])
      }
    }
    let expected = ["!bc ABC", "a!c ABC", "ab! ABC", "abc !BC", "abc A!C", "abc AB!"]
    #expect(places == Set(expected))
  }

  @Test func `a misdirected write beneath unsynced data shows after a crash`() throws {
    try withDisk { disk in
      let handle = try disk.makeDurable("f", run("a", 512))
      try disk.write(handle, at: 0, run("b", 512))
      disk.faults.misdirectedWriteProbability = 1
      try disk.write(handle, at: 0, run("!", 512))
      #expect(try disk.read(handle, at: 0, count: 512) == run("b", 512))
      disk.configuration.crashSurvival = .nothing
      disk.crash()
      #expect(try disk.read(disk.open("f"), at: 0, count: 512) == run("!", 512))
    }
  }

  @Test func `a misdirected write at the end makes the file longer, with zeros`() throws {
    try withDisk { disk in
      _ = try disk.makeDurable("g", run("A", 512))
      let handle = try disk.open("f")
      disk.faults.misdirectedWriteProbability = 1
      try disk.write(handle, at: 0, run("!", 512))
      #expect(try disk.read(handle, at: 0, count: 9_999) == run("\0", 512))
    }
  }

  @Test func `a phantom write is reported as done and changes nothing`() throws {
    try withDisk { disk in
      let handle = try disk.makeDurable("f", run("a", 100))
      disk.faults.phantomWriteProbability = 1
      #expect(try disk.write(handle, at: 50, run("b", 100)) == 100)
      #expect(try disk.read(handle, at: 0, count: 999) == run("a", 100))
      #expect(disk.effects[.phantomWrite].effective == 1)
      // Writing what is there already loses nothing.
      #expect(try disk.write(handle, at: 50, run("a", 50)) == 50)
      #expect(disk.effects[.phantomWrite].fired == 2)
      #expect(disk.effects[.phantomWrite].effective == 1)
    }
  }
}
