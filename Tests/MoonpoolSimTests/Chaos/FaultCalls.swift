//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolSim

/// Every public call of `FaultContext`, each with what clients, peers and disks see of it.
///
/// The chaos phase is over at about 2,050 ms; each call is made at 500 ms.
let faultCalls: [FaultCall] = timeCalls + processCalls + networkCalls + clockCalls

private let timeCalls = [
  FaultCall("sleep(for:)") { faults in
    try await faults.sleep(for: .milliseconds(300))
    faults.tell("awake")
  } expect: { seen in
    require((800...801).contains(seen.time("awake") ?? 0), "awake at \(seen.time("awake") ?? 0)")
  },
  FaultCall("wait(until:)") { faults in
    // Each process ticks every 50 ms: the 60th tick of all three is at about 950 ms.
    try await faults.wait { $0.count("tick") >= 60 }
    faults.tell("enough")
  } expect: { seen in
    let ticks = seen.events("tick", in: 0..<(seen.time("enough") ?? 0)).count
    return require((60...62).contains(ticks), "\(ticks) ticks")
      + require((940...1_010).contains(seen.time("enough") ?? 0), "at \(seen.time("enough") ?? 0)")
  },
  FaultCall("tell(_:_:)") {
    $0.tell("storm", ["wind": "11"])
  } expect: { seen in
    let told = seen.events("storm", "simulation")
    return require(told.count == 1 && told[0].kind == .fault && told[0]["wind"] == "11", "\(told)")
  },
  FaultCall("intensity(of:)") { faults in
    faults.tell("zone", ["intensity": "\(faults.intensity(of: "dc1-z1"))"])
  } expect: { seen in  // with storms: CorrelatedFailuresTests
    require(seen.events("zone").first?["intensity"] == "1.0", "\(seen.events("zone"))")
  },
  FaultCall("waitForStrike(in:perSecond:)") { faults in
    for _ in 0..<20 {
      try await faults.waitForStrike(in: "dc1-z1", perSecond: 100)
      faults.tell("strike")
    }
    try await faults.waitForStrike(in: "dc1-z1", perSecond: 0)
    faults.tell("never")
  } expect: { seen in
    let last = seen.events("strike").last?.time ?? .zero
    // Twenty at 100 per second: 200 ms, with a standard deviation of 45 ms.
    return require((.milliseconds(550)...(.milliseconds(900))).contains(last), "last at \(last)")
      + require(seen.events("strike").count == 20 && seen.events("never").isEmpty, "number")
  },
]

private func reboots(_ kind: RebootKind) -> FaultCall {
  FaultCall("reboot(_:_:grace:recovery:)") { faults in
    faults.reboot(
      faults.cluster.processes[0], kind, grace: .milliseconds(300), recovery: .milliseconds(400))
  } expect: { seen in
    let boots = seen.events("booted", "store-0")
    let held = seen.events("held").filter { $0["server"] == "store-0" }
    // A program that is asked to end does so at once, and a wait for that looks every few ms.
    let restart = boots.last.map { Int($0.time / .milliseconds(1)) } ?? 0
    let files = boots.last?["found"] ?? ""
    // A call that was under way when the kernel died ends by its timeout, at 700 ms at most.
    let gone = seen.probes("store-0", in: (kind == .powerLoss ? 550 : 710)..<880)
    let isOff = [.crash, .powerLoss, .crashAndWipe].contains(kind)
    return require(seen.report.starts == [2, 1, 1], "starts \(seen.report.starts)")
      + require((900...950).contains(restart), "booted at \(restart)")
      + require(seen.report.processes.reboots == [kind: 1], "\(seen.report.processes)")
      + require(
        gone == [kind == .powerLoss ? "TimeoutError" : "connectionRefused"], "\(gone) while down")
      + require(
        seen.events("asked to end", in: 500..<2_000).count == (kind == .graceful ? 1 : 0), "asked")
      + require(
        isOff
          ? held.allSatisfy { $0["result"] == "CancellationError" }
          : held.first.map { $0.time < .milliseconds(600) } ?? false,
        "a connection of it: \(held)")
      + require(
        kind == .crashAndWipe ? files.isEmpty : files.contains("synchronized"), "files: \(files)")
      + require(isOff || files == "synchronized written", "files: \(files)")
      + require(seen.probes("store-0", in: 1_200..<3_500) == ["ok"], "after")
      + require(seen.probes("store-1", in: 500..<3_500) == ["ok"], "another")
  }
}

