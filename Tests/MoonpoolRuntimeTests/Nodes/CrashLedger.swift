//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime
import Synchronization

/// Counts what the code of nodes does: while they live, after their kill, and while left-overs are
/// run out.
final class CrashLedger: Sendable {
  let alive = Atomic<Int>(0)
  let dead = Atomic<Int>(0)
  let runOut = Atomic<Int>(0)
  /// Where dead code was seen, for the failure's text.
  let places = Mutex<[String: Int]>([:])

  /// Called by the code of `owner`, wherever it can run code at all.
  func touch(_ owner: SimulatedNode, _ place: @autoclosure () -> String) {
    if Simulation.isRunningOut {
      runOut.add(1, ordering: .relaxed)
    } else if owner.isAlive {
      alive.add(1, ordering: .relaxed)
    } else {
      dead.add(1, ordering: .relaxed)
      let place = place()
      places.withLock { $0[place, default: 0] += 1 }
    }
  }

  var aliveCount: Int { alive.load(ordering: .relaxed) }
  var deadCount: Int { dead.load(ordering: .relaxed) }
  var runOutCount: Int { runOut.load(ordering: .relaxed) }

  var description: String {
    "alive \(aliveCount), dead \(deadCount), run out \(runOutCount), \(places.withLock { $0 })"
  }
}

/// Says when it is freed.
final class Sentinel: Sendable {
  let ledger: CrashLedger
  let owner: SimulatedNode
  let place: String

  init(_ ledger: CrashLedger, _ owner: SimulatedNode, _ place: String) {
    self.ledger = ledger
    self.owner = owner
    self.place = place
  }

  deinit { ledger.touch(owner, "deinit in \(place)") }
}

/// An actor that a live node uses too.
actor SharedShelf {
  private var uses = 0

  func use(_ ledger: CrashLedger, _ owner: SimulatedNode) {
    ledger.touch(owner, "shared actor")
    uses += 1
  }

  func useTwice(_ ledger: CrashLedger, _ owner: SimulatedNode) async {
    ledger.touch(owner, "shared actor, before")
    defer { ledger.touch(owner, "shared actor, defer") }
    uses += 1
    await Task.yield()
    ledger.touch(owner, "shared actor, after")
  }

  /// Kills while others are queued behind the caller.
  func kill(_ node: SimulatedNode) { node.kill() }

  var count: Int { uses }
}

/// Freed on the shared actor, also when its node is dead by then.
@ShelfActor final class IsolatedSentinel: Sendable {
  let ledger: CrashLedger
  let owner: SimulatedNode

  nonisolated init(_ ledger: CrashLedger, _ owner: SimulatedNode) {
    self.ledger = ledger
    self.owner = owner
  }

  isolated deinit { ledger.touch(owner, "isolated deinit") }
}

/// A global actor for isolated deinits and tasks that are born on it.
@globalActor actor ShelfActor {
  static let shared = ShelfActor()
}
