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

/// Whom load balancers ask, and what happens when somebody doesn't answer.
@Suite struct LoadBalancerTests {
  private typealias Balancer = LoadBalancer<Question, Stamp>

  private static func balancer(
    _ methods: [MethodEndpoint<Question, Stamp>], _ transport: Transport,
    distances: [LocalityDistance] = [.remote, .remote, .remote], _ rules: LoadBalancing = .init()
  ) -> Balancer {
    Balancer(
      zip(methods, distances).map { Balancer.Alternative($0, distance: $1) }, on: transport,
      model: QueueModel(on: transport.node), rules)
  }

  private func answers(_ report: SimulationReport) -> [String] {
    report.said("result", by: "a", "is")
  }

  /// Asks so often, one after the other, and notes who answered.
  private static func ask(
    _ balancer: Balancer, _ count: Int, _ node: Node,
    repeating permission: RepeatPermission = .atMostOnce, timeout: Duration? = nil
  ) async {
    for number in 0..<count {
      await node.note("result") {
        try await balancer.call(
          Question(number: number), repeating: permission, timeout: timeout
        ).office
      }
    }
  }

  @Test func allAreAskedWhereAllAreEqual() {
    let report = Office.scenario { node, transport, methods in
      let balancer = Self.balancer(methods, transport)
      await withTaskGroup { group in
        for _ in 0..<30 { group.addTask { await Self.ask(balancer, 10, node) } }
      }
    }.run(seed: 1)
    #expect(report.passed, "\(report.line)")
    for name in ["s0", "s1", "s2"] {
      let share = answers(report).count { $0 == name }
      #expect((60...140).contains(share), "\(name) \(share)")
    }
  }

  @Test func theNearOneIsAskedAsLongAsItIsThere() {
    let report = Office.scenario(
      with: [
        .by { faults in
          try await faults.sleep(for: .seconds(5))
          faults.reboot(faults.cluster.processes[2], .crash, recovery: .seconds(10))
        }
      ]
    ) { node, transport, methods in
      let balancer = Self.balancer(
        methods, transport, distances: [.remote, .sameMachine, .sameDatacenter])
      await Self.ask(balancer, 20, node)
      try await node.clock.sleep(for: .seconds(8))
      await Self.ask(balancer, 20, node)
    }.run(seed: 1)
    #expect(balancedRuns(answers(report)) == ["s1 20", "s2 20"])
  }

  /// `["a", "a", "b"]` as `["a 2", "b 1"]`.
  private func balancedRuns(_ names: [String]) -> [String] {
    var runs: [(String, Int)] = []
    for name in names {
      if runs.last?.0 == name { runs[runs.count - 1].1 += 1 } else { runs.append((name, 1)) }
    }
    return runs.map { "\($0.0) \($0.1)" }
  }

  @Test func theSlowOneIsAskedLess() {
    let report = Office.scenario([
      Office.Manner(time: .milliseconds(200)), Office.Manner(), Office.Manner(),
    ]) { node, transport, methods in
      let balancer = Self.balancer(methods, transport)
      await withTaskGroup { group in
        for _ in 0..<30 { group.addTask { await Self.ask(balancer, 50, node) } }
      }
    }.run(seed: 1)
    let share = answers(report).count { $0 == "s0" }
    // A third, were it like the others.
    #expect((1..<250).contains(share), "\(share) of \(answers(report).count)")
  }

  @Test func whoAsksForLessGetsLess() {
    let report = Office.scenario([
      Office.Manner(time: .milliseconds(20), penalty: 8),
      Office.Manner(time: .milliseconds(20)), Office.Manner(time: .milliseconds(20)),
    ]) { node, transport, methods in
      let balancer = Self.balancer(methods, transport)
      await withTaskGroup { group in
        for _ in 0..<30 { group.addTask { await Self.ask(balancer, 50, node) } }
      }
    }.run(seed: 1)
    let share = answers(report).count { $0 == "s0" }
    #expect((1..<250).contains(share), "\(share) of \(answers(report).count)")
  }

  @Test func theNextOneIsAskedWhereNothingHasBegun() {
    let report = Office.scenario([
      Office.Manner(isEmpty: true),
      Office.Manner(time: .seconds(20), options: ServeOptions(concurrency: 1, queueLimit: 0)),
      Office.Manner(),
    ]) { node, transport, methods in
      // The second has all hands full.
      let busy = Task { try await transport.bind(methods[1]).getReply(Question(number: 99)) }
      try await node.clock.sleep(for: .seconds(1))
      let balancer = Self.balancer(
        methods, transport, distances: [.sameProcess, .sameMachine, .remote])
      await Self.ask(balancer, 3, node)
      busy.cancel()
    }.run(seed: 1)
    #expect(answers(report) == ["s2", "s2", "s2"])
    #expect(report.said("begun", by: "s1", "n") == ["99"])
  }

