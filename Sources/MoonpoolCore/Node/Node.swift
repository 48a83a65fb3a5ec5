//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// A node carries a logger: whoever imports nodes can write to it.
@_exported public import Logging

/// What a program runs on: a machine's clocks, network, disk, and chance.
///
/// The same type in production and in a simulation, where each node has clocks, an address and a
/// disk of its own. A program is given one and uses nothing else of the outside world.
public struct Node: Sendable {
  /// Its name, unique among the nodes of a deployment: `kv-0`.
  public var name: String
  /// The monotonic clock; its sleeps are the cheapest.
  public var clock: NodeClock { NodeClock(provider: providers.time) }
  /// The calendar's time, as well as this node knows it.
  public var wallClock: WallClock { WallClock(provider: providers.time) }
  /// Streams, datagrams, names.
  public var network: Network { Network(provider: providers.network) }
  /// Random numbers.
  public var random: RandomSource { RandomSource(provider: providers.random) }
  /// Files and directories.
  public var storage: Storage { Storage(provider: providers.storage) }
  /// Tasks that belong to the node.
  public var tasks: any TaskProvider { providers.tasks }
  /// Where it writes its log.
  public var logger: Logger
  /// Where in the deployment it stands.
  public var locality: Locality
  /// What its fronts stand on.
  public var providers: Providers
  /// Where ``emit(_:)`` puts events; nil: into the log.
  public var eventRecorder: (any NodeEventRecorder)? {
    get { recorder?.base }
    set { recorder = newValue.map { EventRecorderBox($0) } }
  }
  @usableFromInline var recorder: EventRecorderBox?

  /// The address that others reach it at.
  public var address: IPAddress { providers.network.localAddress }

  /// The node that the calling task runs on, where whoever started it said so.
  @TaskLocal public static var current: Node?

  /// Creates a node on the given providers.
  public init(
    name: String, providers: Providers, logger: Logger, locality: Locality = Locality()
  ) {
    self.name = name
    self.providers = providers
    self.logger = logger
    self.locality = locality
  }
}
