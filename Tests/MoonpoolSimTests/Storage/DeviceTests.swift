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

private let second: UInt64 = 1_000_000_000

extension StorageConfiguration {
  /// 1,000 operations and 1 MB a second, and latencies without chance.
  fileprivate static func slow(_ change: (inout StorageConfiguration) -> Void) -> Self {
    var result = Self.quiet { _ in }
    result.iops = 1_000
    result.bandwidth = 1_000_000
    result.queueDepth = 2
    result.readLatency = .microseconds(100) ... .microseconds(100)
    result.writeLatency = .microseconds(200) ... .microseconds(200)
    result.syncLatency = .milliseconds(5) ... .milliseconds(5)
    result.metadataLatency = .microseconds(7) ... .microseconds(7)
    change(&result)
    return result
  }
}

@Suite struct DeviceTests {
  private func withSlowDisk<Result>(
    _ seed: UInt64 = 1, _ configuration: StorageConfiguration = .slow { _ in },
    _ body: (Disk, FileHandle) throws -> Result
  ) throws -> Result {
    try withDisk(seed, configuration) { try body($0, $0.open("f")) }
  }

  private func write(_ handle: FileHandle, _ count: Int) -> DiskOperation {
    .write(handle, offset: 0, [UInt8](repeating: 1, count: count))
  }

