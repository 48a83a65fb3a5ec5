//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolSim

extension SpaceTime {
  /// What `model.js` reads: lists of numbers, times as differences, each text once.
  var scriptJSON: String {
    var json = ScriptJSON()
    json.raw("{")
    for (name, text) in [
      ("scenario", scenario), ("recipe", recipe), ("verdict", verdict), ("summary", summary),
    ] {
      json.name(name)
      json.string(text)
    }
    for (name, number) in [
      ("end", Int(clamping: end)), ("droppedMessages", droppedMessages),
      ("droppedEvents", droppedEvents), ("droppedFaults", droppedFaults),
    ] {
      json.name(name)
      json.number(number)
    }
    writeLanes(&json)
    writeMessages(&json)
    writeFaults(&json)
    writeEvents(&json)
    writeViolations(&json)
    json.raw("}")
    return json.text
  }

  private func writeLanes(_ json: inout ScriptJSON) {
    json.name("lanes")
    json.array(lanes) { json, lane in
      json.raw("{")
      for (name, text) in [
        ("name", lane.name), ("kind", lane.kind.rawValue), ("address", lane.address),
      ] {
        json.name(name)
        json.string(text)
      }
      json.name("spans")
      json.array(lane.spans) { json, span in
        json.raw("[")
        json.string(span.state.rawValue)
        json.raw(",\(span.begin),\(span.end)]")
      }
      json.raw("}")
    }
    json.name("phases")
    json.array(phases) { json, phase in
      json.raw("[")
      json.string(phase.name)
      json.raw(",\(phase.begin)]")
    }
  }

  private func writeMessages(_ json: inout ScriptJSON) {
    json.name("messages")
    json.raw("{")
    json.name("kind")
    json.numbers(messages.lazy.map(\.kind.rawValue))
    json.name("fate")
    json.numbers(messages.lazy.map(\.fate.rawValue))
    json.name("from")
    json.numbers(messages.lazy.map(\.from))
    json.name("to")
    json.numbers(messages.lazy.map(\.to))
    json.name("sent")
    json.numbers(Self.differences(messages.map(\.sent)))
    json.name("flight")
    json.numbers(messages.lazy.map { $0.ended == 0 ? -1 : Int($0.ended) - Int($0.sent) })
    json.name("bytes")
    json.numbers(messages.lazy.map(\.bytes))
    json.name("connection")
    json.numbers(messages.lazy.map(\.connection))
    json.raw("}")
  }

  private func writeFaults(_ json: inout ScriptJSON) {
    json.name("faults")
    json.array(faults) { json, fault in
      json.raw("{")
      json.name("name")
      json.string(fault.name)
      json.raw(",\"begin\":\(fault.begin),\"end\":\(fault.end),\"oneWay\":\(fault.isOneWay)")
      json.name("lanes")
      json.numbers(fault.lanes)
      json.name("others")
      json.numbers(fault.others)
      json.raw("}")
    }
  }

  private func writeEvents(_ json: inout ScriptJSON) {
    // Only looked up: no order follows from it.
    var numbers: [String: Int] = [:]
    var strings: [String] = []
    func number(_ text: String) -> Int {
      if let known = numbers[text] { return known }
      numbers[text] = strings.count
      strings.append(text)
      return strings.count - 1
    }
    json.name("events")
    json.raw("{")
    json.name("time")
    json.numbers(Self.differences(events.map(\.time)))
    json.name("lane")
    json.numbers(events.lazy.map(\.lane))
    json.name("kind")
    json.numbers(events.map { number($0.kind) })
    json.name("level")
    json.numbers(events.map { number($0.level) })
    json.name("name")
    json.numbers(events.map { number($0.name) })
    json.name("detail")
    json.numbers(events.map { number($0.detail) })
    json.raw("}")
    json.name("strings")
    json.array(strings) { $0.string($1) }
  }

  private func writeViolations(_ json: inout ScriptJSON) {
    json.name("violations")
    json.array(violations) { json, violation in
      json.raw("{")
      json.name("text")
      json.string(violation.description)
      json.raw(",\"time\":\(violation.time),\"lane\":\(violation.lane)")
      json.raw(",\"decisions\":\(violation.decisionCount),\"jobs\":\(violation.jobCount)")
      if let place = violation.place {
        json.name("place")
        json.string(place)
      }
      json.raw("}")
    }
  }

  /// The first value, and then by how much each is more than the one before.
  private static func differences(_ values: [UInt64]) -> [Int] {
    var last = 0
    return values.map { value in
      defer { last = Int(value) }
      return Int(value) - last
    }
  }
}