  @Test(arguments: [RepeatPermission.atMostOnce, .retry])
  func whatMayHaveHappenedIsRepeatedWithPermissionOnly(permission: RepeatPermission) {
    let report = Office.scenario([Office.Manner(forgets: true), Office.Manner()]) {
      node, transport, methods in
      let balancer = Self.balancer(
        methods, transport, distances: [.sameMachine, .remote])
      await Self.ask(balancer, 1, node, repeating: permission)
    }.run(seed: 1)
    #expect(answers(report) == (permission == .retry ? ["s1"] : ["brokenPromise"]))
    #expect(report.said("begun", by: "s0", "n") == ["0"])
    #expect(report.said("begun", by: "s1", "n") == (permission == .retry ? ["0"] : []))
  }

  @Test func errorsOfAHandlerAreAnswers() {
    let slow = Office.Manner(time: .seconds(5))
    let report = Office.scenario([Office.Manner(failure: Mistake(code: 3)), slow]) {
      node, transport, methods in
      let balancer = Self.balancer(methods, transport, distances: [.sameMachine, .remote])
      await Self.ask(balancer, 1, node, repeating: .anything)
    }.run(seed: 1)
    #expect(answers(report) == ["failed: Mistake: Mistake(code: 3)"])
  }

  @Test(arguments: [RepeatPermission.duplicate, .retry])
  func aSecondOneIsAskedWhenTheFirstTakesLong(permission: RepeatPermission) {
    let report = Office.scenario([Office.Manner(time: .seconds(10)), Office.Manner()]) {
      node, transport, methods in
      let balancer = Self.balancer(methods, transport, distances: [.sameMachine, .remote])
      await Self.ask(balancer, 1, node, repeating: permission)
    }.run(seed: 1)
    let isHedged = permission == .duplicate
    #expect(answers(report) == [isHedged ? "s1" : "s0"])
    #expect(report.said("begun", by: "s0", "n") == ["0"])
    #expect(report.said("cancelled", by: "s0", "n") == (isHedged ? ["0"] : []))
  }

  @Test func hedgedRequestsAreFew() {
    let report = Office.scenario(
      [Office.Manner(time: .milliseconds(100)), Office.Manner(time: .milliseconds(100))]
    ) { node, transport, methods in
      let balancer = Self.balancer(methods, transport, distances: [.sameMachine, .remote])
      await Self.ask(balancer, 200, node, repeating: .anything)
    }.run(seed: 1)
    #expect(answers(report).count == 200)
    // One of twenty, and one at the beginning; from then on a second waits as long as usual.
    let hedged = report.said("begun", by: "s1", "n").count
    #expect((1...13).contains(hedged), "\(hedged)")
  }

  @Test func whereNobodyIsThereItWaitsUntilSomebodyIs() throws {
    let report = Office.scenario(
      [Office.Manner(), Office.Manner()],
      with: [
        .by { faults in
          try await faults.sleep(for: .seconds(2))
          for process in faults.cluster.processes[1...] {
            faults.reboot(process, .crash, recovery: .seconds(15))
          }
        }
      ]
    ) { node, transport, methods in
      let balancer = Self.balancer(methods, transport)
      await Self.ask(balancer, 1, node)
      try await node.clock.sleep(for: .seconds(5))
      await Self.ask(balancer, 1, node, timeout: .seconds(3))
      await Self.ask(balancer, 1, node)
      var rules = LoadBalancing()
      rules.rounds = 2
      let empty = Balancer([Balancer.Alternative](), on: transport, model: QueueModel(on: node))
      await Self.ask(empty, 1, node)
      let stranger = MethodEndpoint<Question, Stamp>(
        Endpoint(address: NetworkAddress(ip: node.address, port: 9), token: Office.token))
      await Self.ask(Self.balancer([stranger], transport, rules), 1, node)
    }.run(seed: 1)
    let results = answers(report)
    #expect(results.count == 5)
    #expect(["s0", "s1"].contains(results[0]) && ["s0", "s1"].contains(results[2]))
    #expect(results[1] == "deadlineExceeded")
    #expect(results[3] == "there is no endpoint to ask")
    #expect(results[4].hasPrefix("all endpoints were tried; the last one:"), "\(results[4])")
    let times = report.timeline.filter { $0.name == "result" }.map(\.time)
    #expect((.seconds(8) ... .seconds(8.5)).contains(times[1]), "\(times[1])")
    #expect(times[2] > .seconds(17))
  }

  @Test func smoothersFollowSlowly() {
    var smoother = Smoother(foldingTime: .seconds(2), at: .zero)
    smoother.add(10, at: .zero)
    #expect(smoother.value(at: .zero) == 0)
    #expect(abs(smoother.value(at: .seconds(2)) - 6.321_205_588_285_577) < 1e-12)
    // A clock that goes back changes nothing.
    #expect(abs(smoother.value(at: .seconds(1)) - 6.321_205_588_285_577) < 1e-12)
    smoother.add(-10, at: .seconds(2))
    #expect(abs(smoother.value(at: .seconds(4)) - 2.325_441_579_348_254) < 1e-12)
    #expect(smoother.value(at: .seconds(5_000)) < 1e-300)
    var prompt = Smoother(foldingTime: .zero, at: .zero)
    prompt.add(3, at: .zero)
    #expect(prompt.value(at: .zero) == 3)
  }
}
