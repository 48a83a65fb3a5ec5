//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import Logging
public import MoonpoolRuntime

/// A fault that has struck in a run.
public struct StruckFault: Sendable, CustomStringConvertible {
  /// What it is called on the timeline: `network.partition`; `buggify.` and a site's name.
  public var name: String
  /// Which of that name it was in the run, from 1; those that the recipe leaves out are counted.
  public var number: UInt64
  /// When, in virtual time.
  public var time: Duration
  /// Whom, for how long, and what else there is to say.
  public var metadata: Logger.Metadata

  /// `process.crash#2 at 1.204s process=kv-1`.
  public var description: String {
    let entries = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
    return "\(name)#\(number) at \(time.secondsText)\(entries.joined())"
  }

  /// What a recipe's selection calls it.
  public var part: Selection.Part { Selection.Part(name, number...number) }
}

/// The faults of a run, numbered by their names, without those that its recipe leaves out.
struct FaultLog {
  private(set) var parts: CountedSelection
  private(set) var struck: [StruckFault] = []

  init(_ selection: Selection?) { parts = CountedSelection(selection) }

  /// A fault is about to strike. False: the recipe leaves it out, and it mustn't.
  mutating func admit(_ name: String, at now: UInt64, _ metadata: Logger.Metadata) -> Bool {
    let (number, takesPart) = parts.next(name)
    guard takesPart else { return false }
    struck.append(
      StruckFault(
        name: name, number: number, time: Duration(nanoseconds: now), metadata: metadata))
    return true
  }
}

extension ScenarioRun {
  /// A fault is about to strike, whose effect the timeline will tell. False: it mustn't.
  func admits(fault name: String, _ metadata: Logger.Metadata) -> Bool {
    faults.admit(name, at: world.now, metadata)
  }

  /// Tells of a fault that is about to strike. False: it mustn't, because the recipe leaves it out.
  func begin(fault name: String, _ metadata: Logger.Metadata) -> Bool {
    guard admits(fault: name, metadata) else { return false }
    tell(fault: name, metadata)
    return true
  }
}
