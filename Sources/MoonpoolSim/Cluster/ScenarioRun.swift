//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import Logging
import MoonpoolCore
public import MoonpoolRuntime

/// One run of a scenario: its world, its processes, and the phase that it is in.
///
/// Safe to share because all code of a simulation runs on one thread.
final class ScenarioRun: @unchecked Sendable {
  enum Phase: Int, Comparable {
    case boot, setUp, chaos, quiet, settle, check, shutdown

    static func < (a: Phase, b: Phase) -> Bool { a.rawValue < b.rawValue }

    /// What timelines and errors call it: clients know two of them as `run`.
    var name: String {
      switch self {
      case .boot: "boot"
      case .setUp: "setUp"
      case .chaos: "run"
      case .quiet: "quiet"
      case .settle: "settle"
      case .check: "check"
      case .shutdown: "shutdown"
      }
    }
  }

  let scenario: Scenario
  let world: World
  let topology: Topology
  let registry = StateRegistry()
  var processes: [ProcessState] = []
  private var clients: [ClientState] = []
  /// Where the run waits for its clients.
  private var gate: Gate?
  private(set) var phase = Phase.boot
  /// When the chaos phase ends at the latest, in nanoseconds of virtual time.
  var chaosEnd: UInt64 = 0
  /// What has gone wrong.
  var faults: FaultLog
  /// What workloads have begun.
  var operations: CountedSelection
  /// How likely faults are in each zone as time passes.
  var intensities: FaultIntensities
  /// The choices that were made, by workload and operations, and what they were made from. Only
  /// looked up: no order follows from them.
  private var alphabets: [String: OperationAlphabet] = [:]
  private var alphabetLevels: [StreamKey: Double] = [:]

  /// One test driver of the run.
  private final class ClientState {
    let node: Incarnation
    let cluster: Cluster
    var workload: any Workload

    init(node: Incarnation, cluster: Cluster, workload: any Workload) {
      self.node = node
      self.cluster = cluster
      self.workload = workload
    }
  }

  /// To be made by simulated code; draws the topology.
  init(_ scenario: Scenario) throws {
    self.scenario = scenario
    world = World.begin(
      scenario.world, timelineCapacity: scenario.timelineCapacity, spaceTime: scenario.spaceTime)
    intensities = FaultIntensities(scenario.chaos?.correlation ?? .none) { [world] in world.now }
    let recipe = Simulation.recipe
    faults = FaultLog(recipe?.selection(of: .faults))
    operations = CountedSelection(recipe?.selection(of: .operations))
    topology = Topology(
      scenario, Simulation.decisions(.configuration), nodes: recipe?.selection(of: .nodes))
    if !scenario.invariants.isEmpty {
      world.invariants = InvariantSet(scenario.invariants, world.timeline)
    }
    for (reference, group) in zip(topology.processes, topology.groups) {
      let host = world.addHost(reference.address)
      processes.append(ProcessState(reference: reference, group: group, host: host))
      if let disk = scenario.processes[group].disk { world.storage.configure(host, disk) }
      world.network.directory.setName(reference.name, [reference.address])
    }
    for group in scenario.processes {
      let addresses = topology.processes.filter { $0.group == group.name }.map(\.address)
      world.network.directory.setName(group.name, addresses)
    }
    world.onVerdict = { [self] in
      observeClocks()
      closeStandstills()
      // A handle would count as a task that is left over.
      for index in processes.indices { processes[index].stop = nil }
    }
  }

  // MARK: Phases

  /// The body of the simulation.
  func run() async throws {
    for index in processes.indices { start(index) }
    bootClients()
    try await onAllClients(.setUp, scenario.budget.setUp) {
      try await $0.setUp(on: $1, in: $2)
    }
    let chaos = scenario.chaos.map { ChaosRun($0, self) }
    chaos?.begin()
    try await onAllClients(.chaos, scenario.budget.run) { try await $0.run(on: $1, in: $2) }
    if clients.isEmpty {
      try await chaos?.waitForEnd()  // nobody says when it is enough
    } else {
      try await chaos?.end()
    }
    enter(.settle)
    try await Simulation.clock.sleep(for: scenario.budget.settle)
    try await onAllClients(.check, scenario.budget.check) { try await $0.check(on: $1, in: $2) }
    enter(.shutdown)
    await shutDown()
    world.invariants?.check()
  }

  func enter(_ next: Phase) {
    guard next > phase else { return }
    phase = next
    world.network.recorder?.begin(phase: next.name, at: world.now)
    world.tell(.lifecycle, World.ownSource, "phase", metadata: ["phase": .string(next.name)])
  }

