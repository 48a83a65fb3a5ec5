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

/// Puts a node's log lines on the timeline.
struct TimelineLogHandler: LogHandler {
  let world: World
  let source: String
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?

  init(world: World, source: String, logLevel: Logger.Level) {
    self.world = world
    self.source = source
    self.logLevel = logLevel
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var all = metadata
    if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
    if let own = event.metadata { all.merge(own) { $1 } }
    if let error = event.error { all["error"] = "\(error)" }
    world.tell(
      .log, source, event.message.description, level: event.level, metadata: all)
  }
}

/// Puts a node's typed events on the timeline.
struct TimelineEventRecorder: NodeEventRecorder {
  let world: World
  let source: String

  func record(_ event: some NodeEvent) {
    world.tell(source, event)
  }
}

extension World {
  /// The source of what the simulator does itself.
  static let ownSource = "simulation"

  /// Adds to the timeline, at the present virtual time. Nothing after the verdict.
  func tell(
    _ kind: TimelineEvent.Kind, _ source: String, _ name: String,
    level: Logger.Level = .info, metadata: Logger.Metadata = [:]
  ) {
    if isOver { return }
    timeline.append(name) { number in
      TimelineEvent.Fields(
        number: number, time: Duration(nanoseconds: now), source: source, kind: kind, name: name,
        level: level, metadata: metadata, traceCount: mp_trace_count(simulation),
        decisionCount: simulation.pointee.decisions.pointee.count)
    }
  }

  /// Adds a typed event of a node.
  @inline(__always)
  func tell(_ source: String, _ value: some NodeEvent) {
    if isOver { return }
    timeline.append(value) { number, name, metadata in
      TimelineEvent.Fields(
        number: number, time: Duration(nanoseconds: now), source: source, kind: .event, name: name,
        metadata: metadata, traceCount: mp_trace_count(simulation),
        decisionCount: simulation.pointee.decisions.pointee.count)
    }
  }
}
