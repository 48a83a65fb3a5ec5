//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import PackagePlugin

/// `swift package simulate`: the command line of `MoonpoolCommand`, for all executables of a
/// package that have it.
///
/// SwiftPM itself exits with 0 or 1, and says the code that was meant.
@main struct Simulate: CommandPlugin {
  func performCommand(context: PluginContext, arguments: [String]) throws {
    do {
      exit(try perform(context, arguments))
    } catch let refusal as Refusal {
      Diagnostics.error(refusal.description)
    }
  }

  private func perform(_ context: PluginContext, _ arguments: [String]) throws -> Int32 {
    let words = arguments.drop { $0 == "--debug" }
    let isDebug = words.count < arguments.count
    guard let verb = words.first, !verb.hasPrefix("-") else {
      throw Refusal(
        "'swift package simulate [--debug] VERB …' wants a verb; 'list' names the scenarios, and "
          + "'run --help' says more")
    }
    let products = suites(of: context.package)
    guard !products.isEmpty else {
      throw Refusal(
        "no executable of \(context.package.displayName) depends on MoonpoolCommand; make one that "
          + "lists scenarios, as SimulationSuite shows")
    }
    let suites = try products.map { name in
      try Suite(
        name: name, path: build(name, isDebug), folder: context.package.directoryURL)
    }
    let rest = Array(words.dropFirst())
    let calls = try calls(verb, rest, suites)
    // The worst of them counts; interrupted is worse than failed.
    var worst: Int32 = 0
    for (suite, arguments) in calls {
      if calls.count > 1 { print("== \(suite.name)") }
      fflush(nil)
      worst = max(worst, try suite.run([verb] + arguments))
      if worst == 130 { break }
    }
    return worst
  }

  /// The executables whose targets depend on MoonpoolCommand, however far away.
  private func suites(of package: Package) -> [String] {
    package.products(ofType: ExecutableProduct.self).filter { product in
      product.mainTarget.recursiveTargetDependencies.contains { $0.name == "MoonpoolCommand" }
    }.map(\.name).sorted()
  }

  private func build(_ product: String, _ isDebug: Bool) throws -> URL {
    var parameters = PackageManager.BuildParameters()
    parameters.configuration = isDebug ? .debug : .release
    let result = try packageManager.build(.product(product), parameters: parameters)
    guard result.succeeded,
      let artifact = result.builtArtifacts.first(where: { $0.kind == .executable })
    else {
      throw Refusal("\(product) cannot be built; see why:\n\(result.logText)")
    }
    return artifact.url
  }

  // MARK: Who is meant

  /// Which executables are called with what after the verb.
  private func calls(
    _ verb: String, _ arguments: [String], _ suites: [Suite]
  ) throws -> [(Suite, [String])] {
    let names = Array(arguments.prefix { !$0.hasPrefix("-") })
    let options = Array(arguments.dropFirst(names.count))
    switch verb {
    case "list", "run":
      for name in names {
        if try suites.contains(where: { try $0.has(name) }) { continue }
        throw Refusal("no scenario is called '\(name)'; 'simulate list' says which there are")
      }
      if names.isEmpty { return suites.map { ($0, options) } }
      return try suites.compactMap { suite in
        let own = try names.filter(suite.has)
        return own.isEmpty ? nil : (suite, own + options)
      }
    // All of a package have one history.
    case "history": return [(suites[0], arguments)]
    default: return [(try one(names.first, suites), arguments)]
    }
  }

  /// The executable with the scenario of this name, or else the only one where a name contains it.
  private func one(_ name: String?, _ suites: [Suite]) throws -> Suite {
    guard let name else { return suites[0] }
    var found = try suites.filter { try $0.scenarios.contains(name) }
    if found.isEmpty { found = try suites.filter { try $0.has(name) } }
    guard let suite = found.first else {
      throw Refusal("no scenario is called '\(name)'; 'simulate list' says which there are")
    }
    guard found.count == 1 else {
      let names = found.map(\.name).joined(separator: ", ")
      throw Refusal("'\(name)' may be in \(names); say the scenario's whole name")
    }
    return suite
  }
}

/// An executable that lists scenarios.
private final class Suite {
  let name: String
  private let path: URL
  private let folder: URL
  private var known: [String]?

  init(name: String, path: URL, folder: URL) {
    self.name = name
    self.path = path
    self.folder = folder
  }

  /// The names of its scenarios.
  var scenarios: [String] {
    get throws {
      if let known { return known }
      let output = Pipe()
      let process = try start(["list"], output)
      let data = try output.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      let names = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
      known = names
      return names
    }
  }

  /// Whether a scenario's name contains the text.
  func has(_ text: String) throws -> Bool { try scenarios.contains { $0.contains(text) } }

  /// Runs it with a command line; returns its exit code.
  func run(_ arguments: [String]) throws -> Int32 {
    let process = try start(arguments, nil)
    process.waitUntilExit()
    return process.terminationReason == .exit ? process.terminationStatus : 70
  }

  private func start(_ arguments: [String], _ output: Pipe?) throws -> Process {
    let process = Process()
    process.executableURL = path
    process.arguments = arguments
    process.currentDirectoryURL = folder
    if let output { process.standardOutput = output }
    try process.run()
    return process
  }
}

/// Why the command cannot be carried out, with a next step.
private struct Refusal: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
