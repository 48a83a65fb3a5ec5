//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import MoonpoolCore
package import MoonpoolRuntime

/// The world of one run: what the tasks of all processes share, and what happens to it over time.
///
/// Models know no tasks; the world hands them the events that they scheduled. Safe to share because
/// all code of a simulation runs on one thread.
package final class World: WorldModel, @unchecked Sendable {
  let simulation: UnsafeMutablePointer<mp_sim>
  /// The disks of all machines.
  let storage: StorageFront
  /// Its network.
  package let network: NetworkModel
  /// The verdict is final: nothing has an effect any more.
  var isOver: Bool { network.isOver.pointee }
  private var alarms: Alarms
  /// What happened so far.
  let timeline: Timeline
  private var clocks: [MachineClock?] = []
  /// Closes what the report counts, when the verdict is final; let go of afterwards.
  var onVerdict: (() -> Void)?
  /// How wrong the clocks were.
  var clockErrors = ClockErrorRecord(.none)
  /// What was done to them.
  var clockEffects = ClockEffects()
  /// What was done to processes.
  var processEffects = ProcessEffects()
  /// The `buggify` sites, from the chaos phase on; nil if none may fire.
  var buggify: BuggifyTable?
  /// What is watched, if anything is.
  var invariants: InvariantSet? {
    didSet { simulation.pointee.on_quiet = invariants == nil ? nil : quiet }
  }

  private init(
    _ simulation: UnsafeMutablePointer<mp_sim>, _ configuration: WorldConfiguration,
    timelineCapacity: Int, spaceTime: SpaceTime.Limits?
  ) {
    self.simulation = simulation
    timeline = Timeline(capacity: timelineCapacity)
    network = NetworkModel(
      simulation, configuration.network, recorder: spaceTime.map { SpaceTimeRecorder($0) }
    ) { Simulation.decisions($0) }
    storage = StorageFront(simulation, configuration.storage)
    alarms = Alarms()
  }

  /// Makes the world of the run that the calling code belongs to.
  package static func begin(
    _ configuration: WorldConfiguration, timelineCapacity: Int = .max,
    spaceTime: SpaceTime.Limits? = nil
  ) -> World {
    guard let simulation = mp_sim_current() else {
      fatalError("a world can only be made by simulated code")
    }
    let world = World(
      simulation, configuration, timelineCapacity: timelineCapacity, spaceTime: spaceTime)
    let context = Unmanaged.passUnretained(world).toOpaque()
    _ = Simulation.attach(world, context: context, onEvent: handle, onQuiet: nil)
    return world
  }

  package var eventKinds: [WorldEventKind] { EventKind.worldKinds }

  package func waitReason(of task: UnsafeRawPointer) -> String? {
    network.waitReason(of: task) ?? storage.waitReason(of: task)
  }

  package func runConcluded() {
    onVerdict?()
    onVerdict = nil
    network.isOver.pointee = true
    storage.conclude()
    alarms = Alarms()
  }

  /// Gives back what takes memory, once the report is made. The simulation may serve another run by
  /// now.
  func dissolve() {
    network.dissolve()
    storage.dissolve()
    timeline.removeAll()
  }

  var now: UInt64 { simulation.pointee.now }

  /// The instant that comes after a duration, in nanoseconds of virtual time: at most 292 years
  /// after the start, which no run reaches.
  func instant(after duration: Duration) -> UInt64 {
    let end = UInt64(Int64.max)
    return now + min(duration.clampedNanoseconds, end - min(now, end))
  }

  // MARK: Clocks

  /// The clocks of a machine; true ones until somebody changes them.
  func clock(of host: Int32) -> MachineClock {
    while clocks.count <= host { clocks.append(nil) }
    if let clock = clocks[Int(host)] { return clock }
    let clock = MachineClock()
    clocks[Int(host)] = clock
    return clock
  }

  // MARK: Waiting

  /// Waits until a model wakes the waiter that it finds in `place`, which is nil once what it
  /// belongs to is gone.
  ///
  /// - Throws: `CancellationError`; ``DeadlineExceeded`` once `clock` shows `deadline`.
  @inline(__always)
  nonisolated(nonsending) func wait(
    by deadline: Duration? = nil, _ clock: MachineClock? = nil,
    in place: () -> UnsafeMutablePointer<OpaquePointer?>?
  ) async throws {
    guard let waiter = mp_waiter_begin(simulation) else { throw CancellationError() }
    place()?.pointee = waiter
    if let deadline, let clock {
      await waiter.wait(by: deadline, clock)
    } else {
      await waiter.wait()
    }
    // The model may have moved it meanwhile, and somebody else may wait there by now.
    if let place = place(), place.pointee == waiter { place.pointee = nil }
    try endWait(waiter)
  }

  /// Ends a wait when its task goes on.
  ///
  /// - Throws: `CancellationError`; ``DeadlineExceeded`` if its time came first.
  @inline(__always)
  private func endWait(_ waiter: OpaquePointer) throws {
    switch mp_waiter_end(waiter) {
    case Int32(MP_WAIT_WOKEN): return
    case Int32(MP_WAIT_TIMED_OUT): throw DeadlineExceeded()
    default: throw CancellationError()
    }
  }

  // MARK: Alarms

  /// Calls `action` at `when`, on the simulation's thread, outside any task.
  ///
  /// Once the verdict is final nothing is called any more, and nothing is kept.
  func alarm(at when: UInt64, _ action: @escaping () -> Void) {
    if isOver { return }
    let index = alarms.keep(action)
    mp_event_schedule(simulation, when, PackedEvent(.alarm, index, 0).bits)
  }

  fileprivate func ring(_ index: Int32) -> Bool {
    guard let action = alarms.take(index) else { return false }
    if mp_trace_is_on(simulation) {
      mp_trace_event(simulation, UInt32(EventKind.alarm.rawValue), 0, UInt32(index), 0)
    }
    action()
    return true
  }
}

/// Actions to be taken later, by number.
private struct Alarms {
  private var actions: [(() -> Void)?] = []
  private var free: [Int32] = []

  mutating func keep(_ action: @escaping () -> Void) -> Int32 {
    guard let index = free.popLast() else {
      actions.append(action)
      return Int32(actions.count - 1)
    }
    actions[Int(index)] = action
    return index
  }

  mutating func take(_ index: Int32) -> (() -> Void)? {
    guard Int(index) < actions.count, let action = actions[Int(index)] else { return nil }
    actions[Int(index)] = nil
    free.append(index)
    return action
  }
}

/// What the run calls when nothing is runnable.
private let quiet: mp_quiet_handler = { context in
  Unmanaged<World>.fromOpaque(context!)._withUnsafeGuaranteedRef { $0.invariants?.check() }
}

/// What the queue calls for each event.
private let handle: mp_event_handler = { context, bits in
  Unmanaged<World>.fromOpaque(context!)._withUnsafeGuaranteedRef { world in
    let event = PackedEvent(bits: bits)
    switch event.kind {
    case .alarm: return world.ring(event.index)
    case .storageCompletion: return world.storage.complete(event.index, event.generation)
    default: return world.network.handle(event)
    }
  }
}
