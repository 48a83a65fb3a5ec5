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

private let second: UInt64 = 1_000_000_000

@Suite struct ClockModelTests {
  /// Clocks of all kinds, some of them changed, and an instant after the last change.
  private func withClocks(
    _ count: Int, latest: UInt64 = 1 << 63, _ body: (ClockModel, UInt64, DecisionStream) -> Void
  ) {
    withStream(seed: 9) { stream in
      for _ in 0..<count {
        var clock = ClockModel(
          epoch: Int64(stream.int(in: 0...1 << 60)),
          skew: Int64(stream.deviation(upTo: 1 << 40)),
          drift: stream.deviation(upTo: 500_000_000),
          monotonicStart: stream.uint64(below: 1 << 50))
        var now: UInt64 = 0
        for _ in 0..<stream.int(in: 0...3) {
          now += stream.uint64(below: latest / 4)
          clock.slew(to: stream.deviation(upTo: 500_000_000), at: now)
          clock.step(by: Int64(stream.deviation(upTo: 1 << 40)))
        }
        body(clock, now + stream.uint64(below: latest / 4), stream)
      }
    }
  }

  @Test func `a perfect clock reads the true time`() {
    let clock = ClockModel(epoch: 1_000)
    for now in [0, 1, second, 1 << 62] {
      #expect(clock.monotonic(at: now) == now)
      #expect(clock.wall(at: now) == 1_000 + Int64(now))
      #expect(clock.error(at: now) == 0)
      #expect(clock.instant(monotonic: now, from: 0) == now)
      #expect(clock.instant(wall: 1_000 + Int64(now), from: 0) == now)
    }
  }

  @Test func `a clock that is 100 ppm fast gains 100 µs in a second`() {
    let clock = ClockModel(skew: -5, drift: 100_000)
    #expect(clock.monotonic(at: second) == second + 100_000)
    #expect(clock.error(at: second) == 99_995)
    #expect(clock.monotonic(at: 9_999) == 9_999)
    #expect(clock.monotonic(at: 10_000) == 10_001)
    let slow = ClockModel(drift: -100_000)
    #expect(slow.monotonic(at: second) == second - 100_000)
  }

  @Test func `a step moves the wall clock and not the monotonic one`() {
    var clock = ClockModel(epoch: 7, drift: 3, monotonicStart: 50)
    let before = (clock.monotonic(at: second), clock.wall(at: second))
    clock.step(by: -2_000)
    #expect(clock.monotonic(at: second) == before.0)
    #expect(clock.wall(at: second) == before.1 - 2_000)
    clock.step(by: 5_000)
    #expect(clock.monotonic(at: second) == before.0)
    #expect(clock.wall(at: second) == before.1 + 3_000)
  }

  @Test func `a slew changes the rate and moves neither clock`() {
    withClocks(500) { clock, now, stream in
      var slewed = clock
      slewed.slew(to: stream.deviation(upTo: 500_000_000), at: now)
      #expect(slewed.monotonic(at: now) == clock.monotonic(at: now))
      #expect(slewed.wall(at: now) == clock.wall(at: now))
    }
    var clock = ClockModel(drift: 1_000)
    clock.slew(to: -1_000, at: second)
    #expect(clock.monotonic(at: 2 * second) == 2 * second)
    #expect(clock.drift == -1_000)
  }

  /// Each slew would lose a third of a nanosecond if it kept whole ones.
  @Test func `a thousand slews lose nothing`() {
    var clock = ClockModel(drift: 333_333_333)
    for step in 1...1_000 as ClosedRange<UInt64> {
      clock.slew(to: 333_333_333, at: step * 1_000)
    }
    #expect(clock.monotonic(at: 1_000_000) == 1_333_333)
    clock.slew(to: 0, at: 1_000_000)
    #expect(clock.monotonic(at: second) == second + 333_333)
  }

  @Test func `the monotonic clock never goes back`() {
    withClocks(500) { clock, now, stream in
      var clock = clock
      var (now, reading) = (now, clock.monotonic(at: now))
      for _ in 0..<20 {
        now += stream.uint64(below: 5)
        if stream.bool() { clock.slew(to: stream.deviation(upTo: 500_000_000), at: now) }
        if stream.bool() { clock.step(by: Int64(stream.deviation(upTo: 1 << 40))) }
        #expect(clock.monotonic(at: now) >= reading)
        reading = clock.monotonic(at: now)
      }
    }
  }

  @Test func `a deadline is the first instant at which the clock reads it`() {
    withClocks(2_000, latest: 1 << 60) { clock, now, stream in
      let ahead = stream.uint64(below: 1 << UInt64(stream.int(in: 0...59)))
      let monotonic = clock.monotonic(at: now) + ahead
      let first = clock.instant(monotonic: monotonic, from: now)
      #expect(clock.monotonic(at: first) >= monotonic)
      #expect(first == now || clock.monotonic(at: first - 1) < monotonic)
      let wall = clock.wall(at: now) + Int64(ahead)
      #expect(clock.instant(wall: wall, from: now) == first)
    }
  }

  @Test func `a deadline that has passed is now`() {
    let clock = ClockModel(epoch: 100, skew: 50, drift: -7, monotonicStart: 1_000)
    #expect(clock.instant(monotonic: 0, from: second) == second)
    #expect(clock.instant(monotonic: 1_500, from: second) == second)
    #expect(clock.instant(wall: -1, from: second) == second)
  }

  @Test func `nobody wakes early by his own clock, nor later than he must`() {
    withClocks(2_000) { clock, now, stream in
      let duration = stream.uint64(below: 1 << UInt64(stream.int(in: 1...59)))
      let woken = clock.wakeUp(after: duration, from: now)
      let slept = clock.monotonic(at: woken) - clock.monotonic(at: now)
      #expect(slept >= duration)
      #expect(woken == now || clock.monotonic(at: woken - 1) - clock.monotonic(at: now) < duration)
    }
  }

  @Test func `the ends of time saturate`() {
    for drift in [-500_000_000, 0, 500_000_000] {
      var clock = ClockModel(epoch: .max, skew: .max, drift: drift, monotonicStart: .max)
      #expect(clock.monotonic(at: .max) == .max)
      #expect(clock.wall(at: .max) == .max)
      #expect(clock.wakeUp(after: .max, from: .max) == .max)
      clock.slew(to: 500_000_000, at: .max)
      for _ in 0..<5 { clock.step(by: .min) }
      #expect(clock.wall(at: .max) < 0)
      #expect(clock.instant(wall: .max, from: .max) == .max)
    }
    let behind = ClockModel(epoch: .min, skew: .min)
    #expect(behind.wall(at: 0) == .min)
    #expect(behind.error(at: 1 << 63) == .min)
    #expect(ClockModel(drift: -500_000_000).instant(monotonic: .max, from: 0) == .max)
    #expect(ClockModel().instant(monotonic: 1 << 63, from: 5) == 1 << 63)
  }

  /// Multiplying by a rate as a floating-point number is off by then.
  @Test func `drift is exact after a century`() {
    let clock = ClockModel(drift: 1)
    let century: UInt64 = 3_155_760_000 * second
    #expect(clock.monotonic(at: century) == century + 3_155_760_000)
    #expect(clock.monotonic(at: century + 1) == century + 3_155_760_001)
  }
}
