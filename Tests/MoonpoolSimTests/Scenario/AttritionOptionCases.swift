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

/// What programs and their callers notice of processes that go down.
enum ReboundSign: Hashable {
  /// A program was asked to end.
  case asked
  /// A call on a process that is down was refused.
  case refused
  /// A call on a process that is down got no answer.
  case silent
  /// What was written and not synchronised is gone.
  case written
  /// What was synchronised is gone.
  case synchronised
}

/// A run with attrition, and what was noticed of it.
struct AttritionProbe: Sendable {
  var report: SimulationReport
  var signs: Set<ReboundSign> = []
  /// When each process was down, in milliseconds.
  var downs: [(process: String, how: String, span: Range<Int>)] = []

  /// By default four processes on two machines in one zone.
  static func probes(
    _ attrition: Attrition, seeds: Range<UInt64> = 0..<8, for duration: Duration = .seconds(10),
    in layout: Layout = Layout(machines: 2, processes: 2)
  ) -> [AttritionProbe] {
    Scenario("attrition") {
      Processes(named: "ward") { Ward() }.tags("role", ["primary", "replica"])
        .layout(layout)
      Clients { Caller(duration: duration) }
      Chaos(for: duration) { attrition }
      Budget(run: .seconds(100), settle: .zero)
    }.reports(seeds).map(AttritionProbe.init)
  }

  /// Writes two files, synchronises one of them, and says what it finds.
  private struct Ward: Program {
    func run(on node: Node) async throws {
      var found: [String] = []
      for name in ["synchronised", "written"] where try await node.storage.exists(name) {
        found.append(name)
      }
      node.logger.info("booted", metadata: ["found": "\(found.joined(separator: " "))"])
      if found.isEmpty {
        for name in ["synchronised", "written"] {
          try await node.storage.withFile(name) { file in
            try await file.write([1])
            if name == "synchronised" { try await file.synchronize() }
          }
          if name == "synchronised" { try await node.storage.synchronizeDirectory() }
        }
        node.logger.info("written")
      }
      do {
        try await node.network.serve(port: Echo.port) { connection in
          for try await bytes in connection.inbound { try await connection.write(bytes) }
        }
      } catch {
        node.logger.info("asked")
        // It takes all the time that it has.
        await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
      }
    }
  }

  /// Connects to each process every 150 ms.
  private struct Caller: Workload {
    var duration: Duration

    func run(on node: Node, in cluster: Cluster) async throws {
      await withDiscardingTaskGroup { group in
        for process in cluster.processes {
          group.addTask { await call(process, node) }
        }
      }
    }

    private func call(_ process: ProcessReference, _ node: Node) async {
      let address = NetworkAddress(ip: process.address, port: Echo.port)
      while Simulation.elapsed < duration {
        let start = Int(Simulation.elapsed / .milliseconds(1))
        var result = "answered"
        do {
          try await node.clock.withTimeout(.milliseconds(50)) {
            try await node.network.connect(to: address).close()
          }
        } catch let error as NetworkError {
          result = "\(error.code)"
        } catch {
          result = "silence"
        }
        node.logger.info(
          "call", metadata: ["process": "\(process)", "result": "\(result)", "start": "\(start)"])
        try? await node.clock.sleep(for: .milliseconds(150))
      }
    }
  }

  init(_ report: SimulationReport) {
    self.report = report
    for index in report.starts.indices { follow("ward-\(index)") }
  }

  private mutating func follow(_ name: String) {
    let life = report.timeline.filter { $0.source == name }
    var down: (how: String, start: Int)?
    var hasWritten = false
    for event in life {
      let now = Int(event.time / .milliseconds(1))
      switch event.name {
      case "asked": if report.phase(at: event.time) == "run" { signs.insert(.asked) }
      case "written": hasWritten = true
      case "stopped": down = (event["how"] ?? "", now)
      case "started":
        if let down { downs.append((name, down.how, down.start..<now)) }
        down = nil
      case "booted" where hasWritten:
        let found = event["found"] ?? ""
        if !found.contains("synchronised") {
          signs.insert(.synchronised)
          hasWritten = false
        }
        if !found.contains("written") { signs.insert(.written) }
      default: break
      }
    }
    for event in report.events("call") where event["process"] == name {
      let call = (event.int("start") ?? 0)...Int(event.time / .milliseconds(1))
      guard
        downs.contains(where: {
          $0.process == name && call.lowerBound > $0.span.lowerBound
            && call.upperBound < $0.span.upperBound
        })
      else { continue }
      signs.insert(event["result"] == "connectionRefused" ? .refused : .silent)
    }
  }
}

