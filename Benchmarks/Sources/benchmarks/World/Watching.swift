//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import MoonpoolCore
internal import MoonpoolSim

/// What a client tells of its calls, as one does that wants them checked.
enum Call: NodeEvent {
  case began(Int)
  case answered(Int, by: Int)
  case failed(Int)
}

/// What is watched while a seed runs.
struct Watching: OptionSet {
  var rawValue: Int

  /// The client tells of each call when it begins and when it ends.
  static let events = Watching(rawValue: 1)
  /// Three invariants, each checked whenever anything new is on the timeline: one compares with
  /// what it remembers, two keep a set.
  static let invariants = Watching(rawValue: 2)

  static let inOrder = Invariant("calls are answered in order", state: -1) { last, timeline in
    for (call, place) in timeline.new(Call.self) {
      guard case .answered(let number, _) = call else { continue }
      guard number == last + 1 else {
        throw PropertyViolation("\(place.source) has \(number) after \(last)")
      }
      last = number
    }
  }

  static let oneAtATime = Invariant("one call at a time", state: Set<Int>()) { open, timeline in
    for (call, _) in timeline.new(Call.self) {
      switch call {
      case .began(let number): open.insert(number)
      case .answered(let number, _), .failed(let number): open.remove(number)
      }
      guard open.count <= 1 else { throw PropertyViolation("\(open.count) calls are open") }
    }
  }

  static let startsOnce = Invariant("nobody starts twice", state: Set<String>()) {
    names, timeline in
    for place in timeline.new("started") where !names.insert(place.source).inserted {
      throw PropertyViolation("\(place)")
    }
  }
}
