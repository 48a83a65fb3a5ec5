//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolSim
import MoonpoolTransport
package import TransportPrograms

/// All calls of a run, and whether what was promised of each was kept.
package struct CallLedger {
  private struct Record {
    var call: Call
    var caller: String
    var asked: Duration
    /// How often it was carried out, by life of the server.
    var carriedOut: [UInt64: Int] = [:]
    /// A server let its answer go, or stopped.
    var isBroken = false
    var isStopped = false
    var end: CallEnd?

    var total: Int { carriedOut.values.reduce(0, +) }
  }

  private var records: [UInt64: Record] = [:]
  /// The present life of each caller.
  private var lives: [String: UInt64] = [:]
  /// What a life of a server has begun for each caller that is known by its address.
  private var begun: [Path: (life: UInt64, time: Duration)] = [:]
  private var unknown: Set<String> = []
  /// How long a call may take at most; nil: as long as something is wrong.
  private let longest: Duration?

  /// Whom a server works for, and where: what comes over one connection is begun in order.
  private struct Path: Hashable {
    var caller: String
    var server: String
    var life: UInt64
    var token: UID
  }

  /// - Parameter longest: How long a call may take at most; nil: as long as something is wrong.
  package init(longest: Duration? = nil) { self.longest = longest }

  /// Takes in what somebody has told.
  ///
  /// - Throws: ``PropertyViolation``
  package mutating func add(_ event: CallEvent, by source: String, at time: Duration) throws {
    switch event {
    case .began(let life, let isKnown):
      lives[source] = life
      if !isKnown { unknown.insert(source) }
    case .asked(let call): records[call.id] = Record(call: call, caller: source, asked: time)
    case .carriedOut(let id, let life):
      try carryOut(id, life)
      try checkOrder(records[id]!, by: source, life, at: time)
    case .forgotten(let id): records[id]?.isBroken = true
    case .stopped(let id):
      records[id]?.isBroken = true
      records[id]?.isStopped = true
    case .ended(let id, let end): try finish(id, end, at: time)
    case .undisturbed(let id):
      guard let record = records[id], record.call.kind.isEndless else { return }
      if record.total > 0, !record.isStopped {
        throw violation(record, "is worked at, long after its caller has given it up")
      }
    }
  }

  /// Calls that haven't ended, of callers that still have the life in which they called.
  package var openCalls: [Call] {
    records.values.filter { $0.end == nil && lives[$0.caller] == $0.call.life }
      .map(\.call).sorted { $0.id < $1.id }
  }

  // MARK: Rules

  private mutating func carryOut(_ id: UInt64, _ life: UInt64) throws {
    guard records[id] != nil else {
      throw PropertyViolation("a call was carried out that nobody made: \(id)")
    }
    records[id]!.carriedOut[life, default: 0] += 1
    let record = records[id]!
    if record.call.kind == .nowhere { throw violation(record, "was carried out somewhere") }
    if record.call.kind.isCarriedOutAtMostOnce, record.total > 1 {
      throw violation(record, "was carried out \(record.total) times")
    }
    if record.call.kind.isSuppressed, let count = record.carriedOut[life], count > 1 {
      throw violation(record, "was carried out \(count) times by one life of a server")
    }
    try checkHonesty(record)
  }

  private mutating func finish(_ id: UInt64, _ end: CallEnd, at time: Duration) throws {
    guard var record = records[id] else { throw PropertyViolation("an unknown call ended: \(id)") }
    if record.end != nil { throw violation(record, "ended twice") }
    record.end = end
    records[id] = record
    try checkHonesty(record)
    if let longest, time - record.asked > longest {
      throw violation(record, "took \((time - record.asked).secondsText)")
    }
    switch end {
    case .answered:
      if record.call.kind == .nowhere || record.call.kind.isEndless {
        throw violation(record, "was answered by nobody")
      }
      if record.call.kind != .send, record.total == 0 {
        throw violation(record, "was answered and not carried out")
      }
    case .wrong(let answer): throw violation(record, "got a wrong answer: \(answer)")
    case .error(let error): try check(error, of: record, after: time - record.asked)
    case .cancelled, .left: break
    }
  }

  /// Who was told that nothing has happened, or will.
  private func checkHonesty(_ record: Record) throws {
    guard case .error(let error) = record.end, !error.mayHaveHappened, record.total > 0 else {
      return
    }
    throw violation(record, "was carried out, though its caller was told: \(error)")
  }

  /// Once a server works for a life of a caller, the earlier ones are over for it. What is begun at
  /// the same time is begun in any order.
  private mutating func checkOrder(
    _ record: Record, by server: String, _ life: UInt64, at time: Duration
  ) throws {
    if unknown.contains(record.caller) || record.call.kind == .here { return }
    let path = Path(
      caller: record.caller, server: server, life: life, token: record.call.kind.token)
    if let last = begun[path], last.life > record.call.life {
      guard time > last.time + .seconds(1) else { return }
      throw violation(record, "was begun after calls of a later life")
    }
    begun[path] = (record.call.life, time)
  }

  private func check(_ error: ReplyError, of record: Record, after time: Duration) throws {
    let kind = record.call.kind
    let isAllowed =
      switch error {
      case .maybeDelivered:
        // Calls that are sent again don't end so, but one that gives up, in time.
        switch kind {
        case .unlessFailed: isOver(record.call.limit!, after: time)
        case .once, .onceInTime, .endlessInTime, .stream, .leftStream, .nowhere: true
        default: false
        }
      case .notDelivered:
        [.send, .once, .onceInTime, .endlessInTime, .stream, .leftStream].contains(kind)
      case .deadlineExceeded:
        record.call.limit.map { kind.isInTime && isOver($0, after: time) } ?? false
      case .brokenPromise: kind != .nowhere && (record.isBroken || record.total == 0)
      case .endpointNotFound:
        [.once, .onceInTime, .endlessInTime, .stream, .leftStream, .nowhere].contains(kind)
      case .overloaded: ![.send, .chained, .nowhere].contains(kind) && !kind.isEndless
      case .closed: true
      case .failed, .undecodableRequest, .undecodableReply: false
      }
    if !isAllowed { throw violation(record, "ended after \(time.secondsText): \(error)") }
  }

  /// Clocks of nodes are not exact.
  private func isOver(_ limit: Duration, after time: Duration) -> Bool { time >= limit * 0.95 }

  private func violation(_ record: Record, _ what: String) -> PropertyViolation {
    PropertyViolation("\(record.caller)'s call (\(record.call.kind), \(record.call.id)) \(what)")
  }
}

extension CallKind {
  fileprivate var isCarriedOutAtMostOnce: Bool {
    [.send, .once, .onceInTime, .endlessInTime, .stream, .leftStream, .here].contains(self)
  }

  fileprivate var isSuppressed: Bool { self == .suppressed || self == .chained }

  fileprivate var isInTime: Bool {
    [.onceInTime, .untilAnsweredInTime, .endlessInTime].contains(self)
  }

  fileprivate var isEndless: Bool { self == .endless || self == .endlessInTime }
}

extension Duration {
  fileprivate var secondsText: String { "\(self / .milliseconds(1)) ms" }
}
