//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolRuntime

/// Which of a workload's operations it uses in a run.
///
/// With all operations in every run, one undoes what another needs to build up: a queue that is
/// also drained never fills. So each seed uses a subset. It is never empty unless the list is.
public struct OperationAlphabet: Sendable, Hashable {
  /// The operations that the run uses, in the order in which they were listed.
  public let enabled: [String]
  private let members: Set<String>

  /// All operations: what a run without swarm uses.
  public init(all operations: [String]) {
    enabled = operations
    members = Set(operations)
  }

  /// Chooses for one run.
  ///
  /// One number for each operation, which belongs to it and the workload alone, so that another
  /// operation changes no other. If none is on, the one that came closest is.
  ///
  /// - Parameters:
  ///   - operations: Their names, none twice.
  ///   - workload: The workload's name.
  ///   - probability: How likely an operation is on, in `0...1`.
  ///   - level: The number of an operation, in `0..<1`, by the name of its stream.
  package init(
    _ operations: [String], workload: String, probability: Double = 0.5,
    level: (StreamKey) -> Double
  ) {
    precondition(
      Set(operations).count == operations.count,
      "the workload \(workload) lists an operation twice: \(operations)")
    let levels = operations.map { operation in
      level(.alphabet(workload: workload, operation: operation))
    }
    var chosen = zip(operations, levels).filter { $0.1 >= 1 - probability }.map(\.0)
    if chosen.isEmpty, let highest = levels.max(), let index = levels.firstIndex(of: highest) {
      chosen = [operations[index]]
    }
    self.init(all: chosen)
  }

  /// Whether the run uses an operation; one that isn't in the list is never used.
  public func contains(_ operation: String) -> Bool { members.contains(operation) }

  /// The cases of an enumeration whose names are on, in the order given.
  public func subset<Operation: RawRepresentable<String>>(of operations: [Operation]) -> [Operation]
  {
    operations.filter { contains($0.rawValue) }
  }
}
