//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Logging
import MoonpoolCore
import MoonpoolSim
import Synchronization
import Testing

/// Typed events stand in memory that the timeline divides itself: what goes in comes out, whatever
/// its size, and is let go of once.
@Suite struct EventStorageTests {
  /// Nothing at all.
  private struct Nothing: NodeEvent {}
  /// Less than a word, so that what follows doesn't begin where it ends.
  private struct Flag: NodeEvent, Equatable { var number: UInt8 }
  /// Aligned to 16 bytes: read from elsewhere it traps.
  private struct Lanes: NodeEvent, Equatable { var lanes: SIMD4<Double> }
  /// More than there is for all typed events of a page at first.
  private struct Large: NodeEvent, Equatable {
    var first: SIMD64<Int>
    var second: SIMD64<Int>
    var third: SIMD64<Int>
  }
  /// Holds something on the heap.
  private struct Text: NodeEvent, Equatable { var text: String }

  private static func large(_ number: Int) -> Large {
    Large(first: .init(repeating: number), second: .zero, third: .init(repeating: -number))
  }

  private static func text(_ number: Int) -> Text { Text(text: "a text of some length, \(number)") }

  /// Everything that a reader of these types finds.
  private struct Seen: Equatable, Sendable {
    var nothings = 0
    var flags: [Flag] = []
    var lanes: [Lanes] = []
    var large: [Large] = []
    var texts: [Text] = []

    init(of numbers: [Int]) {
      nothings = numbers.count
      flags = numbers.map { Flag(number: UInt8($0)) }
      lanes = numbers.map { Lanes(lanes: .init(repeating: Double($0))) }
      large = numbers.map { EventStorageTests.large($0) }
      texts = numbers.map { EventStorageTests.text($0) }
    }

    mutating func read(_ timeline: inout TimelineReader) {
      nothings += timeline.new(Nothing.self).count
      flags += timeline.new(Flag.self).map(\.event)
      lanes += timeline.new(Lanes.self).map(\.event)
      for (event, _) in timeline.new(Large.self) { large.append(event) }
      for (event, _) in timeline.new(Text.self) { texts.append(event) }
    }
  }

  @Test func `events of all sizes come out as they went in, during the run and after it`() {
    let all = Array(0..<100)
    let scenario = Scenario("sizes") {
      Clients { node, _ in
        for number in all {
          node.emit(Nothing())
          node.emit(Flag(number: UInt8(number)))
          node.emit(Lanes(lanes: .init(repeating: Double(number))))
          node.emit(EventStorageTests.large(number))
          node.emit(EventStorageTests.text(number))
          if number % 7 == 0 { try await node.clock.sleep(for: .milliseconds(1)) }
        }
      }
      Invariant("all is seen", state: Seen(of: [])) { seen, timeline in
        seen.read(&timeline)
        guard seen == Seen(of: Array(all.prefix(seen.nothings))) else {
          throw PropertyViolation("\(seen)")
        }
      }
    }
    let report = scenario.run(seed: 1)
    #expect(report.passed, "\(report.line)")
    var seen = Seen(of: [])
    // Each event is written again, into a page of its own.
    var reader = TimelineReader(Timeline(report.timeline))
    seen.read(&reader)
    #expect(seen == Seen(of: all))
    #expect(report.timeline.compactMap { $0.value as? Text } == all.map { Self.text($0) })
    #expect(report.timeline.compactMap { $0.value as? Large } == all.map { Self.large($0) })
  }

  /// Counts how many of its kind there are.
  private final class Token: Sendable {
    static let count = Atomic(0)
    init() { Self.count.add(1, ordering: .relaxed) }
    deinit { Self.count.subtract(1, ordering: .relaxed) }
    static var living: Int { count.load(ordering: .relaxed) }
  }
  private struct Holding: NodeEvent { var token = Token() }

  @Test func `what an event holds lives as long as one of its page, and not longer`() {
    var events: [TimelineEvent] = (0..<50).map {
      // Beside one that holds nothing, in pages of its own.
      TimelineEvent(
        time: .zero, source: "a", name: "x", value: $0 % 5 == 0 ? Flag(number: 1) : Holding())
    }
    #expect(Token.living == 40)
    var copy = events[1]
    copy.value = nil
    #expect(Token.living == 40)
    events.removeSubrange(0..<5)
    #expect(Token.living == 36)
    events = []
    #expect(Token.living == 0 && copy.name == "x")

    func emit(_ count: Int) -> SimulationReport {
      Scenario("tokens") {
        Clients { node, _ in
          for number in 0..<count {
            node.emit(Holding())
            node.emit(Flag(number: UInt8(number)))
          }
        }
      }.run(seed: 1)
    }
    var report: SimulationReport? = emit(100)
    #expect(report?.passed == true && Token.living == 100)
    report = nil
    #expect(Token.living == 0)
  }

  private struct Other: NodeEvent {
    static var eventName: String { "Flag" }
  }

