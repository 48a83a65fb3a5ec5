//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import Logging
import MoonpoolCore
import MoonpoolRuntime

/// Starting and stopping processes.
extension ScenarioRun {
  /// Starts a process that is not running.
  func start(_ index: Int) {
    let process = processes[index]
    guard !process.isRunning, phase < .shutdown, !world.isOver else { return }
    if process.isMachineDown {
      world.storage.reboot(
        process.host, whileDown: processes.filter(\.isMachineDown).map(\.host))
      processes[index].isMachineDown = false
    }
    let group = scenario.processes[process.group]
    let name = process.reference.name
    let tasks = process.tasks?.restart() ?? Simulation.node(named: name)
    if !world.network.directory.hosts[Int(process.host)].isUp {
      world.network.setPower(process.host, on: true)
    }
    var incarnation = world.boot(
      name, on: process.host, as: tasks, logger: logger(name),
      locality: process.reference.locality)
    incarnation.node.eventRecorder = TimelineEventRecorder(world: world, source: name)
    processes[index].tasks = tasks
    processes[index].status = .up
    processes[index].startCount += 1
    processes[index].standstill.pausedUntil = 0
    note(index, .running)
    tell(index, "started", ["incarnation": "\(tasks.incarnation)"])
    let node = incarnation.node
    let indexInGroup = process.reference.indexInGroup
    let number = tasks.number
    tasks.run("main") { [self] in
      do {
        let program = group.makeProgram(indexInGroup)
        try await Node.$current.withValue(node) { try await program.run(on: node) }
        exited(index, number, nil)
      } catch {
        exited(index, number, error)
      }
    }
  }

  /// A program has come to its end. Called by its own task: what kills that happens outside.
  private func exited(_ index: Int, _ number: Int, _ error: (any Error)?) {
    let process = processes[index]
    tell(index, "exited", ["reason": error.map { "\($0)" } ?? "returned"])
    let policy = scenario.processes[process.group].exitPolicy
    let isFine = process.status == .stopping && error is CancellationError
    if policy == .failOnError, let error, !isFine {
      Simulation.recordViolation(
        of: "\(process.reference.name) runs without error", detail: "\(error)")
    }
    world.alarm(at: world.now) { [self] in
      let process = processes[index]
      guard process.tasks?.number == number, process.status == .up else { return }
      processes[index].status = .exited
      note(index, .exited)
      end(index)
      if case .restart(let delay) = policy { restart(index, after: delay) }
    }
  }

  /// Nothing of the incarnation runs from now on, and the operating system closes what it had open.
  private func end(_ index: Int) {
    guard let tasks = processes[index].tasks else { return }
    endStandstill(index)
    tasks.kill()
    world.network.closeEverything(of: UInt32(tasks.number))
    world.storage.closeEverything(of: processes[index].host)
  }

  /// Kills a process, or asks it to end; it starts again after `recovery`, or nil: when told to.
  ///
  /// One that has been asked to end is not asked again: only its recovery is another.
  func reboot(
    _ index: Int, _ kind: RebootKind, grace: Duration = .zero, recovery: Duration?
  ) {
    let process = processes[index]
    guard process.isRunning, let tasks = process.tasks, !world.isOver else { return }
    let isAsked = kind == .graceful && process.status == .stopping
    guard
      isAsked || begin(fault: "process.\(kind)", ["process": "\(process.reference.name)"])
    else { return }
    processes[index].isHeld = recovery == nil
    processes[index].kills += 1
    processes[index].recovery = recovery
    if isAsked { return }
    world.processEffects.reboots[kind, default: 0] += 1
    if kind == .graceful {
      stop(index, tasks, grace: grace)
    } else {
      bringDown(index, kind)
      if let recovery { restart(index, after: recovery) }
    }
  }

  /// Asks a process to end, and starts it again as is wanted by then.
  private func stop(_ index: Int, _ tasks: SimulatedNode, grace: Duration) {
    processes[index].status = .stopping
    note(index, .stopping)
    processes[index].stop = Task(name: "stop \(processes[index].reference.name)") {
      _ = await tasks.stop(gracePeriod: grace)
      let process = processes[index]
      guard process.tasks == tasks, process.status == .stopping, !world.isOver else { return }
      bringDown(index, .graceful)
      if phase > .chaos {
        start(index)  // every fault is over, and nobody else will
      } else if let recovery = process.recovery {
        restart(index, after: recovery)
      }
    }
  }

  /// Waits until no process is being stopped any more.
  func waitForStops() async {
    for index in processes.indices where processes[index].status == .stopping {
      await processes[index].stop?.value
    }
  }

  private func bringDown(_ index: Int, _ kind: RebootKind) {
    processes[index].status = .down
    note(index, SpaceTime.LifeState(after: kind))
    var metadata: Logger.Metadata = ["how": "\(kind)"]
    if kind.stopsMachine {
      let lost = stopMachine(index, kind)
      if lost.hasLoss { metadata["lost"] = "\(lost.lossText)" }
    } else {
      end(index)
    }
    tell(index, "stopped", metadata)
  }

  /// Returns what was lost of what wasn't durable.
  private func stopMachine(_ index: Int, _ kind: RebootKind) -> CrashReport {
    endStandstill(index)
    processes[index].tasks?.kill()
    processes[index].isMachineDown = true
    let host = processes[index].host
    world.network.setPower(host, on: false)
    // A kernel that comes back resets the connections that it doesn't know.
    if kind != .powerLoss { world.network.setPower(host, on: true) }
    let lost = world.storage.crash(host)
    if kind == .crashAndWipe { world.storage.disk(of: host).wipe() }
    return lost
  }

  /// Starts a process later, unless it is killed again, held down, or started before.
  func restart(_ index: Int, after delay: Duration) {
    let kills = processes[index].kills
    world.alarm(at: world.instant(after: delay)) { [self] in
      guard processes[index].kills == kills, !processes[index].isHeld else { return }
      start(index)
    }
  }

  /// Starts a process that is down, or is being stopped: that one once it has ended.
  func startAnyway(_ index: Int) {
    processes[index].isHeld = false
    processes[index].kills += 1  // a restart that was planned is void
    processes[index].recovery = .zero
    start(index)
  }

  /// Starts a process that faults have kept from running.
  func release(_ index: Int) {
    let process = processes[index]
    processes[index].isHeld = false
    var isToRun = process.status == .down
    // One that ended by itself while it was held has missed its restart.
    if process.status == .exited, process.isHeld,
      case .restart = scenario.processes[process.group].exitPolicy
    {
      isToRun = true
    }
    guard isToRun else { return }
    processes[index].kills += 1  // what was planned before is void
    start(index)
  }

  // MARK: Telling

  private func note(_ index: Int, _ state: SpaceTime.LifeState) {
    world.network.recorder?.enter(processes[index].host, state, at: world.now)
  }

  private func tell(_ index: Int, _ name: String, _ metadata: Logger.Metadata) {
    world.tell(.lifecycle, processes[index].reference.name, name, metadata: metadata)
  }

  func tell(fault name: String, _ metadata: Logger.Metadata) {
    world.tell(.fault, World.ownSource, name, metadata: metadata)
  }
}
