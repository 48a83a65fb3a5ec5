//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What a world is like when nothing is wrong with it.
public struct WorldConfiguration: Sendable {
  /// The network between all nodes.
  public var network = NetworkConfiguration()

  /// Each machine's disk.
  public var storage = StorageConfiguration.default

  /// Creates the default configuration.
  public init() {}

  /// Checks all parts.
  ///
  /// - Throws: ``InvalidConfiguration``, which names the field.
  public func validate() throws {
    try network.validate()
    try storage.validate()
  }
}
