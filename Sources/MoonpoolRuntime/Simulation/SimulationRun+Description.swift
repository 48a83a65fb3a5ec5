//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime

/// Turning what the C side noted into words.
extension SimulationRun {
  /// The task with this birth number. Its name is known while it lives, and afterwards if the run
  /// is traced.
  func identity(ofTask number: UInt32, node: UInt32) -> TaskIdentity {
    let nodes = mp_node_count(simulation)
    let nodeName = Int(node) < nodes ? label(of: mp_node_at(simulation, Int(node))) : "root"
    var name = mp_trace_task_name(simulation, number).map { String(cString: $0) }
    if name == nil, Int(node) < nodes {
      let owner = mp_node_at(simulation, Int(node))
      name = taskViews(of: owner).first { $0.number == number }?.name.map { String(cString: $0) }
    }
    return TaskIdentity(number: number, name: name, node: nodeName)
  }

  /// The task with this birth number on whatever node has it, dead ones included; on `node` if none
  /// has it any more.
  private func identity(ofTask number: UInt32, besides node: OpaquePointer) -> TaskIdentity {
    let owner = (0..<mp_node_count(simulation)).lazy
      .compactMap { mp_node_at(self.simulation, $0) }
      .first { taskViews(of: $0).contains { $0.number == number } }
    return identity(ofTask: number, node: mp_node_number(owner ?? node))
  }

  /// Name of a node, with its incarnation from the second on: `server`, `server.1`.
  func label(of node: OpaquePointer?) -> String {
    let incarnation = mp_node_incarnation(node)
    return String(cString: mp_node_name(node)) + (incarnation == 0 ? "" : ".\(incarnation)")
  }

  /// Every task that still waits, over all nodes that are alive.
  func waitReport() -> WaitReport {
    var tasks: [WaitReport.WaitingTask] = []
    for index in 0..<mp_node_count(simulation) {
      guard let node = mp_node_at(simulation, index), mp_node_state(node) == MP_NODE_ALIVE else {
        continue
      }
      for view in taskViews(of: node) + childViews(of: node)
      where !view.is_timer && !view.is_complete {
        tasks.append(describe(view, on: node))
      }
    }
    return WaitReport(tasks: tasks.sorted { $0.task.number < $1.task.number })
  }

  private func describe(_ view: mp_task_view, on node: OpaquePointer) -> WaitReport.WaitingTask {
    let name = view.name.map { String(cString: $0) }
    let reason: WaitReport.WaitReason =
      switch view.waits {
      case Int32(MP_WAITS_TASK):
        .task(view.target == 0 ? nil : identity(ofTask: view.target, besides: node))
      case Int32(MP_WAITS_CONTINUATION), Int32(MP_WAITS_TIMER): reason(ofSuspension: view)
      case Int32(MP_WAITS_GROUP): .taskGroup
      case Int32(MP_WAITS_EXECUTOR): .turn
      default: .unknown
      }
    var frames = view.frames
    return WaitReport.WaitingTask(
      task: TaskIdentity(number: view.number, name: name, node: label(of: node)),
      waitsFor: reason, isCancelled: view.is_cancelled,
      frames: withUnsafeBytes(of: &frames) { userFrames($0, count: Int(view.frame_count)) })
  }

  private func reason(ofSuspension view: mp_task_view) -> WaitReport.WaitReason {
    if let what = view.task.flatMap({ world?.waitReason(of: $0) }) { return .world(what) }
    return view.waits == MP_WAITS_TIMER || sleeps(view) ? .timer : .continuation
  }

  func describe(crash loss: mp_loss) -> Crash {
    var frames = loss.frames
    var message = loss.message
    var text = withUnsafeBytes(of: &message) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    while text.last?.isNewline == true { text.removeLast() }
    let signal = loss.why == MP_LOST_TRAP ? signalName(loss.signal) : nil
    if text.isEmpty { text = signal.map { "trap without a message (\($0))" } ?? "exit" }
    return Crash(
      message: text, signal: signal,
      task: identity(ofTask: loss.task, node: mp_node_number(loss.node)),
      frames: withUnsafeBytes(of: &frames) { userFrames($0, count: Int(loss.frame_count)) })
  }

  /// Where the run left the log that it follows, if it did.
  func divergenceSite() -> CodeSite? {
    guard let site = mp_sim_divergence(simulation)?.pointee else { return nil }
    var frames = site.frames
    return CodeSite(
      task: identity(ofTask: site.task, node: site.node),
      frames: withUnsafeBytes(of: &frames) { userFrames($0, count: Int(site.frame_count)) })
  }

  func describe(_ incident: mp_incident) -> Incident {
    var frames = incident.frames
    return Incident(
      api: UncontrolledAPI(incident.api),
      task: identity(ofTask: incident.task, node: incident.node),
      frames: withUnsafeBytes(of: &frames) { userFrames($0, count: Int(incident.frame_count)) })
  }
}

/// The tasks in a node's table.
func taskViews(of node: OpaquePointer?) -> [mp_task_view] {
  (0..<mp_node_live_tasks(node)).compactMap { index in
    var view = mp_task_view()
    return mp_inspect_task(node, index, &view) ? view : nil
  }
}

/// The async-let children of a node's tasks, and theirs, in any depth.
private func childViews(of node: OpaquePointer?) -> [mp_task_view] {
  (0..<mp_node_live_tasks(node)).flatMap { index in
    (0...).lazy.map { number in
      var view = mp_task_view()
      return mp_inspect_child(node, index, number, &view) ? view : nil
    }.prefix { $0 != nil }.compactMap { $0 }
  }
}

/// Whether the innermost function is a sleep of the standard library or of ours.
private func sleeps(_ view: mp_task_view) -> Bool {
  var frames = view.frames
  return withUnsafeBytes(of: &frames) { raw in
    for pc in raw.bindMemory(to: UInt.self).prefix(Int(view.frame_count)) {
      guard mp_inspect_is_runtime(pc) else { return false }
      if symbol(at: pc).contains("sleep(") { return true }
    }
    return false
  }
}

/// The demangled name of the function around an address; empty if it has none.
private func symbol(at pc: UInt) -> String {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1024) { buffer in
    let length = mp_inspect_symbol(pc, buffer.baseAddress, buffer.count)
    return String(decoding: UnsafeRawBufferPointer(buffer).prefix(length), as: UTF8.self)
  }
}

/// The frames that are the user's own, demangled, innermost first, without repetitions.
private func userFrames(_ raw: UnsafeRawBufferPointer, count: Int) -> [String] {
  var names: [String] = []
  for pc in raw.bindMemory(to: UInt.self).prefix(count) where !mp_inspect_is_runtime(pc) {
    let name = symbol(at: pc)
    if !name.isEmpty, names.last != name { names.append(name) }
  }
  return names
}

private func signalName(_ signal: Int32) -> String {
  switch signal {
  case 4: "SIGILL"
  case 5: "SIGTRAP"
  case 6: "SIGABRT"
  case 7: "SIGBUS"
  case 8: "SIGFPE"
  case 11: "SIGSEGV"
  default: "signal \(signal)"
  }
}
