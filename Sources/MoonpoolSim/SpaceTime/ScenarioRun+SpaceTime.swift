//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Logging
import MoonpoolRuntime

extension ScenarioRun {
  /// What was written down of the run; nil if nothing was to be.
  func spaceTime(_ report: RunReport) -> SpaceTime? {
    guard let recorder = world.network.recorder, let limits = scenario.spaceTime else { return nil }
    let end = report.virtualTime.clampedNanoseconds
    var result = SpaceTime(
      scenario: scenario.name, recipe: "\(report.recipe)", verdict: report.verdict.name,
      summary: report.verdict.summary, end: end)
    result.lanes = lanes(recorder, end)
    // Only looked up: no order follows from it.
    var positions: [String: Int32] = [:]
    for (index, lane) in result.lanes.enumerated() { positions[lane.name] = Int32(index) }
    result.phases = recorder.phases
    result.messages = recorder.messages
    result.droppedMessages = recorder.droppedMessages
    result.faults = recorder.faults
    result.droppedFaults = recorder.droppedFaults
    for index in result.faults.indices {
      result.faults[index].end = min(result.faults[index].end, end)
    }
    let events = world.timeline.events.suffix(limits.events)
    result.events = events.map { SpaceTime.Event($0, positions) }
    result.droppedEvents = world.timeline.count - events.count
    result.violations = report.violations.map { SpaceTime.Violation($0, positions) }
    return result
  }

  private func lanes(_ recorder: SpaceTimeRecorder, _ end: UInt64) -> [SpaceTime.Lane] {
    var lanes = world.network.directory.hosts.map {
      SpaceTime.Lane(name: "\($0.address)", kind: .machine, address: "\($0.address)")
    }
    for process in processes {
      lanes[Int(process.host)].name = process.reference.name
      lanes[Int(process.host)].kind = .process
    }
    for client in topology.clients {
      guard let host = world.network.directory.host(at: client.address) else { continue }
      lanes[Int(host)].name = client.name
      lanes[Int(host)].kind = .client
    }
    for (index, spans) in recorder.spans.enumerated() {
      lanes[index].spans = spans
      if let last = spans.indices.last { lanes[index].spans[last].end = end }
    }
    return lanes
  }
}

extension SpaceTime.Event {
  private static let longestText = 1_000

  fileprivate init(_ event: TimelineEvent, _ positions: [String: Int32]) {
    let entries = event.metadata.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let source = event.kind == .fault ? event["process"] ?? event.source : event.source
    self.init(
      time: event.time.clampedNanoseconds, lane: positions[source] ?? -1, kind: event.kind.rawValue,
      level: event.level.rawValue, name: String(event.name.prefix(Self.longestText)),
      detail: String(entries.joined(separator: " ").prefix(Self.longestText)))
  }
}

extension SpaceTime.Violation {
  fileprivate init(_ violation: MoonpoolRuntime.Violation, _ positions: [String: Int32]) {
    self.init(
      violation.description, time: violation.time.clampedNanoseconds,
      lane: positions[violation.node] ?? -1, place: violation.place,
      decisionCount: violation.decisionCount, jobCount: violation.jobCount)
  }
}
