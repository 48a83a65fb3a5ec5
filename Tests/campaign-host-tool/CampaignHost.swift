//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CampaignScenarios
import Foundation
import MoonpoolCommand
import MoonpoolHistory
import MoonpoolRunner
import MoonpoolRuntime
import MoonpoolSim

/// What campaigns of the tests start as their workers, with a command line of its own.
///
/// With `campaign NAME` it runs one without that, and with `write-history FILE NAME` it only keeps
/// some.
@main
struct CampaignHost {
  private struct Suite: SimulationSuite {
    static var scenarios: [Scenario] { PlantedScenarios.all }
  }

  static func main() {
    if environment("MOONPOOL_TEST_EARLY_THREAD") != nil {
      Thread.detachNewThread { while true { pause() } }
    }
    ProcessDeath.arm()
    Gate.arm()
    if let depth = environment("MOONPOOL_TEST_FORGETFUL").flatMap(Int.init) {
      forget(depth)
      return run("trivial")
    }
    if CommandLine.arguments.count == 4, CommandLine.arguments[1] == "write-history" {
      return writeHistory(CommandLine.arguments[2], CommandLine.arguments[3])
    }
    guard CommandLine.arguments.count == 3, CommandLine.arguments[1] == "campaign" else {
      return Suite.main()
    }
    CampaignWorker.serve(PlantedScenarios.all)
    // A process may be born like this.
    if environment("MOONPOOL_TEST_NO_CHILDREN") != nil { signal(SIGCHLD, SIG_IGN) }
    run(CommandLine.arguments[2])
  }

  private static func environment(_ name: String) -> String? {
    ProcessInfo.processInfo.environment[name]
  }

  /// Campaigns in campaigns: without end, were it not for this.
  private static func forget(_ depth: Int) {
    if depth == 2 {
      FileHandle.standardError.write(Data("too deep\n".utf8))
      exit(3)
    }
    setenv("MOONPOOL_TEST_FORGETFUL", "\(depth + 1)", 1)
  }

  private static func writeHistory(_ file: String, _ name: String) {
    do {
      let campaign = Campaign(PlantedScenarios.gated, seeds: SeedPlan(Seeds(1...13)))
      let report = try campaign.run()
      let surroundings = Surroundings(
        revision: nil, configuration: "debug", executable: "1f", machine: "writer \(name)")
      let history = try CampaignHistory(file: file)
      for _ in 0..<200 {
        let id = try history.begin(CampaignCheckpoint(beginningOf: campaign), surroundings)
        try history.finish(id, report)
      }
    } catch {
      print("error: \(error)")
      exit(1)
    }
  }

  private static func run(_ name: String) {
    let scenario = PlantedScenarios.all.first { $0.name == name }!
    let last = environment("MOONPOOL_TEST_SEEDS").flatMap(UInt64.init) ?? 10
    var isFirst = true
    do {
      let report = try Campaign(scenario, seeds: SeedPlan(Seeds(1...last)), workers: 1).run { _ in
        // The first is said when workers have been started, and have not yet done anything.
        if isFirst {
          usleep(300_000)
          print("a worker is at work")
          fflush(nil)
        }
        isFirst = false
        return true
      }
      print(report.text)
    } catch {
      print("error: \(error)")
      exit(1)
    }
  }
}
