//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolAssertions
import MoonpoolAssertions
import MoonpoolRuntime
import MoonpoolSim
import Testing

@Suite struct BuggifyTests {
  private func withBuggify<Result>(
    _ options: Buggify = Buggify(), seed: UInt64 = 1,
    _ body: (BuggifyTable, Decisions) -> Result
  ) -> Result {
    withDecisions(seed: seed) { decisions in
      let counts = AssertionTable()
      mp_assertions_enter(counts.raw)
      defer { mp_assertions_enter(nil) }
      let buggify = BuggifyTable(options) { decisions.stream($0) }
      buggify.install()
      return body(buggify, decisions)
    }
  }

  @Test func `a quarter of the sites is armed, and fires a quarter of the time`() {
    let sites = (1...2_000 as ClosedRange<UInt64>).map { seed in
      withBuggify(seed: seed) { buggify, _ in
        for _ in 0..<40 { _ = buggify.fires() }
        return buggify.sites[0]
      }
    }
    let armed = sites.filter(\.isArmed)
    // Five standard errors each.
    #expect(abs(armed.count - 500) < 97)
    let fired = armed.reduce(0) { $0 + Int($1.fired) }
    #expect(abs(fired - 10 * armed.count) < 310)
    #expect(sites.allSatisfy { $0.visited == 40 })
    #expect(sites.allSatisfy { $0.isArmed || $0.fired == 0 })
  }

  @Test func `what fires is what is counted`() {
    withBuggify(Buggify(armed: 1)) { buggify, _ in
      let fired = (0..<1_000).count { _ in buggify.fires() }
      #expect(buggify.sites.map(\.fired) == [UInt64(fired)])
      #expect(buggify.sites.map(\.visited) == [1_000])
    }
  }

  @Test func `off means false without a draw or a count`() {
    withBuggify(.off) { buggify, decisions in
      #expect(!(0..<100).contains { _ in buggify.fires(probability: 1) })
      #expect(!buggify.fires(named: "a", probability: 1))
      #expect(buggify.knob(5, in: 6...7) == 5)
      #expect(decisions.count == 0 && buggify.sites.isEmpty)
    }
    withBuggify(Buggify(armed: 1, fired: 1)) { buggify, decisions in
      #expect(buggify.fires(named: "a"))
      let before = decisions.count
      buggify.isEnabled = false
      #expect(!buggify.fires(named: "a"))
      #expect(decisions.count == before && buggify.sites[0].visited == 1)
      buggify.isEnabled = true
      #expect(buggify.fires(named: "a"))
    }
  }

  @Test func `probabilities of 0 are never, and of 1 always`() {
    for seed in 1...50 as ClosedRange<UInt64> {
      withBuggify(Buggify(armed: 0, fired: 1), seed: seed) { buggify, _ in
        #expect(!buggify.fires(probability: 1))
      }
      withBuggify(Buggify(armed: 1, fired: 0), seed: seed) { buggify, _ in
        #expect(!buggify.fires())
        #expect(buggify.fires(probability: 1))
        #expect(!buggify.fires(probability: .nan))
      }
    }
  }

