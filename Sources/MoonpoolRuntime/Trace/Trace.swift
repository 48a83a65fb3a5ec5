//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime

/// Everything that happened in a run, in order.
public struct Trace: Sendable, Hashable {
  /// The events.
  public var events: [TraceEvent]
  /// What reproduces the run.
  public var recipe: Recipe

  /// Version of ``jsonLines``: changes when a field changes its meaning or goes away.
  public static let schema = "moonpool.trace/1"

  /// One line per event, as ``TraceEvent/description``.
  public var text: String { events.map { $0.description + "\n" }.joined() }

  /// One JSON object per line. The first has `schema` and `recipe`; each of the others is an event:
  /// `t` (virtual nanoseconds), `seq`, `decisions`, `kind`, `node`, and `task`, `name` and the
  /// kind's own fields where there are any.
  public var jsonLines: String {
    let head = "{\"schema\":\(quoted(Self.schema)),\"recipe\":\(quoted(recipe.description))}\n"
    return head + events.map { $0.json + "\n" }.joined()
  }

  /// The birth numbers of the tasks in the order in which they ran: what
  /// ``StrategyChoice/replay(_:)`` follows.
  public var schedule: [UInt32] {
    events.compactMap { event in
      if case .job = event.kind { event.task.number } else { nil }
    }
  }
}

extension Trace {
  /// Puts a finished run's records into words.
  init(of run: SimulationRun) {
    let records = UnsafeBufferPointer(
      start: mp_trace_records(run.simulation), count: mp_trace_count(run.simulation))
    recipe = run.recipe
    events = []
    events.reserveCapacity(records.count)
    let nodes = (0..<mp_node_count(run.simulation)).map {
      run.label(of: mp_node_at(run.simulation, $0))
    }
    let eventKinds = run.world?.eventKinds ?? []
    for (sequence, record) in records.enumerated() {
      let name = mp_trace_task_name(run.simulation, record.task).map { String(cString: $0) }
      events.append(
        TraceEvent(
          time: Duration(nanoseconds: record.time), sequence: sequence,
          decisionCount: record.decisions,
          task: TaskIdentity(number: record.task, name: name, node: nodes[Int(record.node)]),
          kind: TraceEvent.Kind(record, eventKinds)))
    }
  }
}

extension TraceEvent.Kind {
  fileprivate init(_ record: mp_trace_record, _ eventKinds: [WorldEventKind]) {
    switch Int(record.kind) {
    case MP_TRACE_JOB:
      self = .job(
        runnable: Int(record.a), isMainActor: Int(record.b) & MP_READY_MAIN != 0,
        drainsActor: Int(record.b) & MP_READY_DRAIN != 0)
    case MP_TRACE_TIMER: self = .timer
    case MP_TRACE_BIRTH: self = .taskCreated(by: record.a)
    case MP_TRACE_DEATH: self = .taskDestroyed
    case MP_TRACE_NODE_BOOT: self = .nodeStarted
    case MP_TRACE_NODE_KILL: self = .nodeKilled(tasks: Int(record.a))
    case MP_TRACE_NODE_STOP: self = .nodeStopped(tasks: Int(record.a))
    case MP_TRACE_UNCONTROLLED: self = .uncontrolled(UncontrolledAPI(mp_api(rawValue: record.a)))
    case MP_TRACE_EVENT:
      let kind = eventKinds[Int(record.flags)]
      self = .event(
        TraceEvent.WorldEvent(
          group: kind.group, name: kind.name, subjectLabel: kind.subjectLabel,
          subjectValue: Int(record.a), detailLabel: kind.detailLabel, detailValue: Int(record.b)))
    default: self = .finished
    }
  }
}
