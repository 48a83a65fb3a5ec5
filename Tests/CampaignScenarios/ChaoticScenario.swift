//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolAssertions
import MoonpoolCore
import MoonpoolRuntime
public import MoonpoolSim

extension PlantedScenarios {
  /// What a report can have: faults, texts that formats have their trouble with, and assertions of
  /// many kinds, one of which fails under seed 3.
  public static let chaotic = Scenario("chaotic <& more>") {
    Processes(2, named: "server") { Greeter() }
    Clients { node, cluster in
      let seed = Simulation.recipe!.seed
      for process in cluster.processes {
        let connection = try? await Greeter.connect(node, to: process.address)
        try? await connection?.write([1])
      }
      try await node.clock.sleep(for: .seconds(40))
      assertSometimesAll("both", ["even": seed % 2 == 0, "large": seed > 100])
      assertSometimesEach("a seed", ["rest": Int(seed % 3)])
      assertAlways(Int(seed), isLessThan: 1_000, "few seeds")
      assertAlwaysOrUnreachable(true, "maybe")
      assertAlways(seed != 3, "say \"no\" to \u{1b}[31mthree\u{7}", "line 1\nline 2\t\u{0}]]>")
    }
    Chaos(for: .seconds(30)) {
      NetworkFaults(.random)
      ProcessFaults(.random)
      Attrition(.random)
    }
  }
}
