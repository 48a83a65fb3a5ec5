//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Glibc
import MoonpoolRuntime

/// How much memory a series of runs leaves behind.
public enum Growth {
  public struct Result: Sendable {
    /// By how much the resident set grew after the runs that warm up.
    public var bytes: Int
    /// Tasks that could not be given back.
    public var abandoned: Int
  }

  /// Runs `row` under so many seeds on one thread, after a warm-up of a tenth of them.
  public static func measure(_ row: Row, seeds: UInt64) -> Result {
    var result = Result(bytes: 0, abandoned: 0)
    _ = run(row, 0..<seeds / 10)
    let before = residentBytes()
    result.abandoned = run(row, seeds / 10..<seeds / 10 + seeds)
    result.bytes = residentBytes() - before
    return result
  }

  private static func run(_ row: Row, _ seeds: Range<UInt64>) -> Int {
    var abandoned = 0
    let body = row.body
    let each: (RunReport) -> Bool = {
      abandoned += $0.abandonedTasks
      return true
    }
    Simulation.run(seeds: seeds, each: each) { try await body(RowLog()) }
    return abandoned
  }

  /// What the process occupies of the machine's memory.
  public static func residentBytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var total = 0
    var resident = 0
    withUnsafeMutablePointer(to: &total) { total in
      withUnsafeMutablePointer(to: &resident) { resident in
        _ = withVaList([total, resident]) { vfscanf(file, "%ld %ld", $0) }
      }
    }
    return resident * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}
