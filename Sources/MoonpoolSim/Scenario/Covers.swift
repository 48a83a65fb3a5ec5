//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolAssertions

/// Says which assertions a campaign of the scenario has to get to, whether or not any run does.
///
/// An assertion that is never evaluated claims nothing. Of those that were compiled into the given
/// places, a campaign reports each that no run has come to, as missed; except those that needn't be
/// reached. What was compiled in is known in release builds alone.
///
/// ```swift
/// let scenario = Scenario("kv survives crashes") {
///   Processes(3, named: "kv") { KeyValueStore() }
///   Covers("KeyValueStore", "Shared/WriteAheadLog.swift")
/// }
/// ```
public struct Covers: ScenarioPart, Hashable {
  /// Modules, or files as `Module/File.swift`.
  public var places: [String]

  /// Covers modules, or files as `Module/File.swift`.
  public init(_ places: String...) { self.places = places }

  /// Adds the places to those that the scenario covers already.
  public func add(to scenario: inout Scenario) { scenario.covers.places += places }

  /// Whether a file, as `#fileID` has it, is in one of the places.
  public func contains(_ file: String) -> Bool {
    places.contains { file == $0 || file.hasPrefix("\($0)/") }
  }

  /// A place where no assertion was compiled in, though others are known; nil: there is none.
  package var unknownPlace: String? {
    guard !Assertions.compiled.isEmpty else { return nil }
    return places.first { place in
      !Assertions.compiled.contains { Covers(place).contains($0.file) }
    }
  }
}
