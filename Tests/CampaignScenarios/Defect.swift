//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import MoonpoolAssertions
import MoonpoolCore
import MoonpoolRuntime
import MoonpoolSim
import Synchronization

/// What is wrong under a seed.
public enum Defect: UInt64, CaseIterable, Sendable {
  case failedCheck
  case setUpError
  case trapInProcess
  case trapInClient
  case stuck
  case hang
  case livelock
  case leakedTask
  case violation
  case nondeterminism

  /// The defect of the calling run's seed; nil: none.
  static var ofThisSeed: Defect? { Defect(rawValue: Simulation.recipe!.seed % 20) }
}

/// A client that shows the defect of its seed.
struct DefectiveClient: Workload {
  struct SetUpError: Error, CustomStringConvertible {
    var description: String { "no table \(Simulation.recipe?.seed ?? 0)" }
  }

  func setUp(on node: Node, in cluster: Cluster) async throws {
    if Defect.ofThisSeed == .setUpError { throw SetUpError() }
  }

  func run(on node: Node, in cluster: Cluster) async throws {
    try await node.clock.sleep(for: .seconds(1))
    assertReachable("a client runs")
    switch Defect.ofThisSeed {
    case .trapInClient: fatalError("the client gave up")
    case .stuck: await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
    case .hang: spin()
    case .livelock: while true { await Task.yield() }
    case .leakedTask: Task { try? await node.clock.sleep(for: .seconds(1 << 30)) }
    case .violation: node.logger.info("thirteen")
    case nil where Simulation.recipe!.seed == .max: assertReachable("the last seed of all")
    default: break
    }
  }

  func check(on node: Node, in cluster: Cluster) async throws {
    assertAlways(Defect.ofThisSeed != .failedCheck, "nothing was lost")
    assertSometimes(Simulation.recipe!.seed % 20 == 19, "a nineteen")
  }

  @inline(never)  // its name is part of what the test expects
  private func spin() -> Never {
    // The compiler must not take the loop for one that ends.
    let forever = Atomic(true)
    while forever.load(ordering: .relaxed) {}
    fatalError("unreachable")
  }
}

/// A process that traps under some seeds.
struct Victim: Program {
  var isBroken: Bool

  func run(on node: Node) async throws {
    try await node.clock.sleep(for: .milliseconds(500))
    // Not a trap of the standard library's: in release those have no message.
    if isBroken, Defect.ofThisSeed == .trapInProcess { fatalError("the victim stumbled") }
    if isBroken, Defect.ofThisSeed == .nondeterminism {
      try await node.clock.sleep(for: .microseconds(ProcessDeath.stamp))
      node.logger.info("late")
    }
    // Faults of a disk that nobody uses have no effect.
    if !isBroken { try await useDisk(on: node) }
    try await node.clock.sleep(for: .seconds(1 << 20))
  }

  private func useDisk(on node: Node) async throws {
    let file = try await node.storage.open("file", .createOrOpen)
    while true {
      try await file.write([1], at: 0)
      try await file.synchronize()
    }
  }
}

/// Kills the whole process when a simulation asks for it, as nothing in a simulation can.
public enum ProcessDeath {
  /// The variable that names a file: who can make it kills the process in ``once()``.
  public static let markerVariable = "MOONPOOL_TEST_KILL_MARKER"

  private static let isWanted = Atomic(false)
  private static let isOptional = Atomic(false)

  private static let process = Atomic(0)
  private static let reads = Atomic(0)
  /// A number that is another one each time, also in processes that were started soon after each
  /// other.
  static var stamp: Int {
    process.load(ordering: .relaxed) * 10 + reads.add(1, ordering: .relaxed).newValue % 10
  }

  /// Starts the thread that does it. In the main program, before there are simulations.
  public static func arm() {
    let names = CommandLine.arguments + [getenv("MOONPOOL_WORKER_SCENARIO")].map(text)
    let isCalled = [PlantedScenarios.deadly, PlantedScenarios.unlucky].contains {
      names.contains($0.name)
    }
    EachProcess.does {
      process.store(Int(getpid()), ordering: .relaxed)
      // It looks often. Where nobody calls it, that is time taken from runs which are measured.
      if isCalled { Thread.detachNewThread { work() } }
    }
  }

  private static func text(_ words: UnsafeMutablePointer<CChar>?) -> String {
    words.map { String(cString: $0) } ?? ""
  }

  private static func work() {
    while true {
      while !isWanted.load(ordering: .relaxed) { usleep(500) }
      // As somebody outside does, or else as a library that gives up.
      if !isOptional.load(ordering: .relaxed) || makesMarker("") { die(of: SIGKILL) }
      if makesMarker(".abort") { die(of: SIGABRT) }
      isWanted.store(false, ordering: .relaxed)
    }
  }

  /// Doesn't return: a signal that has a handler takes a while, in which the run would go on, and
  /// another one come after it.
  private static func die(of signal: CInt) -> Never {
    kill(getpid(), signal)
    while true { usleep(1_000) }
  }

  private static func makesMarker(_ suffix: String) -> Bool {
    guard let path = getenv(markerVariable).map({ String(cString: $0) + suffix }) else {
      return false
    }
    return open(path, O_CREAT | O_EXCL | O_WRONLY, 0o600) >= 0
  }

  /// Returns only if the process has been killed here once before.
  static func once() {
    isOptional.store(true, ordering: .relaxed)
    now()
  }

  /// Doesn't return, unless the kill is called off.
  static func now() {
    isWanted.store(true, ordering: .relaxed)
    while isWanted.load(ordering: .relaxed) {}
  }
}
