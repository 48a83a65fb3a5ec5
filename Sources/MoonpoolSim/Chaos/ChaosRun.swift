//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolRuntime

/// The chaos phase of one run.
///
/// Safe to share because all code of a simulation runs on one thread.
final class ChaosRun: @unchecked Sendable {
  private let chaos: Chaos
  private let run: ScenarioRun
  private var task: Task<Void, any Error>?

  init(_ chaos: Chaos, _ run: ScenarioRun) {
    self.chaos = chaos
    self.run = run
  }

  /// Starts all injectors, and their end when the time is over.
  func begin() {
    run.chaosEnd = run.world.instant(after: chaos.duration)
    if chaos.buggify.isEnabled {
      let run = run
      let buggify = BuggifyTable(
        chaos.buggify,
        admits: run.faults.parts.selection == nil
          ? nil : { [unowned run] in run.admits(fault: "buggify.\($0)", [:]) }
      ) { Simulation.decisions($0) }
      run.world.buggify = buggify
      buggify.install()
    }
    task = Task(name: "chaos") { [self] in
      defer { heal() }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for injector in chaos.injectors {
          var injector = injector
          let context = FaultContext(run: run, name: injector.name)
          group.addTask(name: injector.name) {
            do {
              try await injector.inject(with: context)
            } catch is CancellationError {
            } catch {
              let error = InjectorError(injector: injector.name, error: error)
              self.run.fail(error)
              throw error
            }
          }
        }
        group.addTask(name: "chaos duration") { [chaos] in
          try await Simulation.clock.sleep(for: chaos.duration)
          throw ChaosIsOver()
        }
        var failure: InjectorError?
        while let result = await group.nextResult() {
          guard case .failure(let error) = result else { continue }
          group.cancelAll()
          // Injectors may fail while they end, too.
          if failure == nil { failure = error as? InjectorError }
        }
        if let failure { throw failure }
      }
    }
  }

  /// Waits until the phase's time is over, and all is healed.
  func waitForEnd() async throws {
    try await task?.value
    await run.waitForStops()
  }

  /// Ends the phase if its time is not over, and waits until all is healed.
  func end() async throws {
    task?.cancel()
    try await waitForEnd()
  }

  private func heal() {
    if run.world.isOver { return }
    run.enter(.quiet)
    run.world.buggify?.stop()
    run.world.network.heal()
    run.world.storage.heal()
    run.healClocks()
    run.endAllStandstills()
    run.world.network.recorder?.endFaults(at: run.world.now)
    for index in run.processes.indices { run.release(index) }
  }

  private struct ChaosIsOver: Error {}
}

/// A fault injector threw.
public struct InjectorError: Error, Sendable, CustomStringConvertible {
  /// The injector's name.
  public var injector: String
  /// What it threw.
  public var error: any Error

  public var description: String { "fault injector \(injector) failed: \(error)" }
}
