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

@Suite struct LoudFaultTests {
  @Test func `a read error gives nothing, and the next read everything`() throws {
    try withDisk { disk in
      let handle = try disk.makeDurable("f", run("a", 100))
      disk.faults.readErrorProbability = 0.5
      var failures = 0
      for _ in 0..<200 {
        do {
          #expect(try disk.read(handle, at: 0, count: 999) == run("a", 100))
        } catch let error as StorageError {
          #expect(error.code == .inputOutput)
          failures += 1
        }
      }
      #expect((70...130).contains(failures))
      #expect(disk.effects[.readError].fired == failures)
      #expect(disk.effects[.readError].effective == failures)
    }
  }

  @Test func `a write error writes nothing`() throws {
    try withDisk { disk in
      let handle = try disk.makeDurable("f", run("a", 100))
      disk.faults.writeErrorProbability = 1
      #expect(throws: StorageError(.inputOutput, "write")) {
        try disk.write(handle, at: 0, run("b", 200))
      }
      #expect(try disk.read(handle, at: 0, count: 999) == run("a", 100))
      #expect(disk.effects[.writeError].effective == 1)
    }
  }

  @Test func `a fault that fills the volume lets through what has its room already`() throws {
    try withDisk { disk in
      let handle = try disk.makeDurable("f", run("a", 4_096))
      disk.faults.noSpaceProbability = 1
      #expect(try disk.write(handle, at: 0, run("b", 4_096)) == 4_096)
      #expect(disk.effects[.noSpace].effective == 0)
      #expect(try disk.write(handle, at: 0, run("c", 9_000)) == 4_096)
      #expect(throws: StorageError(.noSpace, "write")) {
        try disk.write(handle, at: 4_096, run("c", 1))
      }
      #expect(disk.effects[.noSpace].fired == 3)
      #expect(disk.effects[.noSpace].effective == 2)
      #expect(disk.effects.fullVolumeCount == 0)
      disk.faults.noSpaceProbability = 0
      #expect(try disk.write(handle, at: 4_096, run("c", 1)) == 1)
    }
  }

  @Test func `a volume that is really full is counted apart`() throws {
    try withDisk(1, .quiet { $0.limits.capacity = 8_192 }) { disk in
      let handle = try disk.open("f")
      #expect(try disk.write(handle, at: 0, run("a", 9_000)) == 8_192)
      #expect(throws: StorageError(.noSpace, "write")) {
        try disk.write(handle, at: 9_000, run("a", 1))
      }
      #expect(disk.effects.fullVolumeCount == 2)
      #expect(disk.effects[.noSpace].fired == 0)
    }
  }

  /// What a crash that loses everything unsynced leaves of "new" over "old", after a failed sync
  /// and then a good one.
  private func afterFailedSync(
    keepsDirtyData: Bool, rewriting: Bool = false
  ) throws -> [UInt8] {
    try withDisk(faults: .own { $0.failedSyncKeepsDirtyData = keepsDirtyData }) { disk in
      let handle = try disk.makeDurable("f", Array("old".utf8))
      try disk.write(handle, at: 0, Array("new".utf8))
      disk.faults.syncFailureProbability = 1
      #expect(throws: StorageError(.inputOutput, "synchronize")) { try disk.synchronize(handle) }
      #expect(disk.effects[.syncFailure].effective == 1)
      disk.faults.syncFailureProbability = 0
      if rewriting { try disk.write(handle, at: 0, Array("n".utf8)) }
      try disk.synchronize(handle)
      #expect(try disk.read(handle, at: 0, count: 9) == Array("new".utf8))
      disk.configuration.crashSurvival = .nothing
      disk.crash()
      return try disk.read(disk.open("f"), at: 0, count: 9)
    }
  }

  @Test func `after a failed sync the data counts as clean, and the next sync does nothing`() throws
  {
    #expect(try afterFailedSync(keepsDirtyData: false) == Array("old".utf8))
    #expect(try afterFailedSync(keepsDirtyData: false, rewriting: true) == Array("new".utf8))
  }

  @Test func `a failed sync can leave the data to the next one`() throws {
    #expect(try afterFailedSync(keepsDirtyData: true) == Array("new".utf8))
  }

  @Test func `what a failed sync gave up may have reached the disk nevertheless`() throws {
    var found: Set<[UInt8]> = []
    for seed in 0..<50 as Range<UInt64> {
      try withDisk(seed) { disk in
        let handle = try disk.makeDurable("f", Array("old".utf8))
        try disk.write(handle, at: 0, Array("new".utf8))
        disk.faults.syncFailureProbability = 1
        try? disk.synchronize(handle)
        disk.crash()
        found.insert(try disk.read(disk.open("f"), at: 0, count: 9))
      }
    }
    #expect(found == [Array("old".utf8), Array("new".utf8)])
  }

  @Test func `a sync beside sectors that were given up makes the others durable`() throws {
    try withDisk { disk in
      let handle = try disk.makeDurable("f", [])
      try disk.write(handle, at: 0, run("a", 512))
      disk.faults.syncFailureProbability = 1
      try? disk.synchronize(handle)
      disk.faults.syncFailureProbability = 0
      try disk.write(handle, at: 512, run("b", 512))
      try disk.synchronize(handle)
      try disk.write(handle, at: 512, run("c", 512))
      disk.configuration.crashSurvival = .nothing
      disk.crash()
      let bytes = try disk.read(disk.open("f"), at: 0, count: 9_999)
      #expect(bytes == run("\0", 512) + run("b", 512))
    }
  }

  @Test func `a failed sync of a directory leaves its names unsynced`() throws {
    try withDisk(faults: .own { $0.syncFailureProbability = 1 }) { disk in
      _ = try disk.open("f")
      #expect(throws: StorageError(.inputOutput, "synchronizeDirectory", "/")) {
        try disk.perform(.synchronizeDirectory(path: "/"))
      }
      disk.configuration.crashSurvival = .nothing
      disk.crash()
      #expect(disk.fileSystem.image == [:])
    }
  }

  @Test func `a sync that lies makes nothing durable`() throws {
    try withDisk { disk in
      let handle = try disk.makeDurable("f", Array("old".utf8))
      disk.faults.lyingSyncProbability = 1
      try disk.synchronize(handle)
      #expect(disk.effects[.lyingSync].effective == 0, "there was nothing to make durable")
      try disk.write(handle, at: 0, Array("new".utf8))
      try disk.synchronize(handle)
      _ = try disk.open("g")
      try disk.perform(.synchronizeDirectory(path: "/"))
      #expect(disk.effects[.lyingSync].fired == 3)
      #expect(disk.effects[.lyingSync].effective == 2)
      disk.configuration.crashSurvival = .nothing
      disk.crash()
      #expect(disk.fileSystem.image == ["f": "old"])
    }
  }

  @Test func `a wiped disk is empty`() throws {
    try withDisk(faults: .own { $0.wipeProbability = 1 }) { disk in
      let handle = try disk.makeDurable("f", run("a", 10))
      disk.crash()
      disk.strikeAtReboot(others: [])
      #expect(disk.fileSystem.image == [:])
      disk.strikeAtReboot(others: [])
      #expect(disk.effects[.wipe].fired == 2)
      #expect(disk.effects[.wipe].effective == 1)
      // The old handle names nothing, though the new file system has given out no other.
      _ = try disk.open("g")
      #expect(throws: StorageError(.closed, "size")) { try disk.perform(.size(handle)) }
    }
  }

  @Test func `a wrong disk is another machine's`() throws {
    try withStorageDecisions(1) { decisions in
      let disks = try (0..<3).map { number in
        let disk = try Disk(.ideal, process: number, decisions: decisions)
        let handle = try disk.open("name")
        try disk.write(handle, at: 0, Array("\(number)".utf8))
        disk.crash()
        return disk
      }
      disks[0].faults.wrongDiskProbability = 1
      disks[0].strikeAtReboot(others: disks)
      let names = disks.map { $0.fileSystem.image.text("name") ?? "" }
      #expect(names[0] != "0" && names.sorted() == ["0", "1", "2"])
      #expect(disks[0].effects[.wrongDisk].effective == 1)
    }
  }
}
