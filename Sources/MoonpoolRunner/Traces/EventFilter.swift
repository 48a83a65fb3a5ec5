//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime
import MoonpoolSim

/// Which events of a run somebody wants to see.
public struct EventFilter: Sendable, Hashable {
  /// Only of these processes, by name, with or without an incarnation; all if there are none.
  public var processes: [String]
  /// Only of these kinds, groups of kinds such as `Network`, or names of typed events and faults;
  /// all if there are none.
  public var kinds: [String]
  /// Not before, in virtual time.
  public var from: Duration?
  /// Not after, in virtual time.
  public var to: Duration?
  /// Only what is on the timeline.
  public var timelineOnly: Bool

  /// Makes a filter; by default it lets everything pass.
  public init(
    processes: [String] = [], kinds: [String] = [], from: Duration? = nil, to: Duration? = nil,
    timelineOnly: Bool = false
  ) {
    self.processes = processes
    self.kinds = kinds
    self.from = from
    self.to = to
    self.timelineOnly = timelineOnly
  }

  /// What passes of a trace. Events keep their numbers.
  ///
  /// - Throws: ``ReportFileError`` that says what there is, if it names what there isn't.
  public func apply(to trace: MergedTrace) throws(ReportFileError) -> MergedTrace {
    let here = Self.sorted(trace.events.map(\.processName))
    let exact = Set(trace.events.map(\.process))
    for name in processes where !here.contains(name) && !exact.contains(name) {
      throw ReportFileError(
        "no process of this run is called '\(name)'; there are \(here.joined(separator: ", "))")
    }
    let names = Self.sorted(trace.events.compactMap(\.freeKind))
    let all = Self.fixedKinds + names
    for kind in kinds where !all.contains(kind) {
      throw ReportFileError(
        "no event is of the kind '\(kind)'; there are \(all.joined(separator: ", "))")
    }
    var result = trace
    result.events = trace.events.filter(passes)
    result.isComplete = trace.isComplete && result.events.count == trace.events.count
    return result
  }

  private func passes(_ event: MergedEvent) -> Bool {
    if timelineOnly, !event.isOnTimeline { return false }
    if let from, event.time < from { return false }
    if let to, event.time > to { return false }
    let isOfProcess =
      processes.isEmpty || processes.contains(event.process)
      || processes.contains(event.processName)
    guard isOfProcess else { return false }
    return kinds.isEmpty || kinds.contains(event.kind)
      || event.freeKind.map(kinds.contains) == true || event.group.map(kinds.contains) == true
  }

  /// All kinds that there can be but for names of events and faults, whether or not a run has any.
  private static let fixedKinds: [String] = {
    let timeline = ["log", "event", "fault", "lifecycle"]
    let tasks = ["Job", "Timer", "TaskCreated", "TaskDestroyed"]
    let nodes = ["NodeStarted", "NodeKilled", "NodeStopped", "Uncontrolled", "Finished"]
    var groups: [String] = []
    for group in WorldEvents.kinds.map(\.group) where !groups.contains(group) {
      groups.append(group)
    }
    return timeline + tasks + nodes + groups + WorldEvents.kinds.map(\.name)
  }()

  private static func sorted(_ names: [String]) -> [String] { Set(names).sorted() }
}

extension MergedEvent {
  /// The name of a typed event, a fault, or of what began or ended.
  fileprivate var freeKind: String? { kind == "log" ? nil : name }
  /// The part of the world that it is of.
  fileprivate var group: String? { isOnTimeline ? nil : self["group"] }
}
