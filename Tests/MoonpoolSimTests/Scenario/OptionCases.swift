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
import MoonpoolSim

/// One option of a scenario, and what must be seen of it.
struct OptionCase: Sendable, CustomStringConvertible {
  /// Type and field: `Budget.run`.
  let path: String
  /// Runs scenarios and says what doesn't hold.
  let complaints: @Sendable () -> [String]

  init(_ path: String, _ complaints: @escaping @Sendable () -> [String]) {
    self.path = path
    self.complaints = complaints
  }

  var description: String { path }
}

/// Every option of a scenario, and of what strikes processes and clocks. Those of the world, of the
/// network's faults and the disks' have tests of theirs.
let optionCases =
  scenarioOptions + budgetOptions + chaosOptions + clientOptions + processOptions + clockOptions
  + attritionOptions + standstillOptions + correlationOptions + buggifyOptions

func require(_ holds: Bool, _ complaint: @autoclosure () -> String) -> [String] {
  holds ? [] : [complaint()]
}

/// A workload that does one thing per phase.
struct Steps: Workload {
  typealias Step = @Sendable (Node, Cluster) async throws -> Void
  var onSetUp: Step = { _, _ in }
  var onRun: Step = { _, _ in }
  var onCheck: Step = { _, _ in }

  func setUp(on node: Node, in cluster: Cluster) async throws { try await onSetUp(node, cluster) }
  func run(on node: Node, in cluster: Cluster) async throws { try await onRun(node, cluster) }
  func check(on node: Node, in cluster: Cluster) async throws { try await onCheck(node, cluster) }
}

/// A program of a closure.
struct ClosureProgram: Program {
  let body: @Sendable (Node) async throws -> Void

  func run(on node: Node) async throws { try await body(node) }
}

/// Sleeps by its own clock.
func nap(_ duration: Duration) -> Steps.Step {
  { node, _ in try await node.clock.sleep(for: duration) }
}

extension SimulationReport {
  func events(_ name: String, _ source: String? = nil) -> [TimelineEvent] {
    timeline.filter { $0.name == name && source ?? $0.source == $0.source }
  }

  /// When a phase began.
  func start(of phase: String) -> Duration? {
    events("phase").first { $0["phase"] == phase }?.time
  }
}