private let processCalls =
  RebootKind.allCases.map(reboots) + [
    FaultCall("reboot(_:_:grace:recovery:)") { faults in
      // Who is down isn't rebooted: the restart that was planned comes as planned.
      faults.reboot(faults.cluster.processes[0], .crash, recovery: .milliseconds(100))
      faults.reboot(faults.cluster.processes[0], .powerLoss, recovery: nil)
    } expect: { seen in
      let restart = seen.time("started", "store-0", after: 500) ?? 0
      return require((600...602).contains(restart), "started at \(restart)")
        + require(seen.report.processes.reboots == [.crash: 1], "\(seen.report.processes)")
    },
    FaultCall("holdDown(_:_:)") { faults in
      let processes = faults.cluster.processes
      faults.holdDown(processes[0])
      faults.reboot(processes[1], .crash, recovery: .milliseconds(100))
      faults.holdDown(processes[1])
      faults.reboot(processes[2], .graceful, grace: .seconds(60), recovery: nil)
    } expect: { seen in
      // Nothing starts them before the end of the phase, which starts all three.
      let starts = (0..<3).map { seen.time("started", "store-\($0)", after: 500) ?? 0 }
      return require(starts.allSatisfy { (1_990...2_100).contains($0) }, "started at \(starts)")
        + require(seen.report.starts == [2, 2, 2], "\(seen.report.starts)")
        // A call that was under way when the kernel died ends by its timeout, at 700 ms at most.
        + require(seen.probes("store-0", in: 710..<1_900) == ["connectionRefused"], "held")
    },
    FaultCall("start(_:)") { faults in
      let processes = faults.cluster.processes
      faults.start(processes[2])  // it runs: nothing happens
      faults.holdDown(processes[0], .powerLoss)
      faults.reboot(processes[1], .crash, recovery: .milliseconds(300))
      try await faults.sleep(for: .milliseconds(200))
      faults.start(processes[0])
      faults.start(processes[1])
    } expect: { seen in
      let starts = (0..<2).map { seen.time("started", "store-\($0)", after: 500) ?? 0 }
      return require(starts.allSatisfy { (700...701).contains($0) }, "started at \(starts)")
        + require(seen.report.starts == [2, 2, 1], "\(seen.report.starts)")
    },
    FaultCall("pause(_:for:)") { faults in
      faults.pause(faults.cluster.processes[0], for: .milliseconds(600))
    } expect: { seen in
      let during = seen.events("tick", "store-0", in: 501..<1_100).count
      return require(during == 0, "\(during) ticks")
        + require(seen.probes("store-0", in: 710..<1_090) == ["TimeoutError"], "probes")
        + require(seen.heard(from: "store-0", to: "store-1", in: 520..<1_090) == 0, "heard")
        + require(
          (.milliseconds(600)...(.milliseconds(601))).contains(seen.report.processes.stoodStill),
          "counted \(seen.report.processes.stoodStill)")
        + require(seen.probes("store-0", in: 1_330..<3_500) == ["ok"], "after")
    },
    FaultCall("slow(_:by:for:)") { faults in
      faults.slow(faults.cluster.processes[0], by: 101, for: .seconds(1))
    } expect: { seen in
      // A round of gossip takes 10 ms, and then up to 100 ms more; 100 rounds are 10 to 20.
      let slow = seen.heard(from: "store-0", to: "store-1", in: 520..<1_480)
      let other = seen.heard(from: "store-2", to: "store-1", in: 520..<1_480)
      return require((5...20).contains(slow) && other > 80, "heard \(slow) and \(other)")
        + require(seen.report.processes.slowdowns == 1, "counted")
        + require(seen.heard(from: "store-0", to: "store-1", in: 1_550..<2_500) > 80, "after")
    },
  ]

