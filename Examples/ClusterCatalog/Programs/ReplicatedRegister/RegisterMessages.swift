//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Orders the writes of a register: by number, and writes of equal number by who wrote.
package struct Version: Codable, Sendable, Hashable, Comparable {
  package var number: Int
  package var writer: Int

  /// Before the first write.
  package static let zero = Version(number: 0, writer: 0)

  package static func < (a: Version, b: Version) -> Bool {
    (a.number, a.writer) < (b.number, b.writer)
  }
}

/// What a register holds: a value, and the version that came with it.
package struct Cell: Codable, Sendable, Hashable {
  package var version: Version
  package var value: Int

  /// Before the first write.
  package static let initial = Cell(version: .zero, value: 0)
}

/// What clients ask of a replica.
enum RegisterRequest: Codable, Sendable {
  /// What it holds.
  case read
  /// To hold this from now on, unless it holds something newer.
  case store(Cell)
}

/// What a replica holds, after the request.
struct RegisterReply: Codable, Sendable {
  var cell: Cell
}
