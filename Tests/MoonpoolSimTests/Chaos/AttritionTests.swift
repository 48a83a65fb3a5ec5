//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime
import MoonpoolSim
import Testing

@Suite struct AttritionTests {
  typealias Member = AttritionPlan.Member
  typealias Victim = AttritionPlan.Victim

  /// Twelve processes, two on each machine, four in each zone, six in each datacenter.
  private let cluster = (0..<12).map {
    Member(process: $0, machine: $0 / 2, zone: $0 / 4, datacenter: $0 / 6)
  }

  private func strikes(
    _ attrition: Attrition, _ members: [Member], _ count: Int, seed: UInt64 = 1
  ) -> [AttritionPlan.Strike] {
    withStream(seed: seed) { stream in
      let plan = AttritionPlan(attrition)
      return (0..<count).compactMap { _ in plan.strike(among: members, from: stream) }
    }
  }

  private func killing(_ dead: Set<Int>) -> [Member] {
    cluster.map {
      var member = $0
      member.isAlive = !dead.contains($0.process)
      return member
    }
  }

  @Test func `every living process can be struck, and no dead one`() {
    let strikes = strikes(Attrition(maxDead: 4), killing([0, 5, 11]), 2_000)
    let struck = Set(strikes.flatMap(\.victims).map(\.process))
    #expect(struck == Set(0..<12).subtracting([0, 5, 11]))
    #expect(strikes.count == 2_000 && strikes.allSatisfy { $0.victims.count == 1 })
  }

  @Test func `the budget is kept, whatever the dead died of`() {
    #expect(strikes(Attrition(maxDead: 3), killing([0, 5, 11]), 100).isEmpty)
    #expect(strikes(Attrition(maxDead: 3), killing([0, 1, 2, 3, 4]), 100).isEmpty)
    #expect(strikes(Attrition(maxDead: 4), killing([0, 5, 11]), 100).count == 100)
    #expect(strikes(Attrition(maxDead: 12), killing(Set(0..<12)), 100).isEmpty)
  }

  @Test func `a group goes down as a whole, if it fits`() {
    let groups: [(Attrition.Scope, Int)] = [(.machine, 2), (.zone, 4), (.datacenter, 6)]
    for (scope, size) in groups {
      #expect(strikes(Attrition(maxDead: size - 1, scope: scope), cluster, 50).isEmpty)
      let found = strikes(Attrition(maxDead: size, scope: scope), cluster, 200)
      #expect(found.count == 200)
      let places = Set(found.map { $0.victims.map(\.process) })
      let expected = stride(from: 0, to: 12, by: size).map { Array($0..<($0 + size)) }
      #expect(places == Set(expected))
    }
  }

  @Test func `of a group that is partly dead the rest goes down`() {
    let found = strikes(Attrition(maxDead: 4, scope: .zone), killing([0, 1, 2]), 200)
    #expect(Set(found.map { $0.victims.map(\.process) }) == [[3]])
    let all = strikes(Attrition(maxDead: 7, scope: .zone), killing([0, 1, 2]), 200)
    #expect(all.contains { $0.victims.map(\.process) == [4, 5, 6, 7] })
  }

  @Test func `kinds come by their weights, which need not add up to 1`() {
    let found = strikes(
      Attrition(maxDead: 1, graceful: 5, kill: 4, crash: 3, powerLoss: 6, wipe: 2), cluster,
      10_000)
    for (kind, share) in [
      (Attrition.Kind.graceful, 2_500), (.kill, 2_000), (.crash, 1_500), (.powerLoss, 3_000),
      (.wipe, 1_000),
    ] {
      #expect(abs(found.count { $0.kind == kind } - share) < 250, "\(kind)")
    }
  }