extension SimulationReport {
  /// Which phase an instant belongs to.
  fileprivate func phase(at time: Duration) -> String {
    events("phase").last { $0.time <= time }?["phase"] ?? ""
  }
}

/// Every kind, often.
func attrition(_ kinds: Attrition.Kind...) -> Attrition {
  var attrition = Attrition(
    maxDead: 1, wipe: 1, interval: .milliseconds(500) ... .seconds(1),
    grace: .milliseconds(200) ... .milliseconds(300),
    recovery: .milliseconds(300) ... .milliseconds(500))
  if !kinds.isEmpty { attrition.families = Set(kinds) }
  return attrition
}

private func kinds(_ probes: [AttritionProbe]) -> Set<RebootKind> {
  Set(probes.flatMap { $0.report.processes.reboots.keys })
}

private func reboots(_ probes: [AttritionProbe]) -> Int {
  probes.reduce(0) { $0 + $1.report.processes.reboots.values.reduce(0, +) }
}

/// What is noticed of a weight, when all others are 0.
private func alone(
  _ kind: RebootKind, _ wanted: Set<ReboundSign>, _ change: (inout Attrition) -> Void
) -> [String] {
  var some = attrition()
  (some.graceful, some.kill, some.crash, some.powerLoss, some.wipe) = (0, 0, 0, 0, 0)
  change(&some)
  let probes = AttritionProbe.probes(some)
  let signs = probes.reduce(into: Set<ReboundSign>()) { $0.formUnion($1.signs) }
  return require(probes.allSatisfy { $0.report.passed }, "failed")
    + require(kinds(probes) == [kind], "\(kinds(probes))") + require(signs == wanted, "\(signs)")
}

