//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolCore

/// A test driver: it works the system under test, and knows what must be true of the answers.
///
/// Each seed gets a fresh value. It stands on a node of its own, which no fault kills. An error
/// that
/// leaves any of its methods fails the run.
public protocol Workload: Sendable {
  /// Prepares the system: before faults begin.
  mutating func setUp(on node: Node, in cluster: Cluster) async throws
  /// Works the system, while faults happen.
  mutating func run(on node: Node, in cluster: Cluster) async throws
  /// Looks whether all is as it must be: after faults have ended and the system has come to rest.
  mutating func check(on node: Node, in cluster: Cluster) async throws
}

extension Workload {
  /// Nothing to prepare.
  public mutating func setUp(on node: Node, in cluster: Cluster) async throws {}
  /// Nothing to check.
  public mutating func check(on node: Node, in cluster: Cluster) async throws {}
}

/// A group of test drivers.
public struct Clients: ScenarioPart {
  /// The group's name. A group of always one client gives it that, others `name-0`, `name-1`, ….
  public var name: String
  /// How many there are: drawn per seed. At least 1.
  public var count: ClosedRange<Int>
  /// Makes the workload of client i, for each seed anew.
  let makeWorkload: @Sendable (Int) -> any Workload

  /// Creates a group of a fixed size.
  public init(
    _ count: Int = 1, named name: String = "client",
    _ makeWorkload: @escaping @Sendable () -> any Workload
  ) {
    self.name = name
    self.count = count...count
    self.makeWorkload = { _ in makeWorkload() }
  }

  /// Creates a group whose size each seed draws.
  public init(
    _ count: ClosedRange<Int>, named name: String = "client",
    _ makeWorkload: @escaping @Sendable (_ index: Int) -> any Workload
  ) {
    self.name = name
    self.count = count
    self.makeWorkload = makeWorkload
  }

  /// Creates one driver of a closure that only runs.
  public init(
    named name: String = "client",
    run: @escaping @Sendable (_ node: Node, _ cluster: Cluster) async throws -> Void
  ) {
    self.init(1, named: name) { ClosureWorkload(body: run) }
  }

  public func add(to scenario: inout Scenario) { scenario.clients.append(self) }

  var largestCount: Int { count.upperBound }

  func validate() throws {
    guard count.lowerBound >= 1 else {
      throw InvalidConfiguration(
        "clients[\(name)].count", "is \(count.lowerBound); must be at least 1")
    }
  }
}

private struct ClosureWorkload: Workload {
  let body: @Sendable (Node, Cluster) async throws -> Void

  func run(on node: Node, in cluster: Cluster) async throws { try await body(node, cluster) }
}
