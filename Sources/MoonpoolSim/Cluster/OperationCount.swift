//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// How often a client has begun an operation of one name.
public struct OperationCount: Sendable, Hashable {
  /// The client's name, a dot, the operation's name: `client-0.write`.
  public var name: String
  /// How often, those that the recipe leaves out included.
  public var count: UInt64
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
    run.operations.next("\(name).\(operation)").takesPart
  }
}
