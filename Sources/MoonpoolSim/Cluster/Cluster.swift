//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolCore
import MoonpoolRuntime

/// What a workload or a fault injector knows of the run that it is a part of.
public struct Cluster: Sendable {
  let run: ScenarioRun
  /// The client's name; the injector's for an injector.
  let name: String
  /// The name of the group of clients; the injector's name for an injector.
  public let group: String
  /// Which of the clients of its group this is, from 0; 0 for an injector.
  public let clientID: Int
  /// How many clients its group has.
  public let clientCount: Int

  /// All processes, in the order of the scenario.
  public var processes: [ProcessReference] { run.topology.processes }

  /// The processes that run at present.
  public var liveProcesses: [ProcessReference] { processes.filter(isAlive) }

  /// The process with this name.
  public func process(named name: String) -> ProcessReference? {
    processes.first { $0.name == name }
  }

  /// The processes of a group.
  public func processes(inGroup group: String) -> [ProcessReference] {
    processes.filter { $0.group == group }
  }

  /// The processes whose tag `key` has this value.
  public func processes(tagged key: String, _ value: String) -> [ProcessReference] {
    processes.filter { $0.tag(key) == value }
  }

  /// The processes of a machine, zone or data centre.
  public func processes(in level: LocalityLevel, _ id: String) -> [ProcessReference] {
    processes.filter { $0.locality.id(for: level) == id }
  }

  /// The machines, zones or data centres that there are, each once.
  public func domains(_ level: LocalityLevel) -> [String] {
    var found: [String] = []
    for process in processes {
      if let id = process.locality.id(for: level), !found.contains(id) {
        found.append(id)
      }
    }
    return found
  }

  /// Whether a process runs at present.
  public func isAlive(_ process: ProcessReference) -> Bool {
    run.processes[process.index].status == .up
  }

  /// How often a process has been started.
  public func startCount(_ process: ProcessReference) -> Int {
    run.processes[process.index].startCount
  }

  /// The operations that this group of clients uses in this run, in the order of the enumeration.
  ///
  /// All of them, unless the scenario says `Operations(.swarm)`: with all operations in every run
  /// one undoes what another needs to build up. A new case leaves the choice of the others as it
  /// was.
  ///
  /// ```swift
  /// enum Operation: String, CaseIterable { case push, pop, clear }
  /// let operation = node.random.element(of: cluster.alphabet(of: Operation.self))
  /// ```
  public func alphabet<Operation: CaseIterable & RawRepresentable<String>>(
    of type: Operation.Type
  ) -> [Operation] {
    run.alphabet(of: "\(group)/\(type)", type.allCases.map(\.rawValue))
      .subset(of: Array(type.allCases))
  }

  /// Values that workloads, injectors and invariants of a run share, by name.
  public var registry: StateRegistry { run.registry }

  /// What has happened so far.
  public var timeline: Timeline { run.world.timeline }

  /// Whether the chaos phase is over, or there is none.
  public var isQuiet: Bool { run.scenario.chaos == nil || run.phase > .chaos }
}

/// Values that the parts of a run share by name.
///
/// Safe to share because all code of a simulation runs on one thread.
public final class StateRegistry: @unchecked Sendable {
  private var values: [String: any Sendable] = [:]

  /// Stores a value, in place of what has this name.
  public func publish(_ value: some Sendable, as name: String) { values[name] = value }

  /// The value with this name; nil if there is none, or it has another type.
  public func value<Value: Sendable>(_ name: String, as type: Value.Type = Value.self) -> Value? {
    values[name] as? Value
  }

  func removeAll() { values = [:] }

  /// Whether there is a value with this name.
  public func contains(_ name: String) -> Bool { values[name] != nil }
}