  @Test func `an operation takes its latency and its share of operations and bytes`() throws {
    try withSlowDisk { disk, handle in
      func time(_ operation: DiskOperation, at now: UInt64) -> UInt64 {
        disk.submit(operation, now: now).completesAt - now
      }
      #expect(time(write(handle, 500), at: 1 * second) == 200_000 + 1_000_000 + 500_000)
      try disk.write(handle, at: 0, run("x", 700))
      #expect(
        time(.read(handle, offset: 0, count: 500), at: 2 * second) == 100_000 + 1_000_000 + 500_000)
      // What lies behind the end costs nothing, however much it is.
      #expect(
        time(.read(handle, offset: 600, count: .max), at: 2 * second + second / 2) == 1_200_000)
      #expect(time(.read(handle, offset: 700, count: .max), at: 2 * second + second / 2) == 0)
      #expect(time(.truncate(handle, size: 0), at: 3 * second) == 200_000 + 1_000_000)
      #expect(time(.synchronize(handle, .all), at: 4 * second) == 5_000_000)
      #expect(time(.synchronizeDirectory(path: "/"), at: 5 * second) == 5_000_000)
      for operation in [
        DiskOperation.open(path: "g", .createOrOpen), .metadata(path: "f"), .entries(path: "/"),
        .rename(path: "g", to: "h"), .remove(path: "h"), .removeDirectory(path: "d"),
        .createDirectory(path: "d", intermediates: false),
      ] {
        #expect(time(operation, at: 6 * second) == 7_000)
      }
      #expect(time(.size(handle), at: 7 * second) == 0)
      #expect(time(.space, at: 7 * second) == 0)
    }
  }

  @Test func `latencies overlap, throughput has a bound`() throws {
    try withSlowDisk(1, .slow { $0.queueDepth = 64 }) { disk, handle in
      let ends = (1...10).map { _ in disk.submit(write(handle, 0), now: second).completesAt }
      #expect(ends == (1...10).map { second + $0 * 1_000_000 + 200_000 })
      // Bytes of one operation delay the next.
      let late = disk.submit(write(handle, 1_000_000), now: 2 * second).completesAt
      let later = disk.submit(write(handle, 0), now: 2 * second).completesAt
      #expect(late == 3 * second + 1_200_000 && later == late + 1_000_000)
    }
  }

  @Test func `what finds no place in the queue waits for one`() throws {
    let latency: ClosedRange<Duration> = .milliseconds(10) ... .milliseconds(10)
    func ends(depth: Int) throws -> [UInt64] {
      try withSlowDisk(
        1,
        .slow {
          $0.queueDepth = depth
          $0.writeLatency = latency
          $0.iops = .max
        }
      ) { disk, handle in
        (0..<4).map { _ in disk.submit(write(handle, 0), now: second).completesAt - second }
      }
    }
    #expect(try ends(depth: 1) == [10_000_000, 20_000_000, 30_000_000, 40_000_000])
    #expect(try ends(depth: 2) == [10_000_000, 10_000_000, 20_000_000, 20_000_000])
    #expect(try ends(depth: 4) == [10_000_000, 10_000_000, 10_000_000, 10_000_000])
    #expect(try ends(depth: .max) == [10_000_000, 10_000_000, 10_000_000, 10_000_000])
  }

  @Test func `a sync waits for what was asked before`() throws {
    try withSlowDisk { disk, handle in
      let write = disk.submit(write(handle, 1_000_000), now: second).completesAt
      let sync = disk.submit(.synchronize(handle, .all), now: second).completesAt
      #expect(sync == write + 5_000_000)
      // What comes from memory doesn't wait.
      #expect(disk.submit(.metadata(path: "f"), now: second).completesAt == second + 7_000)
    }
  }

  @Test func `operations take effect when they complete, not when they are submitted`() throws {
    try withSlowDisk { disk, handle in
      let write = disk.submit(.write(handle, offset: 0, [1, 2, 3]), now: 0)
      #expect(disk.fileSystem.image == ["f": ""])
      let early = disk.submit(.read(handle, offset: 0, count: 9), now: 0)
      #expect(disk.complete(early.ticket) == .bytes([]))
      #expect(disk.complete(write.ticket) == .written(3))
      #expect(disk.complete(disk.submit(.size(handle), now: 0).ticket) == .size(3))
    }
  }

  @Test func `a file that is closed finishes what was submitted before, and nothing after`() throws
  {
    try withSlowDisk { disk, handle in
      let before = disk.submit(.write(handle, offset: 0, [1, 2, 3]), now: 0)
      disk.close(handle)
      let after = disk.submit(.write(handle, offset: 0, [4]), now: 0)
      #expect(after.completesAt == 0)
      #expect(disk.complete(after.ticket) == .failed(StorageError(.closed, "write")))
      #expect(disk.complete(before.ticket) == .written(3))
      #expect(disk.fileSystem.openFileCount == 0)
      #expect(disk.fileSystem.image == ["f": "\u{1}\u{2}\u{3}"])
    }
  }

  @Test func `latencies fill their range`() throws {
    try withSlowDisk(
      1,
      .slow {
        $0.iops = .max
        $0.bandwidth = .max
        $0.readLatency = .nanoseconds(3) ... .nanoseconds(6)
      }
    ) { disk, handle in
      try disk.write(handle, at: 0, run("x", 1))
      let times = (1...200).map { round in
        disk.submit(.read(handle, offset: 0, count: 1), now: round * second).completesAt
          - round * second
      }
      #expect(Set(times) == [3, 4, 5, 6])
    }
  }

  // MARK: - Stalls and throttling

  @Test func `what a stalled disk is asked for waits for its end, and so does what it was asked`()
    throws
  {
    try withSlowDisk { disk, handle in
      let before = disk.submit(write(handle, 500), now: second)
      disk.stall(until: 3 * second, now: second + 1)
      let during = disk.submit(.metadata(path: "f"), now: 2 * second)
      let sync = disk.submit(.synchronize(handle, .all), now: 2 * second)
      // The first is done 2 s less 1 ns later than it was said to be.
      #expect(before.completesAt == second + 1_700_000)
      #expect(during.completesAt == 3 * second + 7_000)
      #expect(sync.completesAt == 3 * second + 1_700_000 - 1 + 5_000_000)
      #expect(disk.submit(.space, now: 2 * second).completesAt == 2 * second)
      for ticket in [before.ticket, during.ticket, sync.ticket] { _ = disk.complete(ticket) }
      #expect(disk.effects[.stall].fired == 1 && disk.effects[.stall].effective == 3)
      #expect(disk.effects.stalledNanoseconds == 4 * second - 1)
      #expect(disk.submit(.metadata(path: "f"), now: 3 * second).completesAt == 3 * second + 7_000)
    }
  }

  @Test func `throttling divides operations and bytes, and lengthens syncs`() throws {
    func times(throttled: Bool) throws -> [UInt64] {
      try withSlowDisk { disk, handle in
        if throttled {
          disk.faults.throttleIOPSDivisor = 3
          disk.faults.throttleBandwidthDivisor = 10
          disk.throttle(until: 9 * second)
        }
        let times = try [write(handle, 0), write(handle, 1_000), .synchronize(handle, .all)]
          .enumerated().map { index, operation in
            let now = UInt64(index + 1) * second
            let (ticket, end) = disk.submit(operation, now: now)
            _ = try #require(disk.complete(ticket))
            return end - now
          }
        #expect(disk.effects[.throttle].fired == (throttled ? 1 : 0))
        #expect(disk.effects[.throttle].effective == (throttled ? 3 : 0))
        #expect(disk.effects.throttledNanoseconds == (throttled ? 23_000_000 : 0))
        let later = disk.submit(write(handle, 0), now: 9 * second).completesAt - 9 * second
        return times + [later]
      }
    }
    #expect(try times(throttled: false) == [1_200_000, 2_200_000, 5_000_000, 1_200_000])
    #expect(try times(throttled: true) == [3_200_000, 13_200_000, 15_000_000, 1_200_000])
  }

  @Test func `set-length operations are stalled, too`() throws {
    try withSlowDisk { disk, handle in
      disk.stall(until: 10 * second, now: 0)
      #expect(disk.submit(.truncate(handle, size: 9), now: second).completesAt > 10 * second)
    }
  }

  @Test func `a stall within another lengthens nothing, one beyond its end does`() throws {
    try withSlowDisk { disk, handle in
      disk.stall(until: 10 * second, now: 0)
      disk.stall(until: 5 * second, now: second)
      #expect(disk.submit(.metadata(path: "f"), now: second).completesAt == 10 * second + 7_000)
      disk.stall(until: 12 * second, now: 9 * second)
      #expect(disk.submit(.metadata(path: "f"), now: second).completesAt == 12 * second + 7_000)
      #expect(disk.effects[.stall].fired == 3)
    }
  }

  @Test func `a healed disk is fast at once, whatever waited for it`() throws {
    try withSlowDisk { disk, handle in
      disk.stall(until: 1_000 * second, now: 0)
      disk.throttle(until: 1_000 * second, by: 50)
      for _ in 0..<5 { _ = disk.submit(write(handle, 0), now: second) }
      disk.heal(now: 2 * second)
      // Five operations are before it in the queue, 1 ms each.
      let next = disk.submit(write(handle, 0), now: 2 * second).completesAt - 2 * second
      #expect((1_200_000...7_200_000).contains(next), "\(next)")
      #expect(
        disk.submit(.metadata(path: "f"), now: 500 * second).completesAt == 500 * second + 7_000)
    }
  }
}
