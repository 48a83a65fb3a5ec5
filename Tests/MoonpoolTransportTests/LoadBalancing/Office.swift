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

/// What an office answers with: who it is.
struct Stamp: Codable, Sendable, LoadBalancedReply {
  var office: String
  var penalty: Double?
}

/// Three desks `s0`, `s1`, `s2` that answer alike, and a desk `a` that asks them.
enum Office {
  static let token = UID.wellKnown(9)

  /// How one of them behaves.
  struct Manner: Sendable {
    /// How long its answers take.
    var time = Duration.milliseconds(1)
    var penalty: Double?
    var options = ServeOptions()
    /// It throws.
    var failure: Mistake?
    /// It lets its answers go.
    var forgets = false
    /// It serves nothing.
    var isEmpty = false
  }

  static func serving(_ manner: Manner) -> Desk {
    Desk { node, transport in
      if manner.isEmpty { return }
      try transport.serve(at: token, manner.options) { (question: Question, _) async throws in
        node.logger.info("begun", metadata: ["n": "\(question.number)"])
        do {
          try await node.clock.sleep(for: manner.time)
        } catch {
          node.logger.info("cancelled", metadata: ["n": "\(question.number)"])
          throw error
        }
        if let failure = manner.failure { throw failure }
        if manner.forgets { throw CancellationError() }
        return Stamp(office: node.name, penalty: manner.penalty)
      }
    }
  }

  static func scenario(
    _ manners: [Manner] = [Manner(), Manner(), Manner()], for time: Duration = .seconds(60),
    with parts: [Chaos] = [],
    asking:
      @escaping @Sendable (Node, Transport, [MethodEndpoint<Question, Stamp>]) async throws -> Void
  ) -> Scenario {
    let names = manners.indices.map { "s\($0)" }
    let asker = Desk { node, transport in
      try await node.clock.sleep(for: .milliseconds(10))
      var methods: [MethodEndpoint<Question, Stamp>] = []
      for name in names {
        methods.append(
          MethodEndpoint(Endpoint(address: try await node.desk(name), token: token)))
      }
      try await asking(node, transport, methods)
    }
    let servers = zip(names, manners).map { (name: $0, Self.serving($1)) }
    return .desks([("a", asker)] + servers, for: time, with: parts)
  }
}