  @Test func `a kind of weight 0 never comes`() {
    let attrition = Attrition(maxDead: 1, graceful: 0, kill: 0, crash: 1, powerLoss: 0)
    #expect(strikes(attrition, cluster, 2_000).allSatisfy { $0.kind == .crash })
    withStream(deciding: [0, .max]) { stream in
      #expect(AttritionPlan(attrition).kind(from: stream) == .crash)
      #expect(AttritionPlan(attrition).kind(from: stream) == .crash)
    }
    // Weights whose sum, less each of them, leaves a rest of 0 for the highest decision.
    let rounded = Attrition(maxDead: 1, graceful: 0.3, kill: 0, crash: 0.7, powerLoss: 0)
    withStream(deciding: [.max]) { #expect(AttritionPlan(rounded).kind(from: $0) == .crash) }
  }

  @Test func `times lie in their ranges, and only the graceful have a grace period`() {
    let attrition = Attrition(
      maxDead: 4, scope: .zone, interval: .seconds(3) ... .seconds(4),
      grace: .seconds(5) ... .seconds(6), recovery: .seconds(7) ... .seconds(8))
    for strike in strikes(attrition, cluster, 500) {
      for victim in strike.victims {
        #expect(7_000_000_000...8_000_000_000 ~= victim.recovery)
        let grace: ClosedRange<UInt64> =
          strike.kind == .graceful ? 5_000_000_000...6_000_000_000 : 0...0
        #expect(grace ~= victim.grace)
      }
    }
    withStream { stream in
      for _ in 0..<500 {
        let delay = AttritionPlan(attrition).delay(from: stream)
        #expect(delay.map { 3_000_000_000...4_000_000_000 ~= $0 } == true)
      }
    }
  }

  @Test func `off means never, and no decision`() {
    let offs = [Attrition.off, Attrition(maxDead: 5, graceful: 0, kill: 0, crash: 0, powerLoss: 0)]
    for attrition in offs {
      withStream { stream in
        let plan = AttritionPlan(attrition)
        #expect(plan.delay(from: stream) == nil)
        #expect(plan.strike(among: cluster, from: stream) == nil)
        #expect(stream.drawnCount == 0)
      }
    }
    withStream { stream in
      #expect(AttritionPlan(Attrition(maxDead: 3)).strike(among: [], from: stream) == nil)
      #expect(stream.drawnCount == 0)
    }
  }

  /// A contract: other values would change what every seed means.
  @Test func `values are pinned`() {
    let found = strikes(Attrition(maxDead: 2, wipe: 1, scope: .machine), cluster, 2, seed: 42)
    #expect(
      found == [
        AttritionPlan.Strike(
          kind: .graceful,
          victims: [
            Victim(process: 6, grace: 3_669_438_774, recovery: 4_702_422_586),
            Victim(process: 7, grace: 4_812_086_104, recovery: 1_784_025_375),
          ]),
        AttritionPlan.Strike(
          kind: .kill,
          victims: [
            Victim(process: 0, grace: 0, recovery: 5_184_482_132),
            Victim(process: 1, grace: 0, recovery: 1_486_969_480),
          ]),
      ])
  }

  @Test func `a kind that is masked never comes, whatever its weight`() {
    for kind in Attrition.Kind.allCases {
      var attrition = Attrition(maxDead: 1, wipe: 1)
      attrition.families.remove(kind)
      let kinds = (1...1_000 as ClosedRange<UInt64>).flatMap { seed in
        strikes(attrition, cluster, 5, seed: seed).map(\.kind)
      }
      #expect(Set(kinds) == Set(Attrition.Kind.allCases).subtracting([kind]))
    }
    #expect(Attrition(maxDead: 1).without(.graceful, .kill, .crash, .powerLoss).isOff)
  }