  @Test func `a site is a line, or a name, and keeps its own stream`() {
    withBuggify(Buggify(armed: 1)) { buggify, decisions in
      for _ in 0..<3 { _ = buggify.fires(file: "M/A.swift", line: 1) }
      _ = buggify.fires(file: "M/A.swift", line: 2)
      _ = buggify.fires(file: "M/B.swift", line: 1)
      _ = buggify.fires(named: "M/A.swift:1")
      _ = buggify.fires(named: "x")
      _ = buggify.fires(named: "é")
      #expect(
        buggify.sites.map(\.name) == [
          "M/A.swift:1", "M/A.swift:2", "M/B.swift:1", "M/A.swift:1", "x", "é",
        ])
      #expect(buggify.sites.map(\.visited) == [3, 1, 1, 1, 1, 1])
      #expect(
        decisions.streams.map(\.description).first == "buggify/place/M/A.swift:1")
      #expect(Set(decisions.streams).count == 6)
    }
  }

  @Test func `equal text is one site, wherever it lies`() {
    let literal: StaticString = "a/b.swift"
    let elsewhere = copy(of: literal)
    #expect(literal.utf8Start != elsewhere.utf8Start && "\(elsewhere)" == "a/b.swift")
    withBuggify(Buggify(armed: 1, fired: 1)) { buggify, _ in
      _ = buggify.fires(file: literal, line: 3)
      _ = buggify.fires(file: elsewhere, line: 3)
      #expect(buggify.sites.count == 1)
      #expect(buggify.sites[0].visited == 2)
    }
  }

  @Test func `a new site shifts no other`() {
    func fired(also other: Bool, seed: UInt64) -> [Bool] {
      withBuggify(Buggify(armed: 0.5, fired: 0.5), seed: seed) { buggify, _ in
        (0..<20).map { _ in
          if other { _ = buggify.fires(named: "other") }
          return buggify.fires(named: "site")
        }
      }
    }
    for seed in 1...50 as ClosedRange<UInt64> {
      #expect(fired(also: false, seed: seed) == fired(also: true, seed: seed))
    }
  }

  @Test func `thousands of sites are told apart`() {
    withBuggify(Buggify(armed: 0)) { buggify, decisions in
      for round in 1...3 as ClosedRange<UInt> {
        for line in 1...3_000 as ClosedRange<UInt> {
          for _ in 0..<round { _ = buggify.fires(file: "M/A.swift", line: line) }
        }
      }
      #expect(buggify.sites.count == 3_000)
      #expect(buggify.sites.allSatisfy { $0.visited == 6 })
      #expect(buggify.sites[2_999].name == "M/A.swift:3000")
      #expect(decisions.count == 3_000)
    }
  }

  @Test func `a knob turns when its site fires`() {
    withBuggify(Buggify(armed: 1)) { buggify, decisions in
      let values = (0..<4_000).map { _ in buggify.knob(100, in: 1...3) }
      #expect(Set(values) == [100, 1, 2, 3])
      // Five standard errors.
      #expect(abs(values.count { $0 != 100 } - 1_000) < 137)
      #expect(decisions.count == 4_001 + UInt64(values.count { $0 != 100 }))
      let doubles = (0..<100).map { _ in buggify.knob(9.0, in: 0...1) }
      #expect(doubles.contains { $0 <= 1 } && doubles.contains(9))
      let durations = (0..<100).map { _ in
        buggify.knob(.seconds(9), in: .zero ... .nanoseconds(1))
      }
      #expect(Set(durations) == [.seconds(9), .zero, .nanoseconds(1)])
    }
    withBuggify(Buggify(armed: 0)) { buggify, _ in
      #expect((0..<100).allSatisfy { _ in buggify.knob(7, in: 1...3) == 7 })
    }
  }

  @Test func `a knob of all finite numbers turns to finite ones`() {
    withBuggify(Buggify(armed: 1, fired: 1)) { buggify, _ in
      let most = Double.greatestFiniteMagnitude
      let values = (0..<200).map { _ in buggify.knob(1.0, in: -most...most) }
      #expect(values.allSatisfy(\.isFinite) && Set(values).count == 200)
      #expect(values.contains { $0 < -most / 2 } && values.contains { $0 > most / 2 })
    }
  }

  @Test func `a knob without an end is refused`() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      BuggifyTests().withBuggify { buggify, _ in _ = buggify.knob(1.0, in: 0 ... .infinity) }
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("the range of a buggify knob has finite ends, not 0.0...inf"))
  }

  /// A contract: other values would change what every seed means.
  @Test func `what fires is pinned`() {
    let fired = withBuggify(Buggify(armed: 1), seed: 42) { buggify, _ in
      (0..<40).filter { _ in buggify.fires(named: "site") }
    }
    #expect(fired == [9, 11, 12, 16, 17, 18, 20, 27, 33, 35, 36, 37, 39])
    let armed = (1...40 as ClosedRange<UInt64>).filter { seed in
      withBuggify(seed: seed) { buggify, _ in
        _ = buggify.fires(file: "M/A.swift", line: 1)
        return buggify.sites[0].isArmed
      }
    }
    #expect(armed == [4, 6, 11, 13, 18, 23, 27, 28, 35, 36, 38])
  }

  @Test func `a site says what it did`() {
    withBuggify(Buggify(armed: 1, fired: 1)) { buggify, _ in
      _ = buggify.fires(named: "drop reply")
      #expect("\(buggify.sites[0])" == "drop reply: fired 1 of 1 visits")
    }
    withBuggify(Buggify(armed: 0)) { buggify, _ in
      _ = buggify.fires(named: "drop reply")
      #expect("\(buggify.sites[0])" == "drop reply: not armed, 1 visits")
    }
  }

  @Test(arguments: [
    Refusal("a.armed") { () throws(InvalidConfiguration) in
      try Buggify(armed: 1.2).validate("a")
    },
    Refusal("a.armed") { () throws(InvalidConfiguration) in
      try Buggify(armed: .nan).validate("a")
    },
    Refusal("a.fired") { () throws(InvalidConfiguration) in
      try Buggify(fired: -0.1).validate("a")
    },
  ]) func `bad options are refused by name`(refusal: Refusal) { refusal.check() }

  @Test func `good options are accepted`() throws {
    try Buggify.off.validate("a")
    try Buggify(armed: 0, fired: 1).validate("a")
  }
}

/// The same text at another address, as the linker leaves it in another module. It is never freed.
private func copy(of literal: StaticString) -> StaticString {
  /// The frozen layout of a literal.
  struct Layout {
    var start: UInt
    var count: UInt
    var flags: UInt8
  }
  let text = UnsafeMutablePointer<UInt8>.allocate(capacity: literal.utf8CodeUnitCount)
  text.initialize(from: literal.utf8Start, count: literal.utf8CodeUnitCount)
  var layout = unsafeBitCast(literal, to: Layout.self)
  layout.start = UInt(bitPattern: text)
  return unsafeBitCast(layout, to: StaticString.self)
}

/// What programs call; it asks the table that is installed.
extension BuggifyTable {
  fileprivate func fires(file: StaticString = #fileID, line: UInt = #line) -> Bool {
    buggify(file: file, line: line)
  }
  fileprivate func fires(
    probability: Double, file: StaticString = #fileID, line: UInt = #line
  ) -> Bool {
    buggify(probability: probability, file: file, line: line)
  }
  fileprivate func fires(named name: StaticString, probability: Double? = nil) -> Bool {
    buggify(named: name, probability: probability)
  }
  fileprivate func knob(_ standard: Int, in range: ClosedRange<Int>) -> Int {
    buggifyKnob(standard, in: range, file: "knob")
  }
  fileprivate func knob(_ standard: Double, in range: ClosedRange<Double>) -> Double {
    buggifyKnob(standard, in: range, file: "knob.double")
  }
  fileprivate func knob(_ standard: Duration, in range: ClosedRange<Duration>) -> Duration {
    buggifyKnob(standard, in: range, file: "knob.duration")
  }
}
