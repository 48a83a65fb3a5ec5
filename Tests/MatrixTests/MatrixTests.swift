//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import MatrixRows
import Testing

/// One row for each construct: every seed gives the same trace and the same values in two
/// processes, whether it is the first run of its process or comes after others, and where there is
/// a choice the seeds differ.
///
/// `Scripts/acceptance matrix` runs 1,000 seeds; here there are fewer, to stay quick.
/// MOONPOOL_MATRIX_SEEDS says how many.
@Suite struct MatrixTests {
  static let seeds: UInt64 = {
    if let text = ProcessInfo.processInfo.environment["MOONPOOL_MATRIX_SEEDS"],
      let number = UInt64(text), number > 0
    {
      return number
    }
    #if DEBUG
      return 60
    #else
      return 250
    #endif
  }()

  @Test(arguments: Row.all.map(\.name))
  func row(_ name: String) throws {
    let row = try #require(Row.named(name))
    let order = SeedOrder(count: Self.seeds)
    let here = Matrix.outcomes(of: row, order)
    let there = try Matrix.outcomesElsewhere(of: row, order.rotated)
    let result = RowResult(row, [here, there])
    for problem in result.problems.prefix(3) { Issue.record("\(problem)") }
    #expect(result.problems.count == 0)
    #expect(try Matrix.text(of: row) == Matrix.textElsewhere(of: row))
  }

  @Test func `rows have different names`() {
    #expect(Set(Row.all.map(\.name)).count == Row.all.count)
    #expect(Row.all.count > 100)
  }

  @Test func `orders put every seed at two places`() {
    let order = SeedOrder(count: 1_000)
    #expect(order.seeds[0] == 0)
    #expect(order.rotated.seeds[499] == 0)
    #expect(order.rotated.seeds.sorted() == order.seeds)
  }
}