  @Test func `what a seed chooses is valid, and within bounds`() throws {
    var drawn: [Attrition] = []
    for seed in 1...200 as ClosedRange<UInt64> {
      let attrition = withStream(seed: seed) { stream in
        let attrition = Attrition.random(from: stream)
        #expect(stream.drawnCount == 11)
        return attrition
      }
      try attrition.validate("a")
      drawn.append(attrition)
      #expect(Attrition.Kind.allCases.allSatisfy { (1.0...10).contains(attrition.weight(of: $0)) })
      #expect(attrition.interval.lowerBound >= .milliseconds(500))
      #expect(attrition.interval.upperBound <= .seconds(10))
      #expect(attrition.grace.upperBound <= .seconds(5))
      #expect(attrition.recovery.lowerBound >= .milliseconds(100))
      #expect(attrition.recovery.upperBound <= .seconds(20))
    }
    #expect(Set(drawn).count == 200)
    let mildest = withStream(deciding: Array(repeating: 0, count: 11)) {
      Attrition.random(from: $0)
    }
    #expect(mildest.graceful == 10 && mildest.crash == 1 && mildest.wipe == 1)
    #expect(mildest.interval == .seconds(2) ... .seconds(10))
    #expect(mildest.recovery == .milliseconds(100) ... .seconds(2))
  }

  @Test func `a wipe that was drawn has to be asked for, and off is off`() {
    #expect(!Attrition(.random).families.contains(.wipe))
    #expect(Attrition(.swarm).with(.wipe).families == Set(Attrition.Kind.allCases))
    #expect(Attrition(.off).isOff && Attrition(.off).maxDead == 0)
  }

  @Test(arguments: [
    Refusal("a.maxDead") { () throws(InvalidConfiguration) in
      try Attrition(maxDead: -1).validate("a")
    },
    Refusal("a.graceful") { () throws(InvalidConfiguration) in
      try Attrition(maxDead: 1, graceful: -1).validate("a")
    },
    Refusal("a.kill") { () throws(InvalidConfiguration) in
      try Attrition(maxDead: 1, kill: -0.5).validate("a")
    },
    Refusal("a.powerLoss") { () throws(InvalidConfiguration) in
      try Attrition(maxDead: 1, powerLoss: .nan).validate("a")
    },
    Refusal("a.crash") { () throws(InvalidConfiguration) in
      try Attrition(maxDead: 1, crash: .nan).validate("a")
    },
    Refusal("a.wipe") { () throws(InvalidConfiguration) in
      try Attrition(maxDead: 1, wipe: .infinity).validate("a")
    },
    Refusal("a") { () throws(InvalidConfiguration) in
      try Attrition(maxDead: 1, graceful: 0, kill: 0, crash: 0, powerLoss: 0).validate("a")
    },
    Refusal("a") { () throws(InvalidConfiguration) in
      let most = Double.greatestFiniteMagnitude
      try Attrition(maxDead: 1, graceful: most, crash: most).validate("a")
    },
    Refusal("a.interval") { () throws(InvalidConfiguration) in
      try Attrition(maxDead: 1, interval: .zero ... .zero).validate("a")
    },
    Refusal("a.interval.lowerBound") { () throws(InvalidConfiguration) in
      try Attrition(maxDead: 1, interval: .seconds(-1) ... .seconds(1)).validate("a")
    },
    Refusal("a.grace.lowerBound") { () throws(InvalidConfiguration) in
      try Attrition(maxDead: 1, grace: .seconds(-1) ... .seconds(1)).validate("a")
    },
    Refusal("a.recovery.upperBound") { () throws(InvalidConfiguration) in
      try Attrition(maxDead: 1, recovery: .zero ... .seconds(1e11)).validate("a")
    },
  ]) func `bad attrition is refused by name`(refusal: Refusal) { refusal.check() }

  @Test func `good attrition is accepted`() throws {
    try Attrition.off.validate("a")
    try Attrition(maxDead: 0, graceful: 0, kill: 0, crash: 0, powerLoss: 0).validate("a")
    try Attrition(maxDead: 1, graceful: 0, crash: 0.5, recovery: .zero ... .zero).validate("a")
  }
}