private let scenarioOptions = [
  OptionCase("Scenario.name") {
    let report = Scenario("the name") {}.run(seed: 1)
    return require(report.scenario == "the name" && report.passed, report.line)
  },
  OptionCase("Scenario.processes") {
    let report = Scenario("two groups") {
      Processes(named: "a") { Echo() }
      Processes(2, named: "b") { Echo() }
    }.run(seed: 1)
    let booted = Set(report.events("booted").map(\.source))
    return require(booted == ["a", "b-0", "b-1"] && report.starts == [1, 1, 1], "\(booted)")
  },
  OptionCase("Scenario.clients") {
    let report = Scenario("two groups") {
      Clients(named: "a") { node, _ in node.logger.info("here") }
      Clients(2, named: "b") { Steps(onRun: { node, _ in node.logger.info("here") }) }
    }.run(seed: 1)
    let here = Set(report.events("here").map(\.source))
    return require(here == ["a", "b-0", "b-1"], "\(here)")
  },
  OptionCase("Scenario.operations") {
    enum Operation: String, CaseIterable { case one, two, three }
    let scenario = Scenario("operations") {
      Clients { node, cluster in
        node.logger.info("use", metadata: ["n": "\(cluster.alphabet(of: Operation.self).count)"])
      }
      Operations(.swarm)
    }
    let numbers = Set(scenario.reports(0..<20).map { $0.events("use").first?.int("n") })
    return require(numbers == [1, 2, 3], "\(numbers)")
  },
  OptionCase("Scenario.chaos") {
    let scenario = Scenario("phases") { Clients(run: nap(.seconds(9))) }
    var struck = scenario
    struck.chaos = Chaos(for: .seconds(3))
    return require(scenario.run(seed: 1).start(of: "quiet") == nil, "quiet without chaos")
      + require(struck.run(seed: 1).start(of: "quiet") != nil, "no quiet phase")
  },
  OptionCase("Scenario.invariants") {
    let report = Scenario("invariants") {
      Clients { node, _ in node.logger.info("bad") }
      Invariant("nothing bad") { timeline in
        if !timeline.new("bad").isEmpty { throw PropertyViolation("bad") }
      }
    }.run(seed: 1)
    return require(report.line.contains("nothing bad violated: bad"), report.line)
  },
  OptionCase("Scenario.budget") {
    let report = Scenario("budget") { Budget(run: .seconds(9), settle: .seconds(77)) }.run(seed: 1)
    return require(report.run.virtualTime > .seconds(76), "\(report.run.virtualTime)")
  },
  OptionCase("Scenario.world") {
    var scenario = Scenario("slow network") {
      Processes(named: "echo") { Echo() }
      Clients { EchoCalls(wanted: 10) }
    }
    let quick = scenario.run(seed: 1).events("finished").first?.time ?? .zero
    scenario.world.network.latency = .fixed(.milliseconds(50))
    let slow = scenario.run(seed: 1).events("finished").first?.time ?? .zero
    return require(quick < .milliseconds(500) && slow > .seconds(1), "\(quick), \(slow)")
  },
  OptionCase("Scenario.timelineCapacity") {  // more of it in TimelineTests
    var scenario = Scenario("long") {
      Clients { node, _ in for _ in 0..<100 { node.logger.info("here") } }
    }
    let all = scenario.run(seed: 1).events("here").count
    scenario.timelineCapacity = 10
    let kept = scenario.run(seed: 1).timeline.count
    return require(all == 100 && (10...20).contains(kept), "\(all), \(kept)")
  },
  OptionCase("Scenario.spaceTime") {  // more of it in SpaceTimeTests
    var scenario = Scenario("recorded") {
      Processes(named: "echo") { Echo() }
      Clients { EchoCalls(wanted: 10) }
    }
    let nothing = scenario.run(seed: 1).spaceTime
    scenario.spaceTime = SpaceTime.Limits()
    let messages = scenario.run(seed: 1).spaceTime?.messages.count ?? 0
    return require(nothing == nil && messages > 20, "\(messages) messages")
  },
  OptionCase("Scenario.covers") {  // what campaigns make of it: CampaignTests
    let scenario = Scenario("covering") {
      Covers("Shop")
      Covers("Store/Log.swift")
    }
    let files = ["Shop/A.swift", "Store/Log.swift", "Shops/A.swift", "Store/Other.swift"]
    let covered = files.filter(scenario.covers.contains)
    return require(covered == ["Shop/A.swift", "Store/Log.swift"], "\(covered)")
  },
  OptionCase("Scenario.logLevel") {
    var scenario = Scenario("levels") {
      Processes(named: "talker") {
        ClosureProgram { node in
          node.logger.debug("fine")
          node.logger.info("plain")
          node.logger.error("loud")
        }
      }
      Clients { node, _ in node.logger.debug("fine") }
    }
    func names() -> [String] {
      scenario.run(seed: 1).timeline.filter { $0.kind == .log }.map(\.name).sorted()
    }
    let info = names()
    scenario.logLevel = .debug
    let debug = names()
    scenario.logLevel = .error
    return require(info == ["loud", "plain"], "\(info)")
      + require(debug == ["fine", "fine", "loud", "plain"], "\(debug)")
      + require(names() == ["loud"], "\(names())")
  },
  OptionCase("Scenario.options") {
    var scenario = Scenario("options") { Clients(run: nap(.seconds(100))) }
    scenario.options.timeLimit = .seconds(10)
    let report = scenario.run(seed: 1)
    return require(report.run.verdict.name == "timedOut", report.line)
  },
]

private let budgetOptions = [
  OptionCase("Budget.setUp") { tooLong("setUp", { $0.setUp = $1 }, { $0.onSetUp = $1 }) },
  OptionCase("Budget.run") { tooLong("run", { $0.run = $1 }, { $0.onRun = $1 }) },
  OptionCase("Budget.check") { tooLong("check", { $0.check = $1 }, { $0.onCheck = $1 }) },
  OptionCase("Budget.settle") {
    [Duration.zero, .seconds(3), .seconds(40)].flatMap { settle in
      let report = Scenario("settle") {
        Clients(run: nap(.seconds(1)))
        Budget(run: .seconds(9), settle: settle)
      }.run(seed: 1)
      let start = report.start(of: "settle") ?? .zero
      let took = (report.start(of: "check") ?? .zero) - start
      return require(start > .seconds(1) && start < .seconds(1.1), "settles at \(start)")
        + require(took >= settle && took < settle + .milliseconds(10), "\(took), not \(settle)")
    }
  },
  OptionCase("Budget.shutdown") {
    // Tidies up for two seconds, which nobody can be asked to hurry.
    func tidied(_ limit: Duration) -> Int {
      var scenario = Scenario("shutdown") {
        Processes(named: "tidy") {
          ClosureProgram { node in
            try? await node.clock.sleep(for: .seconds(600))
            await Task { try? await Task.sleep(for: .seconds(2)) }.value
            node.logger.info("tidied up")
          }
        }
        Clients(run: nap(.seconds(1)))
      }
      scenario.budget.shutdown = limit
      let report = scenario.run(seed: 1)
      return report.passed ? report.events("tidied up").count : -1
    }
    return require(tidied(.seconds(3)) == 1, "killed before its time: \(tidied(.seconds(3)))")
      + require(tidied(.seconds(1)) == 0, "not killed: \(tidied(.seconds(1)))")
  },
]

