//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import CMoonpoolRuntime
internal import Glibc

/// The decisions of one run: a thin front of `mp_decisions` for the executor.
///
/// A reference: copies are the same state. Used by one thread at a time.
package struct Decisions {
  package let raw: UnsafeMutablePointer<mp_decisions>

  /// Stands for a state that somebody else owns.
  package init(_ raw: UnsafeMutablePointer<mp_decisions>) { self.raw = raw }

  /// Makes a state that lives until `destroy()`.
  package init() { raw = mp_decisions_create() }

  /// Ends the run and frees the state.
  package func destroy() { mp_decisions_destroy(raw) }

  /// The odometer: decisions made so far.
  package var count: UInt64 { raw.pointee.count }

  /// Begins a run under a recipe; what an earlier run left is forgotten.
  package func begin(_ recipe: Recipe, recording: Bool = false) {
    mp_decisions_reset(raw, recipe.seed)
    if !recipe.breakpoints.isEmpty {
      let breakpoints = recipe.breakpoints.map { mp_breakpoint(count: $0.count, seed: $0.seed) }
      mp_decisions_set_breakpoints(raw, breakpoints, breakpoints.count)
    }
    if !recipe.edits.isEmpty {
      let edits = recipe.edits.map { mp_edit(number: $0.number, value: $0.value) }
      mp_decisions_set_edits(raw, edits, edits.count)
    }
    if !recipe.streams.isEmpty { setRules(recipe.streams) }
    if recording { mp_decisions_set_recording(raw, true) }
  }

  private func setRules(_ rules: [StreamRule]) {
    let names = rules.map { strdup($0.name) }
    defer { for name in names { free(name) } }
    let raw = zip(rules, names).map { rule, name in
      switch rule.change {
      case .zero(let first):
        mp_stream_rule(name: name, zero_from: first, has_seed: false, seed: 0)
      case .seed(let seed):
        mp_stream_rule(name: name, zero_from: .max, has_seed: true, seed: seed)
      }
    }
    mp_decisions_set_rules(self.raw, raw, raw.count)
  }

  /// Makes the run follow an earlier log. To be called right after `begin`.
  ///
  /// - Parameters:
  ///   - onDivergence: Called once, inside the decision that differs. If it returns, the run goes
  ///     on and follows nothing.
  ///   - argument: What `onDivergence` is given.
  package func follow(
    _ log: DecisionLog, _ mode: DecisionLog.Mode,
    onDivergence: (@convention(c) (UnsafeMutableRawPointer?) -> Void)? = nil,
    argument: UnsafeMutableRawPointer? = nil
  ) {
    let entries = log.entries.map {
      mp_decision(
        stream: UInt32($0.stream), context: $0.task, bound: $0.bound, value: $0.value)
    }
    let keys = log.streams.map(\.value)
    mp_decisions_set_follow(
      raw, mode.raw, entries, entries.count, keys, UInt32(keys.count), onDivergence, argument)
  }

  /// The stream with this name, made at its first use.
  package func stream(_ key: StreamKey) -> DecisionStream {
    if let stream = mp_decisions_find(raw, key.value) { return DecisionStream(stream) }
    return DecisionStream(mp_decisions_stream(raw, key.value, key.description))
  }

  /// The names of this run's streams, in the order of their first use.
  package var streams: [StreamKey] {
    (0..<mp_decisions_stream_count(raw)).map { index in
      let name = String(cString: mp_decisions_stream_name(raw, index))
      let value = mp_decisions_stream_at(raw, index).pointee.key
      return name.isEmpty ? StreamKey(unnamed: value) : StreamKey(name: name)
    }
  }

  /// Everything that was recorded so far.
  package func log(recipe: Recipe) -> DecisionLog {
    var count = 0
    let recorded = mp_decisions_recording(raw, &count)
    let entries = UnsafeBufferPointer(start: recorded, count: count).map {
      DecisionLog.Entry($0)
    }
    return DecisionLog(recipe: recipe, streams: streams, entries: entries)
  }

  /// Where the run left the log that it follows. To be called when the run has ended.
  package func finish(following log: DecisionLog) -> Divergence? {
    guard let found = mp_decisions_finish(raw)?.pointee else { return nil }
    let own = streams
    func side(_ has: Bool, _ entry: mp_decision, _ names: [StreamKey]) -> Divergence.Side? {
      guard has else { return nil }
      return Divergence.Side(
        stream: names[Int(entry.stream)], task: entry.context, bound: entry.bound,
        value: entry.value)
    }
    return Divergence(
      number: found.number,
      expected: side(found.has_expected, found.expected, log.streams),
      actual: side(found.has_actual, found.actual, own))
  }
}

extension DecisionLog.Entry {
  fileprivate init(_ raw: mp_decision) {
    self.init(stream: Int(raw.stream), task: raw.context, bound: raw.bound, value: raw.value)
  }
}

extension DecisionLog.Mode {
  fileprivate var raw: mp_follow {
    switch self {
    case .compare: MP_FOLLOW_COMPARE
    case .strict: MP_FOLLOW_STRICT
    case .prefix: MP_FOLLOW_PREFIX
    case .lenient: MP_FOLLOW_LENIENT
    }
  }
}
