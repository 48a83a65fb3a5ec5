//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// One thing whose cost is measured: ordinary Swift concurrency, the same on every side.
public struct Workload: Sendable {
  /// The name on the command line and in the table.
  public let name: String
  /// What one operation is; the unit of every figure.
  public let operation: String
  /// The workload that this one is compared with: the same, without what is to be weighed.
  public let plain: String?
  /// Operations in one repetition. A multiple of `granularity`.
  public let count: Int
  /// The same on the stock executor, where it differs because sleeping takes real time there.
  public let stockCount: Int
  /// Operations come in multiples of this (the number of tasks, mostly).
  public let granularity: Int
  /// Runs that many operations; nil if there is nothing to compare with outside a simulation.
  public let body: (@Sendable (_ count: Int) async -> Void)?

  public init(
    _ name: String, per operation: String, count: Int, stockCount: Int? = nil, granularity: Int = 1,
    plain: String? = nil, body: (@Sendable (_ count: Int) async -> Void)?
  ) {
    self.name = name
    self.operation = operation
    self.count = count
    self.stockCount = stockCount ?? count
    self.granularity = granularity
    self.plain = plain
    self.body = body
  }

  /// Two lengths for counting instructions; their difference is what is reported, so that the cost
  /// of starting and ending cancels out.
  public var instructionCounts: (short: Int, long: Int) {
    let short = max(granularity * 10, count / 30 / granularity * granularity)
    return (short, short * 3)
  }
}

extension Workload {
  /// All workloads, in the order of the table.
  public static let all: [Workload] = [
    spawnJoin, spawnJoinDetached, spawnBatch, yielding, yieldingAlone,
    actorIdle, actorContended, continuationPingPong, streamBuffered, streamPingPong,
    taskSleep, clockSleep, decision, decisionInRange, emptySimulation, emptySimulationAlone,
    tcpPingPong, tcpPingPong100, tcpBulk, call, call1024, callLong, storage, seed, seedWithEvents,
    seedWithInvariants,
    seedWatched, seedWithChaos, chaosWithEvents, chaosWithInvariants, chaosWatched, crowdOfThree,
    crowdOfThousand, assertAlways, assertAlwaysOf100, assertSometimes, assertNumber, buggifyOff,
    buggifyArmed,
  ]
}
