//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// All that a node needs of the world: the seam between a program and what it runs on.
///
/// A program sees the fronts that stand on these: ``Node/clock``, ``Node/network`` and the others.
/// Whoever makes nodes brings the providers: the simulator, or the real world.
public struct Providers: Sendable {
  /// Clocks and sleeping.
  public var time: any TimeProvider
  /// Starting tasks.
  public var tasks: any TaskProvider
  /// Connections and datagrams.
  public var network: any NetworkProvider
  /// Random numbers.
  public var random: any RandomProvider
  /// Files.
  public var storage: any StorageProvider

  /// Creates a bundle.
  public init(
    time: any TimeProvider, tasks: any TaskProvider, network: any NetworkProvider,
    random: any RandomProvider, storage: any StorageProvider
  ) {
    self.time = time
    self.tasks = tasks
    self.network = network
    self.random = random
    self.storage = storage
  }
}