let attritionOptions = [
  OptionCase("Attrition.name") {  // more of it in InjectorNameTests
    var some = attrition()
    some.name = "mine"
    some.maxDead = -1
    let line = AttritionProbe.probes(some, seeds: 0..<1)[0].report.line
    return require(line.contains("mine.maxDead is -1"), line)
  },
  OptionCase("Attrition.mode") {
    func seen(_ mode: ChaosMode) -> [AttritionProbe] {
      AttritionProbe.probes(Attrition(mode), seeds: 0..<12, for: .seconds(30))
    }
    let (random, swarm, off) = (seen(.random), seen(.swarm), seen(.off))
    let all: Set<RebootKind> = [.graceful, .kill, .crash, .powerLoss]
    // With half of the kinds a run has fewer of them.
    func variety(_ probes: [AttritionProbe]) -> Int {
      probes.reduce(0) { $0 + $1.report.processes.reboots.count }
    }
    return require(kinds(random) == all && kinds(swarm) == all, "\(kinds(random))")
      + require(variety(swarm) * 10 < variety(random) * 8, "\(variety(swarm))")
      + require(reboots(off) == 0, "not off")
  },
  OptionCase("Attrition.families") {
    let some = AttritionProbe.probes(attrition(.kill, .wipe))
    return require(kinds(some) == [.kill, .crashAndWipe], "\(kinds(some))")
  },
  OptionCase("Attrition.maxDead") {
    func most(_ number: Int) -> Int {
      var some = attrition()
      some.maxDead = number
      some.recovery = .seconds(5) ... .seconds(9)
      return AttritionProbe.probes(some, seeds: 0..<4).map { probe in
        probe.downs.map { down in probe.downs.count { $0.span.contains(down.span.lowerBound) } }
          .max() ?? 0
      }.max() ?? 0
    }
    let found = [0, 1, 3].map(most)
    return require(found == [0, 1, 3], "\(found)")
  },
  OptionCase("Attrition.graceful") { alone(.graceful, [.asked, .refused]) { $0.graceful = 1 } },
  OptionCase("Attrition.kill") { alone(.kill, [.refused]) { $0.kill = 1 } },
  OptionCase("Attrition.crash") { alone(.crash, [.refused, .written]) { $0.crash = 1 } },
  OptionCase("Attrition.powerLoss") {
    alone(.powerLoss, [.silent, .written]) { $0.powerLoss = 1 }
  },
  OptionCase("Attrition.wipe") {
    alone(.crashAndWipe, [.refused, .written, .synchronised]) { $0.wipe = 1 }
  },
  OptionCase("Attrition.scope") {
    func together(_ scope: Attrition.Scope) -> Set<Int> {
      var some = attrition(.kill)
      some.scope = scope
      some.maxDead = 4
      return Set(
        AttritionProbe.probes(some, seeds: 0..<4).flatMap { probe in
          probe.downs.map { down in
            probe.downs.count { $0.span.lowerBound == down.span.lowerBound }
          }
        })
    }
    return require(together(.process) == [1], "processes: \(together(.process))")
      // Of a group that is partly down already the rest goes.
      + require(together(.machine).contains(2), "machines: \(together(.machine))")
      + require(together(.machine).isSubset(of: [1, 2]), "machines: \(together(.machine))")
      + require(together(.zone).contains(4), "zones: \(together(.zone))")
      + require(together(.datacenter).contains(4), "datacenters: \(together(.datacenter))")
  },
  OptionCase("Attrition.interval") {
    var some = attrition(.kill)
    some.maxDead = 4
    some.interval = .seconds(1) ... .seconds(2)
    let starts = AttritionProbe.probes(some).map { probe in
      [0] + probe.downs.map(\.span.lowerBound).sorted()
    }
    let gaps = starts.flatMap { zip($0, $0.dropFirst()).map { $1 - $0 } }
    return require(gaps.allSatisfy { (999...2_001).contains($0) }, "\(gaps)")
      + require((gaps.min() ?? 9_999) < 1_100 && (gaps.max() ?? 0) > 1_900, "\(gaps)")
  },
  OptionCase("Attrition.grace") {
    var some = attrition(.graceful)
    some.grace = .milliseconds(400) ... .milliseconds(800)
    some.maxDead = 4
    let all = AttritionProbe.probes(some).flatMap { probe in
      probe.downs.compactMap { down in
        let asked = probe.report.events("process.graceful").last {
          $0["process"] == down.process && Int($0.time / .milliseconds(1)) <= down.span.lowerBound
        }
        return asked.map { down.span.lowerBound - Int($0.time / .milliseconds(1)) }
      }
    }
    // One that is asked before it serves ends at once.
    let graces = all.filter { $0 > 50 }
    return require(graces.allSatisfy { (399...811).contains($0) }, "\(graces)")
      + require(graces.count * 10 > all.count * 9, "\(all)")
      + require((graces.min() ?? 999) < 450 && (graces.max() ?? 0) > 750, "\(graces)")
  },
  OptionCase("Attrition.recovery") {
    var some = attrition(.kill)
    some.recovery = .milliseconds(400) ... .milliseconds(800)
    let downs = AttritionProbe.probes(some).flatMap { $0.downs.dropLast() }.map(\.span.count)
    // The end of the phase starts whoever is down.
    let full = downs.filter { $0 >= 399 }
    return require(full.count + 8 >= downs.count && full.allSatisfy { $0 <= 801 }, "\(downs)")
      + require((full.min() ?? 999) < 430 && (full.max() ?? 0) > 770, "\(downs)")
  },
  OptionCase("Attrition.victims") {
    var some = attrition()
    some.victims = ProcessTag("role", "replica")
    let names = Set(AttritionProbe.probes(some).flatMap { $0.downs.map(\.process) })
    return require(names == ["ward-1", "ward-3"], "\(names)")
  },
]
