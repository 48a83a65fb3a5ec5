//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import MoonpoolTesting
import XCTest

final class XCTestSimulationTests: XCTestCase {
  func testTheBodyIsSimulated() {
    simulate(seeds: 20) {
      let start = ContinuousClock.now
      try await Task.sleep(for: .seconds(1000))
      XCTAssertGreaterThanOrEqual(ContinuousClock.now - start, .seconds(1000))
      XCTAssertTrue(Simulation.isRunning)
    }
  }

  func testFromAnAsyncTest() async {
    simulate(seeds: 5) { await Task.yield() }
  }

  /// Fails on purpose, and runs only where `FailureOutputTests` starts it.
  func testFixtureFails() throws {
    try XCTSkipUnless(ProcessInfo.processInfo.environment["MOONPOOL_FIXTURES"] == "1")
    simulate(seeds: 500) {
      let account = Fixtures.Account()
      async let first: Void = account.withdraw(80)
      async let second: Void = account.withdraw(80)
      _ = await (first, second)
      let balance = await account.balance
      XCTAssertGreaterThanOrEqual(balance, 0)
    }
  }
}
