//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import Logging
import MoonpoolCore
public import MoonpoolRuntime

/// What a fault injector can do.
///
/// Everything that it does ends when the chaos phase does; what is called later, by a task that
/// outlives the phase, does nothing.
public struct FaultContext: Sendable {
  let run: ScenarioRun
  /// The injector's name.
  let name: String
  /// Random numbers of this injector alone.
  public let random: DecisionStream
  /// The processes, and what the run's parts share.
  public let cluster: Cluster

  init(run: ScenarioRun, name: String) {
    self.run = run
    self.name = name
    random = Simulation.decisions(.injector(name))
    cluster = Cluster(run: run, name: name, group: name, clientID: 0, clientCount: 0)
  }

  /// Whether calls do something: the phase goes on, and the verdict is open.
  var isInForce: Bool { run.phase == .chaos && !run.world.isOver }

  // MARK: Time

  /// Virtual time since the start of the run.
  public var elapsed: Duration { Simulation.elapsed }

  /// Waits.
  ///
  /// - Throws: `CancellationError` when the chaos phase ends.
  nonisolated(nonsending) public func sleep(for duration: Duration) async throws {
    try await Simulation.clock.sleep(for: duration)
  }

  /// Waits until `condition` holds, looking every 10 ms of virtual time.
  ///
  /// - Throws: `CancellationError` when the chaos phase ends.
  nonisolated(nonsending) public func wait(
    until condition: @Sendable (Timeline) -> Bool
  ) async throws {
    while !condition(run.world.timeline) { try await sleep(for: .milliseconds(10)) }
  }

  /// Adds a line to the timeline.
  public func tell(_ name: String, _ metadata: Logger.Metadata = [:]) {
    run.tell(fault: name, metadata)
  }

  /// Tells of a fault that is about to begin; false: nothing begins any more, or the recipe leaves
  /// it out.
  func begin(_ name: String, _ metadata: Logger.Metadata = [:]) -> Bool {
    isInForce && run.begin(fault: name, metadata)
  }

  // MARK: Processes

  /// Reboots a process: see ``RebootKind``. Nothing if it is not running.
  ///
  /// One that is being stopped gracefully already keeps its grace, and gets the new recovery.
  /// The phase's end makes an end of recoveries, not of graces: what is being stopped by then
  /// starts as soon as it has ended, and only then the run settles.
  ///
  /// - Parameters:
  ///   - grace: Virtual time that a graceful reboot gives the program to end.
  ///   - recovery: Virtual time until it starts again; nil: when ``start(_:)`` says so.
  public func reboot(
    _ process: ProcessReference, _ kind: RebootKind, grace: Duration = .seconds(2),
    recovery: Duration? = .seconds(1)
  ) {
    guard isInForce else { return }
    run.reboot(process.index, kind, grace: grace, recovery: recovery)
  }

  /// Keeps a process down until ``start(_:)`` says otherwise, or the chaos phase ends.
  ///
  /// One that runs is killed, one that is down already doesn't start again as was planned.
  ///
  /// - Parameter kind: How it is killed if it runs.
  public func holdDown(_ process: ProcessReference, _ kind: RebootKind = .crash) {
    guard isInForce else { return }
    run.reboot(process.index, kind, grace: .seconds(2), recovery: nil)
    run.processes[process.index].isHeld = true
  }

  /// Starts a process that is down, or once it is if it is being stopped. Nothing if it runs.
  public func start(_ process: ProcessReference) {
    guard isInForce else { return }
    run.startAnyway(process.index)
  }

  /// Stops a process where it stands, and lets it go on after a time: a long collection of garbage,
  /// a virtual machine that is moved, SIGSTOP.
  ///
  /// Nothing if it is not running, or for no time. Of pauses that overlap the one that ends last
  /// counts.
  public func pause(_ process: ProcessReference, for duration: Duration) {
    guard cluster.isAlive(process), duration > .zero,
      begin("process.pause", ["process": "\(process)", "duration": "\(duration)"])
    else { return }
    note("process.pause", process, for: duration)
    run.pause(process.index, for: duration)
  }

