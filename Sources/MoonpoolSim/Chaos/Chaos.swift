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
  /// How long; more than zero, at most 2^63 - 1 ns. In a scenario without clients it lasts so long,
  /// with clients at most.
  public var duration: Duration
  /// Who does it. Each run works on copies of these.
  public var injectors: [any FaultInjector] = []
  /// Whether the `buggify` sites of the code under test fire. By default none does.
  public var buggify = Buggify.off
  /// How the faults of one zone come in cascades. By default they don't.
  public var correlation = FaultCorrelation.none

  /// Creates chaos of parts; a part that can be there once replaces one before it.
  public init(for duration: Duration, @ChaosBuilder _ parts: () -> [any ChaosPart] = { [] }) {
    self.duration = duration
    for part in parts() { part.add(to: &self) }
  }

  public func add(to scenario: inout Scenario) { scenario.chaos = self }

  func validate() throws {
    guard duration > .zero else {
      throw InvalidConfiguration("chaos.duration", "is \(duration); must be more than zero")
    }
    try InvalidConfiguration.check(duration: duration, "chaos.duration")
    try buggify.validate("buggify")
    try correlation.validate("correlation")
    for injector in injectors { try injector.validate() }
    let names = injectors.map(\.name)
    for (index, name) in names.enumerated() where names[..<index].contains(name) {
      throw InvalidConfiguration(
        "chaos.injectors", "has two called \"\(name)\"; give one of them another name")
    }
  }
}

/// What ``Chaos`` is made of.
public protocol ChaosPart: Sendable {
  /// Adds the part to a chaos phase.
  func add(to chaos: inout Chaos)
}

/// Does things to the system under test while the chaos phase lasts.
public protocol FaultInjector: ChaosPart {
  /// What it is called in reports; also the name of its random stream. By default the type's name.
  var name: String { get }
  /// Checks its fields before a run.
  ///
  /// - Throws: ``InvalidConfiguration``.
  func validate() throws
  /// Checks that it fits the scenario: that those exist whom it strikes.
  ///
  /// - Throws: ``InvalidConfiguration``.
  func validate(in scenario: Scenario) throws
  /// Works until it has nothing left to do, or is cancelled because the phase is over. Another
  /// error fails the run.
  mutating func inject(with faults: FaultContext) async throws
}

extension FaultInjector {
  /// Adds it to the injectors.
  public func add(to chaos: inout Chaos) { chaos.injectors.append(self) }
  /// The type's name.
  public var name: String { "\(Self.self)" }
  /// Nothing to check.
  public func validate() throws {}
  /// Nothing to check.
  public func validate(in scenario: Scenario) throws {}
}

/// Puts the parts of a chaos phase in a row.
@resultBuilder
public enum ChaosBuilder {
  /// One part.
  public static func buildExpression(_ part: any ChaosPart) -> [any ChaosPart] { [part] }
  /// Parts one after the other.
  public static func buildBlock(_ parts: [any ChaosPart]...) -> [any ChaosPart] {
    parts.flatMap { $0 }
  }
  /// Parts under an `if`.
  public static func buildOptional(_ parts: [any ChaosPart]?) -> [any ChaosPart] { parts ?? [] }
  /// Parts under an `if`.
  public static func buildEither(first parts: [any ChaosPart]) -> [any ChaosPart] { parts }
  /// Parts under an `else`.
  public static func buildEither(second parts: [any ChaosPart]) -> [any ChaosPart] { parts }
  /// Parts of a loop.
  public static func buildArray(_ parts: [[any ChaosPart]]) -> [any ChaosPart] {
    parts.flatMap { $0 }
  }
}
