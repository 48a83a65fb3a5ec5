//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What the world outside a simulation offers to anyone, so that a run would depend on it.
private let ambientCalls: [(pattern: [String], name: String)] = [
  (["Date", "(", ")"], "Date()"),
  (["Date", ".", "now"], "Date.now"),
  (["ContinuousClock", "("], "ContinuousClock()"),
  (["ContinuousClock", ".", "now"], "ContinuousClock.now"),
  (["ContinuousClock", ".", "Instant", ".", "now"], "ContinuousClock.Instant.now"),
  (["SuspendingClock", "("], "SuspendingClock()"),
  (["SuspendingClock", ".", "now"], "SuspendingClock.now"),
  (["SystemRandomNumberGenerator"], "SystemRandomNumberGenerator"),
  (["UUID", "(", ")"], "UUID()"),
  ([".", "random", "(", ")"], ".random()"),
  ([".", "shuffled", "(", ")"], ".shuffled()"),
  ([".", "shuffle", "(", ")"], ".shuffle()"),
  ([".", "randomElement", "(", ")"], ".randomElement()"),
  (["DispatchQueue"], "DispatchQueue"),
  (["DispatchTime"], "DispatchTime"),
  (["Thread"], "Thread"),
  (["Task", ".", "sleep"], "Task.sleep"),
]

extension Tidiness {
  /// The targets that run inside simulations or decide what happens in them.
  static let simulatorTargets: Set<Substring> = ["MoonpoolRuntime", "MoonpoolSim"]
  /// The targets that also do without Foundation.
  static let foundationFreeTargets: Set<Substring> = ["MoonpoolRuntime", "MoonpoolCore"]

  /// The simulator reads no clock, entropy or thread but its own.
  static func ambient(_ file: SourceFile) -> [Finding] {
    guard file.area == "Sources" else { return [] }
    var result: [Finding] = []
    if foundationFreeTargets.contains(file.target) { result += foundationImports(file) }
    guard simulatorTargets.contains(file.target) else { return result }
    for index in file.tokens.indices {
      if let call = ambientCalls.first(where: { file.tokens.reads($0.pattern, at: index) }) {
        result.append(
          ambientFinding(file, index, "\(call.name) is not under the simulation's control"))
      }
      if file.tokens.reads([".", "random", "(", "in"], at: index) {
        let arguments = file.tokens[(index + 2)...file.tokens.closing(index + 2)]
        if !arguments.contains(where: { $0.kind == .word && $0.text == "using" }) {
          result.append(ambientFinding(file, index, ".random(in:) needs using: a decision stream"))
        }
      }
    }
    return result
  }

  private static func foundationImports(_ file: SourceFile) -> [Finding] {
    file.tokens.indices.compactMap { index in
      guard file.tokens.reads(["import"], at: index),
        file.tokens.text(index + 1).hasPrefix("Foundation")
      else { return nil }
      return ambientFinding(file, index, "\(file.target) does without Foundation")
    }
  }

  private static func ambientFinding(
    _ file: SourceFile, _ index: Int, _ message: String
  ) -> Finding {
    Finding(rule: .ambient, path: file.path, line: file.tokens[index].line, message: message)
  }
}
