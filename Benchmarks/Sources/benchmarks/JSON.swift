//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import Measurement
internal import Workloads

/// All figures: an array with an object for each workload.
func json(_ rows: [Row]) -> String {
  "[\n" + rows.map { "  " + $0.json }.joined(separator: ",\n") + "\n]"
}

extension Row {
  fileprivate var json: String {
    let sides = Side.allCases.compactMap { side -> String? in
      guard let processor = processor[side], let wall = wall[side] else { return nil }
      var members = [
        ("processor", processor.json), ("wall", wall.json),
        ("ratio", ratio(side).map { decimal($0, places: 4) } ?? "null"),
      ]
      if let count = instructions[side] {
        members.append(("instructions", decimal(count, places: 1)))
      }
      return "\"\(side.rawValue)\": " + object(members)
    }
    let peers: [(String, Double?)] = [
      ("moonpool", published.moonpool), ("madsim", published.madsim),
      ("turmoil", published.turmoil),
      ("target", published.target),
    ]
    return object([
      ("workload", "\"\(workload.name)\""), ("operation", "\"\(workload.operation)\""),
      ("sides", "{" + sides.joined(separator: ", ") + "}"),
      ("published", object(peers.map { ($0.0, $0.1.map { decimal($0, places: 1) } ?? "null") })),
    ])
  }
}

extension Cost {
  fileprivate var json: String {
    object([
      ("minimum", decimal(minimum, places: 2)), ("median", decimal(median, places: 2)),
    ])
  }
}

private func object(_ members: [(String, String)]) -> String {
  "{" + members.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}"
}
