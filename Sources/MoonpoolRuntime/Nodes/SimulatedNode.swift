//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import CMoonpoolRuntime

/// What a trap in a node's code means.
public enum NodeTrapPolicy: Sendable, Hashable {
  /// The run fails with ``Verdict/crashed(_:)``.
  case failRun
  /// The node dies as if it had been killed, the run goes on, and its report lists the crash.
  case contain
}

/// One incarnation of a node: tasks that live and die together.
///
/// Every task that a node's code makes belongs to the node, however it is made. A kill is `kill
/// -9`: from that instant no instruction of the incarnation runs, no `defer`, no `catch`, no
/// `deinit`. A node is valid until its simulation ends.
public struct SimulatedNode: Sendable, Hashable, CustomStringConvertible {
  private nonisolated(unsafe) let pointer: OpaquePointer
  private nonisolated(unsafe) let simulation: UnsafeMutablePointer<mp_sim>
  private let run: UInt64
  /// What a trap in its code means.
  public let traps: NodeTrapPolicy

  init(name: String, incarnation: UInt32, traps: NodeTrapPolicy) {
    guard let simulation = mp_sim_current(), let run = SimulationRun.current else {
      fatalError("a SimulatedNode can only be made by simulated code")
    }
    self.simulation = simulation
    self.traps = traps
    pointer = mp_node_create(simulation, name, incarnation)
    self.run = run.serial
    run.nodeTrapPolicies[mp_node_number(pointer)] = traps
  }

  private init(_ node: OpaquePointer, in simulation: UnsafeMutablePointer<mp_sim>) {
    let run = SimulationRun.current
    pointer = node
    self.simulation = simulation
    self.run = run?.serial ?? 0
    traps = run?.nodeTrapPolicies[mp_node_number(node)] ?? .failRun
  }

  /// The C side's node. Its memory goes with the simulation.
  private var node: OpaquePointer {
    if SimulationRun.current?.serial != run {
      fatalError("a SimulatedNode was used outside the simulation that made it")
    }
    return pointer
  }

  /// The node that the calling code belongs to; nil outside a simulation.
  public static var current: SimulatedNode? {
    guard let simulation = mp_sim_current(), let node = mp_node_current(simulation) else {
      return nil
    }
    return SimulatedNode(node, in: simulation)
  }

  /// The name that it was made with; the simulation's own node is called `root`.
  public var name: String { String(cString: mp_node_name(node)) }

  /// Number in the simulation: 0 is the root, each incarnation gets the next.
  public var number: Int { Int(mp_node_number(node)) }

  /// How often it has been restarted.
  public var incarnation: Int { Int(mp_node_incarnation(node)) }

  /// False from the instant of its kill.
  public var isAlive: Bool { mp_node_state(node) == MP_NODE_ALIVE }

  /// Jobs that its tasks have run.
  public var jobCount: UInt64 { mp_node_jobs(node) }

  /// Tasks that have not finished. Finished ones whose handles are still held don't count, nor do
  /// async-let children.
  public var liveTaskCount: Int { taskViews.count { !$0.is_complete && !$0.is_timer } }

  /// The tasks in the node's table.
  var taskViews: [mp_task_view] { MoonpoolRuntime.taskViews(of: node) }

  /// Starts a task on the node.
  ///
  /// - Returns: The task; one that never finishes if the node is dead or dies.
  @discardableResult
  public func run<Success: Sendable>(
    _ name: String? = nil, _ body: @escaping @Sendable () async throws -> Success
  ) -> Task<Success, any Error> {
    mp_node_adopt_births(simulation, node)
    defer { mp_node_adopt_births(simulation, nil) }
    return Task.detached(name: name, priority: .medium, operation: body)
  }

  /// Kills the node: from this instant nothing of it runs. If the caller belongs to the node, this
  /// never returns.
  public func kill() {
    guard isAlive else { return }
    if mp_node_current(simulation) == node { mp_node_kill_self(node) }
    mp_node_kill(node)
  }

  /// Stops the node's tasks where they are, until it is resumed: as SIGSTOP does, or a long
  /// collection of garbage.
  ///
  /// Time goes on: a timer that is due while it stands makes its task run as soon as it is resumed.
  /// An actor that the node shares with others may stand too. Not for the node's own tasks.
  public func pause() {
    guard mp_node_current(simulation) != node else {
      fatalError("a node cannot pause itself: who would resume it?")
    }
    mp_node_pause(node)
  }

  /// Lets a paused node go on.
  public func resume() { mp_node_resume(node) }

  /// Gives the node clocks of its own, for `ContinuousClock`, `Date()` and every sleep of its code.
  package func setClock(
    _ model: UnsafePointer<mp_clock_model>, _ clock: UnsafeMutableRawPointer
  ) {
    mp_node_set_clock(node, model, clock)
  }

  /// Moves what the node's code waits for, after its clock has changed its rate.
  package func retime(
    _ map: @convention(c) (UnsafeMutableRawPointer?, UInt64) -> UInt64,
    _ context: UnsafeMutableRawPointer
  ) {
    mp_node_retime(node, map, context)
  }

  /// Stops the node cooperatively: cancels its tasks, waits until they have finished or
  /// `gracePeriod` of virtual time has passed, then kills it. Not for the node's own tasks.
  ///
  /// - Returns: True when every task had finished before the kill.
  @discardableResult
  public func stop(gracePeriod: Duration) async -> Bool {
    guard isAlive else { return false }
    mp_node_cancel(node)
    let clock = SimulationClock()
    let deadline = clock.now.advanced(by: gracePeriod)
    var pause = Duration.microseconds(10)
    while liveTaskCount > 0, clock.now < deadline {
      try? await clock.sleep(until: min(clock.now.advanced(by: pause), deadline))
      pause = min(pause * 2, .milliseconds(10))
    }
    let finished = liveTaskCount == 0
    kill()
    return finished
  }

  /// Makes the next incarnation: same name, no tasks, another node number. The old one is killed if
  /// it lives.
  public func restart() -> SimulatedNode {
    kill()
    return SimulatedNode(
      name: name, incarnation: mp_node_incarnation(node) + 1, traps: traps)
  }

  /// The name, with the incarnation from the second on: `server`, `server.1`.
  public var description: String { incarnation == 0 ? name : "\(name).\(incarnation)" }
}
