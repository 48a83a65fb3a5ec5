//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import CMoonpoolRuntime

/// Words for one kind of event of the world, as traces print it:
/// `Network { connection_id: 3, DataDelivery { bytes: 64 } }`.
package struct WorldEventKind: Sendable {
  package var group: String
  package var name: String
  package var subjectLabel: String
  package var detailLabel: String

  package init(group: String, name: String, subjectLabel: String, detailLabel: String = "") {
    self.group = group
    self.name = name
    self.subjectLabel = subjectLabel
    self.detailLabel = detailLabel
  }
}

/// What models the world beside the tasks of a run: its events share one queue with the timers.
///
/// A reference type that the run keeps alive; its handlers are C functions, so that an event costs
/// a call and nothing else.
package protocol WorldModel: AnyObject {
  /// What traces call its events; `mp_trace_event` is given the index.
  var eventKinds: [WorldEventKind] { get }
  /// What a task waits for that the world holds up, in words that complete "waits for …".
  func waitReason(of task: UnsafeRawPointer) -> String?
  /// The verdict is final. From now on nothing that tasks do may have an effect.
  func runConcluded()
}

extension Simulation {
  /// Attaches `model` to the run that the calling code belongs to; at most one for each run.
  ///
  /// - Returns: The run's state, for scheduling events.
  package static func attach(
    _ model: any WorldModel, context: UnsafeMutableRawPointer, onEvent: mp_event_handler,
    onQuiet: mp_quiet_handler?
  ) -> UnsafeMutablePointer<mp_sim> {
    guard let run = SimulationRun.current else {
      fatalError("a world can only be attached by simulated code")
    }
    precondition(run.world == nil, "a run has one world")
    run.world = model
    mp_sim_set_world(run.simulation, context, onEvent, onQuiet)
    return run.simulation
  }

  /// Every task of the calling code's run that waits at present, and what for.
  package static var waitReport: WaitReport {
    SimulationRun.current?.waitReport() ?? WaitReport(tasks: [])
  }

  /// The stream called `key` of the run that the calling code belongs to.
  package static func decisions(_ key: StreamKey) -> DecisionStream {
    guard let run = SimulationRun.current else {
      fatalError("decisions are made by simulated code")
    }
    return run.decisions.stream(key)
  }
}
