//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolCore

/// A group of processes: the system under test, or a part of it.
public struct Processes: ScenarioPart {
  /// What the end of a program means that nobody asked to end.
  public enum ExitPolicy: Sendable, Hashable {
    /// Returning is fine, and the process stays down; throwing fails the run.
    case failOnError
    /// Either way it is started again after a while, as a supervisor would: more than zero, or
    /// a program that returns at once would be all that a run ever runs.
    case restart(after: Duration)
    /// Either way it stays down.
    case stayDown
  }

  /// The group's name. A group of always one process gives it that, others `name-0`, `name-1`, ….
  public var name: String
  /// How many there are: drawn per seed. At least 1.
  public var count: ClosedRange<Int>
  /// Each tag's key and values: process i of the group gets value i modulo their number.
  public var tags: [(key: String, values: [String])] = []
  /// Where they stand; nil: each on a machine of its own, in one zone.
  public var layout: Layout?
  /// What each process's disk is like; nil: as the scenario's other disks.
  public var disk: StorageConfiguration?
  /// Where each is reached; nil: addresses of 10.0.0.0/16, which no others may have.
  public var addresses: [IPAddress]?
  /// What the end of a program means that nobody asked to end.
  public var exitPolicy = ExitPolicy.failOnError
  /// Makes the program of process i, at each start anew.
  let makeProgram: @Sendable (Int) -> any Program

  /// Creates a group of a fixed size.
  public init(
    _ count: Int = 1, named name: String, _ makeProgram: @escaping @Sendable () -> any Program
  ) {
    self.init(count...count, named: name) { _ in makeProgram() }
  }

  /// Creates a group whose size each seed draws.
  public init(
    _ count: ClosedRange<Int>, named name: String,
    _ makeProgram: @escaping @Sendable (_ index: Int) -> any Program
  ) {
    self.name = name
    self.count = count
    self.makeProgram = makeProgram
  }

  /// Gives the processes a tag, its values in turn.
  public func tags(_ key: String, _ values: [String]) -> Processes {
    var copy = self
    copy.tags.append((key, values))
    return copy
  }

  /// Says where the processes stand.
  public func layout(_ layout: Layout) -> Processes {
    var copy = self
    copy.layout = layout
    let least = layout.smallestCount
    copy.count = least...max(least, layout.largestCount)
    return copy
  }

  /// Says where each process is reached: as many addresses as there are processes at most.
  public func addresses(_ addresses: [IPAddress]) -> Processes {
    var copy = self
    copy.addresses = addresses
    return copy
  }

  /// Says what each process's disk is like, if not as the scenario's other disks.
  public func disk(_ configuration: StorageConfiguration) -> Processes {
    var copy = self
    copy.disk = configuration
    return copy
  }

  /// Says what the end of a program means.
  public func onExit(_ policy: ExitPolicy) -> Processes {
    var copy = self
    copy.exitPolicy = policy
    return copy
  }

  public func add(to scenario: inout Scenario) { scenario.processes.append(self) }

  var largestCount: Int { layout?.largestCount ?? count.upperBound }

  func validate() throws {
    let field = "processes[\(name)]"
    try layout?.validate(field)
    guard count.lowerBound >= 1 else {
      throw InvalidConfiguration("\(field).count", "is \(count.lowerBound); must be at least 1")
    }
    for tag in tags where tag.values.isEmpty {
      throw InvalidConfiguration(
        "\(field).tags[\(tag.key)]", "has no values; must have at least one")
    }
    try disk?.validate("\(field).disk")
    try validateAddresses("\(field).addresses")
    if case .restart(let delay) = exitPolicy {
      try InvalidConfiguration.check(duration: delay, "\(field).exitPolicy")
      guard delay > .zero else {
        throw InvalidConfiguration("\(field).exitPolicy", "is \(delay); must be more than zero")
      }
    }
  }

  private func validateAddresses(_ field: String) throws {
    guard let addresses else { return }
    guard addresses.count == largestCount else {
      throw InvalidConfiguration(
        field, "are \(addresses.count); must be \(largestCount), one for each process")
    }
    for address in addresses {
      guard !address.isLoopback, !address.isUnspecified else {
        throw InvalidConfiguration(field, "has \(address); must be addresses of single machines")
      }
      guard address.family != .v4 || address.low >> 16 != Topology.network else {
        throw InvalidConfiguration(
          field, "has \(address); must not be of 10.0.0.0/16, which the simulator gives out")
      }
    }
  }
}

/// How processes are spread: so many data centres, zones in each, machines in each, processes on
/// each. Every number is drawn per seed.
public struct Layout: Sendable {
  /// Data centres; at least 1.
  public var datacenters: ClosedRange<Int>
  /// Zones of a data centre; at least 1.
  public var zones: ClosedRange<Int>
  /// Machines of a zone; at least 1.
  public var machines: ClosedRange<Int>
  /// Processes of a machine; at least 1.
  public var processes: ClosedRange<Int>

  /// Creates a layout with fixed numbers.
  public init(datacenters: Int = 1, zones: Int = 1, machines: Int = 1, processes: Int = 1) {
    self.datacenters = datacenters...datacenters
    self.zones = zones...zones
    self.machines = machines...machines
    self.processes = processes...processes
  }

  /// Creates a layout whose numbers each seed draws.
  public init(
    datacenters: ClosedRange<Int>, zones: ClosedRange<Int> = 1...1,
    machines: ClosedRange<Int> = 1...1, processes: ClosedRange<Int> = 1...1
  ) {
    self.datacenters = datacenters
    self.zones = zones
    self.machines = machines
    self.processes = processes
  }

  private var all: [(range: ClosedRange<Int>, field: String)] {
    [
      (datacenters, "datacenters"), (zones, "zones"), (machines, "machines"),
      (processes, "processes"),
    ]
  }

  var smallestCount: Int { all.reduce(1) { $0.multipliedClamped(by: $1.range.lowerBound) } }
  var largestCount: Int { all.reduce(1) { $0.multipliedClamped(by: $1.range.upperBound) } }

  func validate(_ field: String) throws {
    for part in all where part.range.lowerBound < 1 {
      throw InvalidConfiguration(
        "\(field).layout.\(part.field)", "is \(part.range.lowerBound); must be at least 1")
    }
  }
}

extension Int {
  /// The sum of two counts, at most `Int.max`.
  func addedClamped(to other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }

  fileprivate func multipliedClamped(by other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }
}
