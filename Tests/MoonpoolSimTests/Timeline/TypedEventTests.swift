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

/// Typed events: what is written down of them, and when.
@Suite struct TypedEventTests {
  /// Counts how often it is asked what it says.
  private struct Asked: NodeEvent {
    let count: Counter
    var metadata: Logger.Metadata {
      ["asked": "\(count.value.add(1, ordering: .relaxed).newValue)"]
    }
  }

  private final class Counter: Sendable {
    let value = Atomic(0)
  }

  private func timeline(_ events: @escaping @Sendable (Node) async throws -> Void)
    -> [TimelineEvent]
  {
    let report = Scenario("events") {
      Clients { node, _ in try await events(node) }
    }.run(seed: 1)
    #expect(report.passed, "\(report.line)")
    return report.timeline.filter { $0.kind == .event }
  }

  @Test func `a value says what it is when somebody reads it`() {
    let counter = Counter()
    let told = timeline { $0.emit(Asked(count: counter)) }
    #expect(counter.value.load(ordering: .relaxed) == 0)
    #expect(told.map(\.name) == ["Asked"] && told[0].source == "client")
    #expect(told[0]["asked"] == "1" && told[0].int("asked") == 2)
  }

  /// Its state changes after it was told.
  private final class Open: NodeEvent {
    let isOpen = Atomic(true)
    var metadata: Logger.Metadata { ["open": "\(isOpen.load(ordering: .relaxed))"] }
  }

  @Test func `an object is told as it was`() {
    let told = timeline { node in
      let door = Open()
      node.emit(door)
      door.isOpen.store(false, ordering: .relaxed)
      node.emit(door)
    }
    #expect(told.map { $0["open"] } == ["true", "false"])
  }

  private class Animal: NodeEvent, @unchecked Sendable {
    class var eventName: String { "animal" }
  }
  private final class Dog: Animal, @unchecked Sendable {}
  private struct Robot: NodeEvent {
    static var eventName: String { "animal" }
    var number: Int
  }

  @Test func `a reader of a type gets it and what is derived from it, under the same name`() {
    let told = timeline { node in
      node.emit(Animal())
      node.emit(Robot(number: 7))
      node.emit(Dog())
    }
    #expect(told.map(\.name) == ["animal", "animal", "animal"])
    var animals = TimelineReader(Timeline(told))
    #expect(animals.new(Animal.self).map(\.at.number) == [0, 2])
    var dogs = TimelineReader(Timeline(told))
    #expect(dogs.new(Dog.self).map(\.at.number) == [2])
    var robots = TimelineReader(Timeline(told))
    #expect(robots.new(Robot.self).map(\.event.number) == [7])
    // One cursor for the name, however it is asked for.
    #expect(robots.new("animal").isEmpty && robots.new(Animal.self).isEmpty)
  }

  @Test func `many names are read, each from where it stands`() {
    let timeline = Timeline()
    var reader = TimelineReader(timeline)
    for round in 0..<3 {
      for name in 0..<20 {
        timeline.append(TimelineEvent(time: .seconds(round), source: "a", name: "\(name)"))
      }
      for name in 0..<20 {
        #expect(reader.new("\(name)").map(\.number) == [20 * round + name])
        #expect(reader.new("\(name)").isEmpty && reader.count("\(name)") == round + 1)
      }
    }
    #expect(reader.new("never").isEmpty && reader.count("never") == 0)
  }

  @Test func `a copy that is changed leaves the event as it was`() {
    let told = timeline { node in for number in 0..<100 { node.emit(Robot(number: number)) } }
    var copies = told
    for index in copies.indices {
      copies[index].name = "other"
      copies[index].value = nil
      copies[index].metadata = [:]
      copies[index].number = -1
    }
    #expect(told.map { ($0.value as? Robot)?.number } == Array(0..<100))
    #expect(told.allSatisfy { $0.name == "animal" && $0.metadata["event"] != nil })
    #expect(copies.allSatisfy { $0.name == "other" && $0.value == nil && $0.metadata.isEmpty })
    #expect(zip(told, told.dropFirst()).allSatisfy { $0.number < $1.number })
  }
}
