//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolSim

/// A run as it may be recorded, without one: as large as is wanted, and the same each time.
enum SyntheticRun {
  /// So many messages and events among some processes, with a bit of everything that is drawn.
  static func make(messages: Int, events: Int, lanes: Int = 8) -> SpaceTime {
    let step: UInt64 = 200_000
    let end = UInt64(max(messages, events, 1)) * step
    var run = SpaceTime(
      scenario: "synthetic", recipe: "17", verdict: "violated",
      summary: "nothing is lost violated: 3 of 4", end: end)
    run.lanes = (0..<lanes).map { index in
      let isProcess = index < lanes - 2
      return SpaceTime.Lane(
        name: isProcess ? "node-\(index)" : "client-\(index - lanes + 2)",
        kind: isProcess ? .process : .client, address: "10.0.1.\(index + 1)",
        spans: [SpaceTime.Span(.running, begin: 0, end: end)])
    }
    run.lanes[1].spans = [
      SpaceTime.Span(.running, begin: 0, end: end / 4),
      SpaceTime.Span(.crashed, begin: end / 4, end: end / 3),
      SpaceTime.Span(.running, begin: end / 3, end: end),
    ]
    run.phases = [
      SpaceTime.Phase(name: "setUp", begin: 0), SpaceTime.Phase(name: "run", begin: end / 50),
      SpaceTime.Phase(name: "quiet", begin: end * 9 / 10),
    ]
    var word: UInt64 = 0x9e37_79b9_7f4a_7c15
    func draw(_ bound: Int) -> Int {
      word = word &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((word >> 33) % UInt64(bound))
    }
    for index in 0..<messages {
      let from = draw(lanes)
      var message = SpaceTime.Message(
        SpaceTime.Message.Kind.allCases[[2, 2, 2, 2, 0, 1, 3, 4, 5][draw(9)]], from: Int32(from),
        to: Int32((from + 1 + draw(lanes - 1)) % lanes), sent: UInt64(index) * step,
        bytes: Int32(draw(1_000)), connection: Int32(index / 20))
      let chance = draw(100)
      message.fate = chance == 0 ? .lost : chance < 3 ? .deliveredLate : .delivered
      let flight = message.fate == .deliveredLate ? 900 : 1 + draw(20)
      message.ended = min(end, message.sent + UInt64(flight) * step)
      run.messages.append(message)
    }
    for index in 0..<events {
      let isTyped = draw(3) == 0
      run.events.append(
        SpaceTime.Event(
          time: UInt64(index) * step, lane: Int32(draw(lanes)), kind: isTyped ? "event" : "log",
          level: draw(200) == 0 ? "warning" : "info", name: isTyped ? "Applied" : "applied",
          detail: "index=\(index % 1_000)"))
    }
    run.faults = [
      SpaceTime.Fault(
        "partition", begin: end * 4 / 10, end: end * 5 / 10, lanes: [2, 3], others: [0, 1, 4, 5]),
      SpaceTime.Fault("network.clog", begin: end * 6 / 10, end: end * 7 / 10, lanes: [4]),
      SpaceTime.Fault("storage.stall", begin: end * 13 / 20, end: end * 8 / 10, lanes: [4]),
    ]
    run.violations = [
      SpaceTime.Violation(
        "nothing is lost violated: 3 of 4", time: end - step, lane: 2, place: "Shop/Store.swift:12",
        decisionCount: 10_084, jobCount: 4_157)
    ]
    return run
  }
}