  private func bootClients() {
    let counts = topology.clients.reduce(into: [Int](repeating: 0, count: scenario.clients.count)) {
      $0[$1.group] += 1
    }
    for (name, address, group, index) in topology.clients {
      let host = world.addHost(address)
      world.network.recorder?.enter(host, .running, at: world.now)
      var incarnation = world.boot(
        name, on: host, logger: logger(name), locality: Locality())
      incarnation.node.eventRecorder = TimelineEventRecorder(world: world, source: name)
      let cluster = Cluster(
        run: self, name: name, group: scenario.clients[group].name, clientID: index,
        clientCount: counts[group])
      clients.append(
        ClientState(
          node: incarnation, cluster: cluster,
          workload: scenario.clients[group].makeWorkload(index)))
    }
  }

  /// Runs one step of all clients at once, within a budget.
  private func onAllClients(
    _ phase: Phase, _ budget: Duration,
    _ step: @escaping @Sendable (inout any Workload, Node, Cluster) async throws -> Void
  ) async throws {
    enter(phase)
    let gate = Gate(count: clients.count)
    self.gate = gate
    for client in clients {
      nonisolated(unsafe) let client = client
      client.node.tasks.run(phase.name) {
        let node = client.node.node
        do {
          var workload = client.workload
          try await Node.$current.withValue(node) {
            try await step(&workload, node, client.cluster)
          }
          client.workload = workload
          gate.finished()
        } catch {
          gate.finished(WorkloadError(client: node.name, phase: phase.name, error: error))
        }
      }
    }
    guard try await gate.wait(budget) else {
      let names = Set(clients.map(\.node.node.name))
      let waits = Simulation.waitReport.only(onNodes: names)
      if waits.isDeadlock { throw StuckTasks(waits) }
      throw PhaseTimeout(phase: phase.name, limit: budget, waiting: waits)
    }
  }

  /// Fails the run at once while it waits for its clients.
  func fail(_ error: any Error) { gate?.fail(error) }

  private func shutDown() async {
    await withDiscardingTaskGroup { group in
      for index in processes.indices where processes[index].isRunning {
        processes[index].status = .stopping
        guard let tasks = processes[index].tasks else { continue }
        let budget = scenario.budget.shutdown
        group.addTask { _ = await tasks.stop(gracePeriod: budget) }
      }
    }
    // Else what clients have started and not ended counts as left over, as in any simulation.
    guard scenario.options.leaks != .fail else { return }
    for client in clients { client.node.tasks.kill() }
  }

  /// Which operations a workload uses: chosen once in a run.
  func alphabet(of workload: String, _ operations: [String]) -> OperationAlphabet {
    // Two enumerations may have one simple name. What else they are called isn't the same in each
    // process for local ones, but their cases are. Cases of one name share their coin then.
    let key = "\(workload)/\(operations.joined(separator: ","))"
    if let chosen = alphabets[key] { return chosen }
    let chosen =
      switch scenario.operations.mode {
      case .all: OperationAlphabet(all: operations)
      case .swarm:
        OperationAlphabet(
          operations, workload: workload, probability: scenario.operations.probability,
          level: alphabetLevel)
      }
    alphabets[key] = chosen
    return chosen
  }

  private func alphabetLevel(_ key: StreamKey) -> Double {
    if let known = alphabetLevels[key] { return known }
    let level = Simulation.decisions(key).double()
    alphabetLevels[key] = level
    return level
  }

  /// Lets go of everything once the report is made: parts of the run know the run, and the frames
  /// of a task that trapped hold what it had for ever.
  func dissolve() {
    clients = []
    registry.removeAll()
    processes = []
    world.dissolve()
  }

  func logger(_ source: String) -> Logger {
    Logger(label: source) { [world, scenario] _ in
      TimelineLogHandler(world: world, source: source, logLevel: scenario.logLevel)
    }
  }
}

/// A workload threw.
public struct WorkloadError: Error, Sendable, CustomStringConvertible {
  /// The client's name.
  public var client: String
  /// The phase that it was in.
  public var phase: String
  /// What it threw.
  public var error: any Error

  public var description: String { "\(client) failed in phase \(phase): \(error)" }
}

/// A phase took longer than its budget.
public struct PhaseTimeout: Error, Sendable, CustomStringConvertible {
  /// The phase.
  public var phase: String
  /// Its budget of virtual time.
  public var limit: Duration
  /// What the clients' tasks were waiting for when it was over.
  public var waiting: WaitReport

  public var description: String {
    "phase \(phase) took longer than its budget of \(limit); \(waiting.summary)"
  }
}