  private func timeline(_ values: [any NodeEvent]) -> Timeline {
    let name = "Flag"
    return Timeline(values.map { TimelineEvent(time: .zero, source: "a", name: name, value: $0) })
  }

  @Test func `what is new is a collection, whatever else goes by its name`() {
    func numbers(_ pattern: String) -> NewEvents<Flag> {
      var next: UInt8 = 0
      var reader = TimelineReader(
        timeline(
          pattern.map {
            next += 1
            return $0 == "f" ? Flag(number: next) : Other()
          }))
      return reader.new(Flag.self)
    }
    for pattern in ["", "o", "f", "of", "fo", "ofo", "fofooffo", "ooffoo", "fff"] {
      let events = numbers(pattern)
      let expected = pattern.enumerated().filter { $0.element == "f" }.map { $0.offset }
      #expect(events.map(\.at.number) == expected, "\(pattern)")
      var visited: [Int] = []
      for (_, place) in events { visited.append(place.number) }
      #expect(visited == expected, "\(pattern)")
      #expect(events.indices.map { events[$0].at.number } == expected, "\(pattern)")
      #expect(events.map { Int($0.event.number) } == expected.map { $0 + 1 }, "\(pattern)")
      #expect(events.reversed().map(\.at.number) == expected.reversed(), "\(pattern)")
      #expect(events.isEmpty == expected.isEmpty && events.count == expected.count, "\(pattern)")
      #expect(events.first?.at.number == expected.first, "\(pattern)")
      #expect(events.last?.at.number == expected.last, "\(pattern)")
    }
  }

  @Test func `what was new stays what it was`() {
    let timeline = timeline([Flag(number: 1), Flag(number: 2)])
    var reader = TimelineReader(timeline)
    let first = reader.new(Flag.self)
    for number in UInt8(3)..<100 {
      timeline.append(
        TimelineEvent(time: .zero, source: "a", name: "Flag", value: Flag(number: number)))
    }
    #expect(first.map(\.event.number) == [1, 2])
    #expect(reader.new(Flag.self).map(\.event.number) == Array(3..<100))
    #expect(reader.new(Flag.self).isEmpty)
  }

  @Test(arguments: [1, 7, 1_000])
  func `an invariant reads what is kept, and each once`(capacity: Int) {
    var scenario = Scenario("kept") {
      Clients { node, _ in
        for number in 0..<200 {
          node.emit(Flag(number: UInt8(number)))
          node.emit(EventStorageTests.text(number))
          try await node.clock.sleep(for: .milliseconds(1))
        }
      }
      Invariant("one by one", state: UInt8(0)) { next, timeline in
        for (flag, place) in timeline.new(Flag.self) {
          guard flag.number == next, place.name == "Flag" else {
            throw PropertyViolation("\(place), not \(next)")
          }
          next += 1
        }
        guard timeline.count("Flag") == next else { throw PropertyViolation("\(next) seen") }
      }
    }
    scenario.timelineCapacity = capacity
    let report = scenario.run(seed: 1)
    #expect(report.passed, "\(report.line)")
  }

  private class Animal: NodeEvent, @unchecked Sendable {
    class var eventName: String { "animal" }
  }
  private final class Cat: Animal, @unchecked Sendable {
    override class var eventName: String { "cat" }
  }

  /// Keeps the names of what it is given.
  private final class Recorder: NodeEventRecorder {
    let names = Mutex<[String]>([])
    func record(_ event: some NodeEvent) {
      names.withLock { $0.append(type(of: event).eventName) }
    }
  }

  @Test func `an object is called what it is, not what it goes by`() {
    let report = Scenario("animals") {
      Clients { node, _ in
        for animal in [Cat(), Animal(), Cat()] { node.emit(animal) }
      }
    }.run(seed: 1)
    let told = report.timeline.filter { $0.kind == .event }
    #expect(report.passed && told.map(\.name) == ["cat", "animal", "cat"])
    var reader = TimelineReader(Timeline(told))
    #expect(reader.new(Cat.self).map(\.at.number) == [0, 2])
    #expect(reader.new(Animal.self).map(\.at.number) == [1])
  }

  @Test func `a node without a recorder logs, and with another one asks that`() {
    let recorder = Recorder()
    let report = Scenario("recorders") {
      Clients { node, _ in
        var other = node
        other.eventRecorder = nil
        other.emit(Flag(number: 3))
        other.eventRecorder = recorder
        other.emit(Flag(number: 4))
        node.emit(Flag(number: 5))
        if other.eventRecorder is Recorder { node.emit(Nothing()) }
      }
    }.run(seed: 1)
    let told = report.timeline.filter { $0.kind == .event || $0.kind == .log }
    #expect(report.passed && told.map(\.kind) == [.log, .event, .event])
    #expect(told.map(\.name) == ["Flag", "Flag", "Nothing"])
    #expect(told.map { $0["event"] } == ["Flag(number: 3)", "Flag(number: 5)", "Nothing()"])
    #expect(recorder.names.withLock { $0 } == ["Flag"])
  }
}
