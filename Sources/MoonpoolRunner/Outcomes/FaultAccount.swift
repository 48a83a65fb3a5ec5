//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Logging
public import MoonpoolRuntime
import MoonpoolSim

/// A fault that struck in a run, and what came of it, in words.
public struct FaultAccount: Sendable, Hashable, Codable {
  /// Its name on the timeline.
  public var name: String
  /// Which of that name in the run, from 1.
  public var number: UInt64
  /// When, in virtual time.
  public var time: Duration
  /// What it was, as a sentence: `kv-1's machine crashed`.
  public var sentence: String
  /// What its victim had said last, what was lost, when it was back.
  public var notes: [String]

  /// What a recipe's selection calls it.
  public var part: Selection.Part { Selection.Part(name, number...number) }
}

extension FaultAccount {
  private static let longestNote = 120

  /// Of all faults of a run, with what the timeline knows of them.
  static func all(of report: SimulationReport) -> [FaultAccount] {
    let timeline = report.timeline
    var position = 0
    /// The last thing that each node has said so far. Only looked up.
    var said: [String: TimelineEvent] = [:]
    return report.faults.map { fault in
      while position < timeline.count, timeline[position].time < fault.time {
        let event = timeline[position]
        if event.kind == .log || event.kind == .event { said[event.source] = event }
        position += 1
      }
      var notes: [String] = []
      if let victim = fault["process"] {
        if let last = said[victim] { notes.append("its last words: \(words(of: last))") }
        if fault.endsItsVictim {
          notes += consequences(for: victim, of: timeline[position...])
        }
      }
      return FaultAccount(
        name: fault.name, number: fault.number, time: fault.time, sentence: fault.sentence,
        notes: notes)
    }
  }

  private static func words(of event: TimelineEvent) -> String {
    let entries = event.metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
    let text = event.name + entries.joined()
    return text.count <= longestNote ? text : text.prefix(longestNote - 1) + "…"
  }

  /// What a process lost, and when it ran again.
  private static func consequences(
    for victim: String, of events: ArraySlice<TimelineEvent>
  ) -> [String] {
    var notes: [String] = []
    for event in events where event.kind == .lifecycle && event.source == victim {
      if event.name == "started" { return notes + ["back at \(event.time.secondsText)"] }
      if let lost = event["lost"] { notes.append("lost \(lost) that had not been synchronized") }
    }
    return notes
  }
}

extension StruckFault {
  subscript(key: String) -> String? { metadata[key]?.description }

  /// Whether a process, or its machine, ends.
  fileprivate var endsItsVictim: Bool {
    name.hasPrefix("process.") && name != "process.pause" && name != "process.slow"
  }

  /// What happened, as a sentence without an end.
  var sentence: String {
    let victim = self["process"] ?? "a process"
    let duration = self["duration"].map { " for \($0)" } ?? ""
    if let sentence = processSentence(victim, duration) ?? networkSentence(victim, duration) {
      return sentence
    }
    if name.hasPrefix("buggify.") { return "the buggify site \(name.dropFirst(8)) fired" }
    if name.hasPrefix("storage."), let words = Self.diskWords[String(name.dropFirst(8))] {
      return "on the disk of \(victim), \(words)\(duration)"
    }
    let rest = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
    return name + rest.joined()
  }

  private func processSentence(_ victim: String, _ duration: String) -> String? {
    switch name {
    case "process.graceful": "\(victim) was asked to end"
    case "process.kill": "\(victim) was killed"
    case "process.crash": "\(victim)'s machine crashed"
    case "process.powerLoss": "\(victim)'s machine lost power"
    case "process.crashAndWipe": "\(victim)'s machine was replaced by one with an empty disk"
    case "process.pause": "\(victim) stood still\(duration)"
    case "process.slow": "\(victim) was \(self["factor"] ?? "?") times as slow\(duration)"
    case "clock.jump": "\(victim)'s wall clock was set by \(self["by"] ?? "?")"
    case "clock.rate": "\(victim)'s clocks were off by \(self["ppb"] ?? "?") parts per billion"
    default: nil
    }
  }

  private func networkSentence(_ victim: String, _ duration: String) -> String? {
    let traffic = self["direction"] == "read" ? "what was sent to \(victim)" : "what \(victim) sent"
    if self["connection"] == "none" { return "\(victim) had no connection to lose" }
    let connection = "the connection \(self["connection"] ?? "")"
    return switch name {
    case "network.clog": "\(traffic) had to wait\(duration)"
    case "network.swizzledClog":
      "\(those("clogs")) clogged, and freed in another order\(duration)"
    case "network.partition":
      self["shape"] == "oneWay"
        ? "nothing went from \(list("inside")) to the others\(duration)"
        : "\(those("inside")) cut off from the others\(duration)"
    case "network.bitFlip": "bits flipped in \(traffic)"
    case "network.randomClose":
      self["ends"] == "both" ? "\(connection) was reset" : "\(connection) was reset at one end"
    case "network.halfOpen": "one end of \(connection) vanished"
    case "network.connectRefusal": "\(victim) refused all connects\(duration)"
    case "network.connectHang": "connects to \(victim) got no answer\(duration)"
    case "network.partialIO": "\(victim) wrote and read only parts\(duration)"
    case "network.latencySpike":
      "\(traffic) took \(self["factor"] ?? "?") times as long\(duration)"
    case "network.datagramLoss": "datagrams from and to \(victim) got lost\(duration)"
    case "network.datagramDoubling": "datagrams from and to \(victim) came twice\(duration)"
    case "partition": "\(those("a")) cut off from \(list("b"))"
    case "partition.oneWay": "nothing went from \(list("a")) to \(list("b"))"
    case "partition.isolate": "\(those("a")) cut off from all others"
    case "clog": "what \(self["from"] ?? "") sent to \(self["to"] ?? "") had to wait\(duration)"
    default: nil
    }
  }

  /// Names that stand in one value.
  private func list(_ key: String) -> String { (self[key] ?? "").replacing(",", with: ", ") }

  /// The same as the subject of a sentence.
  private func those(_ key: String) -> String {
    let names = list(key)
    return names + (names.contains(",") ? " were" : " was")
  }

  /// By the family's name. Only looked up.
  private static let diskWords = [
    "readCorruption": "a bit that was read flipped for good",
    "transientReadCorruption": "a bit flipped in what was read",
    "writeCorruption": "a bit that was written flipped",
    "misdirectedRead": "a read returned what was somewhere else",
    "misdirectedWrite": "a write landed somewhere else",
    "phantomWrite": "a write was reported as done, but was not",
    "syncFailure": "a sync failed",
    "lyingSync": "a sync was reported as done, but nothing had become durable",
    "readError": "a read failed", "writeError": "a write failed",
    "noSpace": "there was no room for a write", "stall": "nothing was done",
    "throttle": "all was slow", "tornSector": "a crash left a sector half written",
    "uninitialisedSector": "a crash left arbitrary bytes where a file had grown",
    "crashCorruption": "a crash corrupted what was not durable",
    "wrongDisk": "the machine came up with another one's disk",
    "wipe": "the machine came up with an empty disk",
    "corrupt": "bits of a file were flipped", "fill": "all free room was taken",
    "failNextSync": "the next sync was made to fail", "faults": "other faults were set",
  ]
}
