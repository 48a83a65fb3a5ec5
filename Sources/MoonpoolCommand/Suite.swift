//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import MoonpoolRuntime
internal import MoonpoolSim
internal import Synchronization

/// The scenarios of this executable, for its commands: these are made by the parser.
enum Suite {
  private static let installed = Mutex<[Scenario]>([])

  /// All of them.
  static var scenarios: [Scenario] { installed.withLock(\.self) }

  /// What this process was started as.
  static var executable: String { CommandLine.arguments.first ?? "" }

  /// - Throws: ``Refusal``, if two have one name.
  static func install(_ scenarios: [Scenario]) throws {
    for (index, scenario) in scenarios.enumerated()
    where scenarios[..<index].contains(where: { $0.name == scenario.name }) {
      throw Refusal("two scenarios are called '\(scenario.name)'; rename one", exitCode: 70)
    }
    installed.withLock { $0 = scenarios }
  }

  /// Those whose names contain any of the texts; all if there are none.
  ///
  /// - Throws: ``Refusal``, if a text is in no name.
  static func matching(_ filters: [String]) throws -> [Scenario] {
    for filter in filters where !scenarios.contains(where: { $0.name.contains(filter) }) {
      throw Refusal("no scenario is called '\(filter)'; 'list' says which there are")
    }
    if filters.isEmpty { return scenarios }
    return scenarios.filter { scenario in filters.contains { scenario.name.contains($0) } }
  }

  /// The one with this name, or else the only one whose name contains it.
  ///
  /// - Throws: ``Refusal``, if there are none or several.
  static func one(_ name: String) throws -> Scenario {
    if let exact = scenarios.first(where: { $0.name == name }) { return exact }
    let found = try matching([name])
    guard found.count == 1 else {
      let names = found.map { "'\($0.name)'" }.joined(separator: ", ")
      throw Refusal("'\(name)' may be \(names); say which")
    }
    return found[0]
  }

  /// One recipe.
  ///
  /// - Throws: ``Refusal``, if the text is none, or several.
  static func recipe(_ text: String) throws -> Recipe {
    do {
      return try Recipe(parsing: text)
    } catch {
      throw Refusal("\(error)")
    }
  }
}
