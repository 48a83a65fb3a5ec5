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

/// Every option of a scenario takes effect.
@Suite struct ScenarioOptionTests {
  @Test(arguments: optionCases.indices)
  func `an option does what it says`(index: Int) {
    let option = optionCases[index]
    let complaints = option.complaints()
    #expect(complaints.isEmpty, "\(option): \(complaints)")
  }

  @Test func `every option has a test here`() {
    let values: [Any] = [
      Scenario("options"), Processes(named: "p") { Echo() }, Layout(), Clients { EchoCalls() },
      Budget(), Chaos(for: .seconds(1)), ClockFaults(), Attrition(maxDead: 1), ProcessFaults(),
      FaultWindows(), CorrelatedFailures(), Buggify(),
    ]
    let options = values.flatMap { value in
      Mirror(reflecting: value).children.map { "\(type(of: value)).\($0.label ?? "")" }
    }
    #expect(options.count > 60)
    #expect(Set(options) == Set(optionCases.map(\.path)))
  }
}
