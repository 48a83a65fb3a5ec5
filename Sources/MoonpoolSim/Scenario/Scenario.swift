//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import Logging
import MoonpoolCore
public import MoonpoolRuntime

/// A system under test, what is done to it, and what must hold: a value that tests, the command
/// line and the explorer run.
///
/// ```swift
/// let scenario = Scenario("kv survives crashes") {
///   Processes(3...5, named: "kv") { KeyValueStore() }
///   Clients(2) { RegisterWorkload() }
///   Chaos(for: .seconds(30)) {
///     Attrition(maxDead: 1)
///   }
///   Invariant("versions never go back") { timeline in … }
/// }
/// let report = scenario.run(seed: 42)
/// ```
public struct Scenario: Sendable {
  /// What it is called in reports and on the command line.
  public var name: String
  /// The system under test, group by group.
  public var processes: [Processes] = []
  /// The test drivers, group by group.
  public var clients: [Clients] = []
  /// Which of its operations each workload uses. By default all.
  public var operations = Operations(.all)
  /// What goes wrong.
  public var chaos: Chaos?
  /// Which assertions its campaigns must get to.
  public var covers = Covers()
  /// What must hold all the time.
  public var invariants: [Invariant] = []
  /// How long each phase may take.
  public var budget = Budget()
  /// The network and the disks when nothing is wrong.
  public var world = WorldConfiguration()
  /// Log lines below this level are not kept. By default `info`.
  public var logLevel = Logger.Level.info
  /// How many events of a run are kept at least; at least 1, by default a million. Counts go on.
  public var timelineCapacity = 1_000_000
  /// What to record for a space-time diagram; nil, as by default: nothing. No run differs by it.
  public var spaceTime: SpaceTime.Limits?
  /// Scheduling, tracing and limits of the kernel.
  public var options = SimulationOptions()

  /// Creates a scenario of parts; a part that can be there once replaces one before it.
  public init(_ name: String, @ScenarioBuilder _ parts: () -> [any ScenarioPart] = { [] }) {
    self.name = name
    options.timeLimit = .seconds(86_400)
    for part in parts() { part.add(to: &self) }
  }

  /// Checks every field before a run.
  ///
  /// - Throws: ``InvalidConfiguration``, which names the field.
  public func validate() throws {
    try world.validate()
    try budget.validate()
    try operations.validate()
    for group in processes { try group.validate() }
    for group in clients { try group.validate() }
    try chaos?.validate()
    guard timelineCapacity >= 1 else {
      throw InvalidConfiguration("timelineCapacity", "is \(timelineCapacity); must be at least 1")
    }
    try spaceTime?.validate("spaceTime")
    for injector in chaos?.injectors ?? [] { try injector.validate(in: self) }
    try validateNames()
    try validateAddresses()
    let most = processes.reduce(0) { $0.addedClamped(to: $1.largestCount) }
    guard most <= Topology.capacity else {
      throw InvalidConfiguration(
        "processes", "are up to \(most); must be at most \(Topology.capacity)")
    }
    let drivers = clients.reduce(0) { $0.addedClamped(to: $1.largestCount) }
    guard drivers <= Topology.clientCapacity else {
      throw InvalidConfiguration(
        "clients", "are up to \(drivers); must be at most \(Topology.clientCapacity)")
    }
  }
}

extension Scenario {
  private func validateNames() throws(InvalidConfiguration) {
    let names = processes.map(\.name) + clients.map(\.name)
    for (index, name) in names.enumerated() where names[..<index].contains(name) {
      throw InvalidConfiguration("name", "\"\(name)\" is used by two groups; must be unique")
    }
    // Several of a group are called `name-0`, `name-1`, …, which may be another group's name.
    for name in names {
      guard let dash = name.lastIndex(of: "-"), Int(name[name.index(after: dash)...]) != nil,
        names.contains(String(name[..<dash]))
      else { continue }
      throw InvalidConfiguration(
        "name", "\"\(name)\" is what one of the group \"\(name[..<dash])\" may be called")
    }
  }

  private func validateAddresses() throws(InvalidConfiguration) {
    var taken: Set<IPAddress> = []
    for group in processes {
      for address in group.addresses ?? [] where !taken.insert(address).inserted {
        throw InvalidConfiguration(
          "processes[\(group.name)].addresses", "has \(address) a second time; must be unique")
      }
    }
  }

  /// Refuses a tag that no group has.
  func checkVictims(_ tag: ProcessTag?, _ field: String) throws(InvalidConfiguration) {
    guard let tag else { return }
    let isThere = processes.contains { group in
      group.tags.contains { $0.key == tag.key && $0.values.contains(tag.value) }
    }
    guard isThere else {
      throw InvalidConfiguration(field, "are tagged \(tag), which no group of processes is")
    }
  }
}

/// What a ``Scenario`` is made of.
public protocol ScenarioPart: Sendable {
  /// Adds the part to a scenario.
  func add(to scenario: inout Scenario)
}

/// Puts the parts of a scenario in a row.
@resultBuilder
public enum ScenarioBuilder {
  /// One part.
  public static func buildExpression(_ part: any ScenarioPart) -> [any ScenarioPart] { [part] }
  /// Parts one after the other.
  public static func buildBlock(_ parts: [any ScenarioPart]...) -> [any ScenarioPart] {
    parts.flatMap { $0 }
  }
  /// Parts under an `if`.
  public static func buildOptional(_ parts: [any ScenarioPart]?) -> [any ScenarioPart] {
    parts ?? []
  }
  /// Parts under an `if`.
  public static func buildEither(first parts: [any ScenarioPart]) -> [any ScenarioPart] { parts }
  /// Parts under an `else`.
  public static func buildEither(second parts: [any ScenarioPart]) -> [any ScenarioPart] { parts }
  /// Parts of a loop.
  public static func buildArray(_ parts: [[any ScenarioPart]]) -> [any ScenarioPart] {
    parts.flatMap { $0 }
  }
}

extension Invariant: ScenarioPart {
  /// Adds it to a scenario.
  public func add(to scenario: inout Scenario) { scenario.invariants.append(self) }
}

extension WorldConfiguration: ScenarioPart {
  /// Adds it to a scenario.
  public func add(to scenario: inout Scenario) { scenario.world = self }
}

extension StorageConfiguration: ScenarioPart {
  /// Adds it to a scenario.
  public func add(to scenario: inout Scenario) { scenario.world.storage = self }
}

extension NetworkConfiguration: ScenarioPart {
  /// Adds it to a scenario.
  public func add(to scenario: inout Scenario) { scenario.world.network = self }
}