  /// Makes a process slow for a time, as a quota of processor time does, or a busy neighbour: it
  /// runs for 1 ms, stands still for `factor` − 1 ms, and so on.
  ///
  /// Timers that are due while it stands still fire late. It stays slow through restarts. Nothing
  /// if it is not running, or for no time. Of calls whose times overlap the larger factor holds
  /// while both last; none makes another's time shorter.
  ///
  /// - Parameter factor: How many times as long its work takes; 1 or more, 1 for nothing at all.
  public func slow(_ process: ProcessReference, by factor: Double, for duration: Duration) {
    precondition(
      1...1_000_000 ~= factor, "a process is made slow by a factor of 1...1,000,000, not \(factor)")
    guard cluster.isAlive(process), factor > 1, duration > .zero,
      begin(
        "process.slow",
        ["process": "\(process)", "factor": "\(factor)", "duration": "\(duration)"])
    else { return }
    note("process.slow", process, for: duration)
    run.slow(process.index, by: factor, for: duration)
  }

  /// Writes down for how long something is wrong, in runs that are recorded.
  func note(
    _ name: String, _ process: ProcessReference, _ other: ProcessReference? = nil,
    for duration: Duration
  ) {
    guard let recorder = run.world.network.recorder else { return }
    recorder.begin(
      fault: name, [host(process)], other.map { [host($0)] } ?? [], isOneWay: other != nil,
      from: run.world.now, until: run.world.instant(after: duration))
  }

  // MARK: Network

  /// Cuts the ways between two sets of processes, both ways, until it is healed.
  @discardableResult
  public func partition(
    _ some: [ProcessReference], from others: [ProcessReference]
  ) -> Partition {
    guard begin("partition", between: some, others) else { return Partition(numbers: []) }
    return run.world.network.partition(hosts(some), hosts(others), oneWay: false)
  }

  /// Cuts the way from some processes to others; the way back stays open.
  @discardableResult
  public func partitionOneWay(
    from senders: [ProcessReference], to receivers: [ProcessReference]
  ) -> Partition {
    guard begin("partition.oneWay", between: senders, receivers) else {
      return Partition(numbers: [])
    }
    return run.world.network.partition(hosts(senders), hosts(receivers), oneWay: true)
  }

  /// Cuts processes off from all others and from the clients, both ways.
  @discardableResult
  public func isolate(_ some: [ProcessReference]) -> Partition {
    guard begin("partition.isolate", between: some, []) else { return Partition(numbers: []) }
    let inside = hosts(some)
    let outside = HostSet(
      run.world.network.directory.hosts.indices.map { Int32($0) }.filter { !inside.contains($0) })
    return run.world.network.partition(inside, outside, oneWay: false)
  }

  private func begin(
    _ name: String, between some: [ProcessReference], _ others: [ProcessReference]
  ) -> Bool {
    begin(
      name,
      [
        "a": "\(some.map(\.name).joined(separator: ","))",
        "b": "\(others.map(\.name).joined(separator: ","))",
      ])
  }

  /// Restores what a partition cut.
  public func heal(_ partition: Partition) {
    guard isInForce else { return }
    run.world.network.heal(partition)
    tell("partition.healed")
  }

  /// Restores every way.
  public func healAll() {
    guard isInForce else { return }
    run.world.network.healAllPartitions()
    tell("partition.allHealed")
  }

  /// Nothing passes from one process to another for a time: streams wait, datagrams are lost.
  public func clog(
    from sender: ProcessReference, to receiver: ProcessReference, for duration: Duration
  ) {
    guard
      begin("clog", ["from": "\(sender)", "to": "\(receiver)", "duration": "\(duration)"])
    else { return }
    let network = run.world.network
    let link = network.link(from: host(sender), to: host(receiver))
    network.clog(link, until: run.world.instant(after: duration))
    note("clog", sender, receiver, for: duration)
  }

  private func host(_ process: ProcessReference) -> Int32 { run.processes[process.index].host }
  private func hosts(_ some: [ProcessReference]) -> HostSet { HostSet(some.map(host)) }
}

/// Ways that are cut, for ``FaultContext/heal(_:)``.
public struct Partition: Sendable {
  let numbers: [Int]
}
