//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MatrixRows
import Testing

/// Memory does not grow seed by seed. `Scripts/acceptance growth` measures every row.
@Suite struct GrowthTests {
  @Test(arguments: ["withTaskGroup", "Task.sleep(for:) cancelled", "Task.yield"])
  func `ten thousand seeds of a row leave nothing behind`(_ name: String) throws {
    let row = try #require(Row.named(name))
    let result = try Matrix.growthElsewhere(of: row, seeds: 10_000)
    #expect(result.abandoned == 0)
    // 1.5 kB for each run would be one task.
    #expect(result.bytes < 1 << 20, "grew by \(result.bytes) bytes")
  }
}
