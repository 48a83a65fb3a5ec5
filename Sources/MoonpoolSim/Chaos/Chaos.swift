//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime

/// What goes wrong in a scenario, and for how long.
///
/// Faults begin when all clients have been set up. When the time is over, or all clients' `run` has
/// returned, every fault ends: ways are restored in all directions, processes that are down start
/// again.
public struct Chaos: ScenarioPart {
  /// How long; more than zero.
  public var duration: Duration
  /// Who does it. Each run works on copies of these.
  public var injectors: [any FaultInjector]

  /// Creates chaos of the given injectors.
  public init(
    for duration: Duration, @ChaosBuilder _ injectors: () -> [any FaultInjector] = { [] }
  ) {
    self.duration = duration
    self.injectors = injectors()
  }

  public func add(to scenario: inout Scenario) { scenario.chaos = self }

  func validate() throws {
    guard duration > .zero else {
      throw InvalidConfiguration("chaos.duration", "is \(duration); must be more than zero")
    }
    for injector in injectors { try injector.validate() }
    let names = injectors.map(\.name)
    for (index, name) in names.enumerated() where names[..<index].contains(name) {
      throw InvalidConfiguration(
        "chaos.injectors", "has two called \"\(name)\"; names must be unique")
    }
  }
}

/// Does things to the system under test while the chaos phase lasts.
public protocol FaultInjector: Sendable {
  /// What it is called in reports; also the name of its random stream. By default the type's name.
  var name: String { get }
  /// Checks its fields before a run.
  ///
  /// - Throws: ``InvalidConfiguration``.
  func validate() throws
  /// Works until it has nothing left to do, or is cancelled because the phase is over. Another
  /// error fails the run.
  mutating func inject(with faults: FaultContext) async throws
}

extension FaultInjector {
  /// The type's name.
  public var name: String { "\(Self.self)" }
  /// Nothing to check.
  public func validate() throws {}
}

/// Puts the injectors of a chaos phase in a row.
@resultBuilder
public enum ChaosBuilder {
  /// One injector.
  public static func buildExpression(_ injector: any FaultInjector) -> [any FaultInjector] {
    [injector]
  }
  /// Injectors one after the other.
  public static func buildBlock(_ injectors: [any FaultInjector]...) -> [any FaultInjector] {
    injectors.flatMap { $0 }
  }
  /// Injectors under an `if`.
  public static func buildOptional(_ injectors: [any FaultInjector]?) -> [any FaultInjector] {
    injectors ?? []
  }
  /// Injectors under an `if`.
  public static func buildEither(first injectors: [any FaultInjector]) -> [any FaultInjector] {
    injectors
  }
  /// Injectors under an `else`.
  public static func buildEither(second injectors: [any FaultInjector]) -> [any FaultInjector] {
    injectors
  }
}