/// A phase may take its budget and no more.
private func tooLong(
  _ phase: String, _ limit: (inout Budget, Duration) -> Void,
  _ step: (inout Steps, @escaping Steps.Step) -> Void
) -> [String] {
  func line(_ budget: Duration) -> String {
    var steps = Steps()
    step(&steps, nap(.seconds(7)))
    let workload = steps
    var scenario = Scenario("budget") { Clients { workload } }
    limit(&scenario.budget, budget)
    return scenario.run(seed: 1).line
  }
  let (short, long) = (line(.seconds(6)), line(.seconds(8)))
  return require(short.contains("phase \(phase) took longer than its budget of 6.0 sec"), short)
    + require(long.hasPrefix("PASSED"), long)
}

private let chaosOptions = [
  OptionCase("Chaos.duration") {
    func quiet(_ work: Duration) -> Duration {
      Scenario("duration") {
        Clients(run: nap(work))
        Chaos(for: .seconds(3))
      }.run(seed: 1).start(of: "quiet") ?? .zero
    }
    let (late, early) = (quiet(.seconds(9)), quiet(.seconds(1)))
    return require(late >= .seconds(3) && late < .seconds(3.01), "quiet at \(late)")
      + require(early >= .seconds(1) && early < .seconds(1.01), "quiet at \(early)")
  },
  OptionCase("Chaos.injectors") {
    struct Teller: FaultInjector {
      var name: String
      func inject(with faults: FaultContext) async throws { faults.tell(name) }
    }
    let report = Scenario("injectors") {
      Clients(run: nap(.seconds(1)))
      Chaos(for: .seconds(3)) {
        for name in ["one", "two"] { Teller(name: name) }
      }
    }.run(seed: 1)
    return require(report.events("one").count == 1 && report.events("two").count == 1, report.line)
  },
  OptionCase("Chaos.buggify") {
    var scenario = Scenario("buggify") {
      Clients { node, _ in
        try await node.clock.sleep(for: .seconds(1))
        if buggify() { node.logger.info("fired") }
      }
      Chaos(for: .seconds(3))
    }
    let off = scenario.run(seed: 1).events("fired").count
    scenario.chaos?.buggify = Buggify(armed: 1, fired: 1)
    let on = scenario.run(seed: 1).events("fired").count
    return require(off == 0 && on == 1, "fired \(off) and \(on)")
  },
  OptionCase("Chaos.correlation") {
    struct Weather: FaultInjector {
      func inject(with faults: FaultContext) async throws {
        faults.tell("weather", ["intensity": "\(faults.intensity(of: "here"))"])
      }
    }
    var scenario = Scenario("correlation") {
      Clients(run: nap(.seconds(1)))
      Chaos(for: .seconds(3)) { Weather() }
    }
    func intensities() -> Set<String?> {
      Set(scenario.reports(0..<5).map { $0.events("weather").first?["intensity"] })
    }
    let calm = intensities()
    scenario.chaos?.correlation = CorrelatedFailures(hurst: 0.8)
    return require(calm == ["1.0"] && intensities().count == 5, "\(calm), \(intensities())")
  },
]

private let clientOptions = [
  OptionCase("Clients.name") {
    let report = Scenario("names") {
      Clients(named: "alone") { node, _ in node.logger.info("here") }
      Clients(1...1, named: "one") { _ in Steps(onRun: { node, _ in node.logger.info("here") }) }
    }.run(seed: 1)
    return require(Set(report.events("here").map(\.source)) == ["alone", "one"], report.line)
  },
  OptionCase("Clients.count") {
    let scenario = Scenario("counts") {
      Clients(1...3, named: "c") { _ in
        Steps(onRun: { node, cluster in
          node.logger.info(
            "here", metadata: ["id": "\(cluster.clientID)", "of": "\(cluster.clientCount)"])
        })
      }
    }
    var counts: Set<Int> = []
    let wrong = scenario.reports(0..<30).flatMap { report in
      let here = report.events("here")
      counts.insert(here.count)
      return require(
        Set(here.map(\.source)) == Set((0..<here.count).map { "c-\($0)" })
          && Set(here.map { $0.int("id") }) == Set(0..<here.count)
          && here.allSatisfy { $0.int("of") == here.count && $0.source == "c-\($0["id"]!)" },
        "\(here)")
    }
    return wrong + require(counts == [1, 2, 3], "\(counts)")
  },
  OptionCase("Clients.makeWorkload") {
    // Made once in a run, for all phases; anew for each seed.
    struct Counting: Workload {
      var index: Int
      var calls = 0
      mutating func setUp(on node: Node, in cluster: Cluster) async throws { calls += 1 }
      mutating func run(on node: Node, in cluster: Cluster) async throws { calls += 1 }
      mutating func check(on node: Node, in cluster: Cluster) async throws {
        calls += 1
        node.logger.info("calls", metadata: ["index": "\(index)", "calls": "\(calls)"])
      }
    }
    let scenario = Scenario("workloads") { Clients(2...2) { Counting(index: $0) } }
    return scenario.reports(0..<3).flatMap { report in
      let calls = report.events("calls")
      return require(
        Set(calls.map { $0.int("index") }) == [0, 1] && calls.allSatisfy { $0.int("calls") == 3 },
        "\(calls)")
    }
  },
]
