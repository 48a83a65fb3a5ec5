//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime

/// How often a client has begun an operation of one name.
public struct OperationCount: Sendable, Hashable {
  /// The client's name, a dot, the operation's name: `client-0.write`.
  public var name: String
  /// How often, those that the recipe leaves out included.
  public var count: UInt64
}

/// The operations of a run's workloads, as far as they ask.
struct OperationLog {
  /// What takes part; nil: everything.
  let selection: Selection?
  private var numbers: [String: UInt64] = [:]

  init(_ selection: Selection?) { self.selection = selection }

  /// Another operation of that name. False: the recipe leaves it out.
  mutating func admit(_ name: String) -> Bool {
    let number = (numbers[name] ?? 0) + 1
    numbers[name] = number
    return selection?.includes(name, number) ?? true
  }

  /// By name.
  var counts: [OperationCount] {
    numbers.map { OperationCount(name: $0.key, count: $0.value) }.sorted { $0.name < $1.name }
  }
}

extension Cluster {
  /// Says that this client begins an operation. False: the recipe leaves it out, and the client
  /// must go on to the next.
  ///
  /// A workload that asks can be made smaller when it fails: the minimiser finds out which of its
  /// operations matter. Draw what an operation needs before you ask, so that those after it are
  /// what they were.
  ///
  /// ```swift
  /// let key = node.random.element(of: keys)
  /// if cluster.begins("write") { try await write(key) }
  /// ```
  ///
  /// - Parameter operation: Its kind; operations of one kind and client are counted.
  public func begins(_ operation: String = "operation") -> Bool {
    run.operations.admit("\(name).\(operation)")
  }
}
