//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolRuntime
import MoonpoolSim
import MoonpoolTransport
import Testing

/// Who answered whom, when several are asked.
@Suite struct FanOutTests {
  private static func names(_ replies: [FanOutReply<Stamp>]) -> String {
    replies.map { "\($0.index):\($0.reply.office)" }.joined(separator: " ")
  }

  private static let manners = [
    Office.Manner(time: .milliseconds(300)), Office.Manner(time: .milliseconds(100)),
    Office.Manner(time: .milliseconds(200)),
  ]

  @Test func answersSayWhoGaveThem() {
    let report = Office.scenario(Self.manners) { node, transport, methods in
      let question = Question(number: 1)
      await node.note("all") { Self.names(try await transport.fanOutAll(methods, question)) }
      await node.note("two") {
        Self.names(try await transport.fanOutQuorum(2, of: methods, question))
      }
      await node.note("race") { Self.names([try await transport.fanOutRace(methods, question)]) }
      await node.note("partial") {
        try await transport.fanOutAllPartial(methods, question).map {
          "\($0.endpoint == methods[0].endpoint) \(try $0.result.get().office)"
        }.joined(separator: ", ")
      }
    }.run(seed: 1)
    #expect(report.said("all", by: "a", "is") == ["0:s0 1:s1 2:s2"])
    #expect(report.said("two", by: "a", "is") == ["1:s1 2:s2"])
    #expect(report.said("race", by: "a", "is") == ["1:s1"])
    #expect(report.said("partial", by: "a", "is") == ["true s0, false s1, false s2"])
    // Who isn't waited for is told.
    #expect(report.said("cancelled", by: "s0", "n") == ["1", "1"])
    #expect(report.said("cancelled", by: "s2", "n") == ["1"])
  }

  @Test func tooFewAnswersAreAnError() {
    var manners = Self.manners
    manners[1].failure = Mistake(code: 1)
    manners[2].isEmpty = true
    let report = Office.scenario(manners) { node, transport, methods in
      let question = Question(number: 1)
      await node.note("two") {
        Self.names(try await transport.fanOutQuorum(2, of: methods, question, .once))
      }
      await node.note("four") {
        Self.names(try await transport.fanOutQuorum(4, of: methods, question))
      }
      await node.note("race") {
        Self.names([try await transport.fanOutRace(methods, question, .once)])
      }
      await node.note("none") { Self.names(try await transport.fanOutAll([], question)) }
      await node.note("partial") {
        try await transport.fanOutAllPartial(methods, question).map {
          switch $0.result {
          case .success(let reply): reply.office
          case .failure(let error): "\(error)"
          }
        }.joined(separator: ", ")
      }
      await node.note("late") {
        Self.names(
          try await transport.fanOutAll([methods[0]], question, timeout: .milliseconds(50)))
      }
    }.run(seed: 1)
    let two = report.said("two", by: "a", "is")[0]
    #expect(two.hasPrefix("0 of 3 endpoints answered, and 2 were needed; the last failure, of"))
    #expect(report.said("four", by: "a", "is") == ["0 of 3 endpoints answered, and 4 were needed"])
    #expect(report.said("race", by: "a", "is") == ["0:s0"])
    #expect(report.said("none", by: "a", "is") == ["there is nobody to ask"])
    #expect(
      report.said("partial", by: "a", "is") == [
        "s0, Mistake: Mistake(code: 1), nothing is served at the endpoint"
      ])
    #expect(report.said("late", by: "a", "is")[0].hasPrefix("0 of 1 endpoints answered"))
  }
}