private let networkCalls = [
  FaultCall("partition(_:from:)") { faults in
    let all = faults.cluster.processes
    faults.partition([all[0]], from: [all[1], all[2]])
  } expect: { seen in
    seen.silence("store-0", "store-1") + seen.silence("store-2", "store-0")
      + seen.talk("store-1", "store-2")
      // The client is on neither side.
      + require(seen.probes("store-0", in: 500..<3_500) == ["ok"], "client")
      + require(seen.heard(from: "store-0", to: "store-1", in: 2_150..<3_000) > 60, "healed")
  },
  FaultCall("partitionOneWay(from:to:)") { faults in
    let all = faults.cluster.processes
    faults.partitionOneWay(from: [all[0]], to: [all[1], all[2]])
  } expect: { seen in
    seen.silence("store-0", "store-1") + seen.silence("store-0", "store-2")
      + seen.talk("store-1", "store-0") + seen.talk("store-2", "store-1")
      + require(seen.heard(from: "store-0", to: "store-1", in: 2_150..<3_000) > 60, "healed")
  },
  FaultCall("isolate(_:)") { faults in
    faults.isolate([faults.cluster.processes[0]])
  } expect: { seen in
    seen.silence("store-0", "store-1") + seen.silence("store-1", "store-0")
      + seen.talk("store-1", "store-2")
      + require(seen.probes("store-0", in: 750..<1_950) == ["TimeoutError"], "client")
      + require(seen.probes("store-1", in: 500..<3_500) == ["ok"], "client of another")
      + require(seen.probes("store-0", in: 2_600..<3_500) == ["ok"], "healed")
  },
  FaultCall("heal(_:)") { faults in
    let all = faults.cluster.processes
    let first = faults.partition([all[0]], from: [all[1]])
    faults.partition([all[0]], from: [all[2]])
    try await faults.sleep(for: .milliseconds(300))
    faults.heal(first)
  } expect: { seen in
    require(seen.heard(from: "store-0", to: "store-1", in: 520..<790) == 0, "cut")
      + require(seen.heard(from: "store-0", to: "store-1", in: 850..<1_950) > 80, "healed")
      + seen.silence("store-0", "store-2")
  },
  FaultCall("healAll()") { faults in
    let all = faults.cluster.processes
    faults.isolate([all[0]])
    faults.partition([all[1]], from: [all[2]])
    try await faults.sleep(for: .milliseconds(300))
    faults.healAll()
  } expect: { seen in
    [("store-0", "store-1"), ("store-2", "store-0"), ("store-1", "store-2")].flatMap { a, b in
      require(seen.heard(from: a, to: b, in: 520..<790) == 0, "\(a) to \(b) was open")
        + require(seen.heard(from: a, to: b, in: 850..<1_950) > 80, "\(a) to \(b) is cut")
    }
  },
  FaultCall("clog(from:to:for:)") { faults in
    let all = faults.cluster.processes
    faults.clog(from: all[0], to: all[1], for: .milliseconds(500))
  } expect: { seen in
    require(seen.heard(from: "store-0", to: "store-1", in: 520..<990) == 0, "clogged")
      + require(seen.heard(from: "store-0", to: "store-1", in: 1_050..<1_950) > 60, "free again")
      + seen.talk("store-1", "store-0") + seen.talk("store-0", "store-2")
  },
]

private let clockCalls = [
  FaultCall("jump(_:by:)") { faults in
    faults.jump(faults.cluster.processes[0], by: .milliseconds(-250))
  } expect: { seen in
    let off = Set(seen.events("tick", "store-0", in: 501..<2_000).map { $0.int("off_us") })
    let other = Set(seen.events("tick", "store-1").map { $0.int("off_us") })
    let after = Set(seen.events("tick", "store-0", in: 2_060..<3_500).map { $0.int("off_us") })
    return require(off == [-250_000], "off by \(off)") + require(other == [0], "other by \(other)")
      + require(after == [0], "after by \(after)")
      + require(seen.report.clocks.jumps == 1, "counted")
  },
  FaultCall("changeRate(of:to:)") { faults in
    faults.changeRate(of: faults.cluster.processes[0], to: 500_000_000)
  } expect: { seen in
    // One that goes half as fast again ticks so, too: 45 times in 1.5 s, not 30.
    let ticks = seen.events("tick", "store-0", in: 500..<2_000).count
    let other = seen.events("tick", "store-1", in: 500..<2_000).count
    let off = seen.events("tick", "store-0", in: 1_900..<2_000).last?.int("off_us") ?? 0
    return require((44...46).contains(ticks) && (29...31).contains(other), "\(ticks), \(other)")
      + require((700_000...750_000).contains(off), "off by \(off)")
      + require(seen.report.clocks.rateChanges == 1, "counted")
  },
]

extension FaultWitness {
  /// Complains unless the way is cut while the phase lasts.
  fileprivate func silence(_ sender: String, _ receiver: String) -> [String] {
    let count = heard(from: sender, to: receiver, in: 520..<1_950)
    return require(count == 0, "\(receiver) heard \(sender) \(count) times")
  }

  /// Complains unless the way is open all the time.
  fileprivate func talk(_ sender: String, _ receiver: String) -> [String] {
    let count = heard(from: sender, to: receiver, in: 520..<1_950)
    return require(count > 100, "\(receiver) heard \(sender) only \(count) times")
  }
}
