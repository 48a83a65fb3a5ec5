//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import ClusterPrograms
import MoonpoolCore
import MoonpoolSim

/// What a client does with a register.
enum RegisterCall: NodeEvent {
  /// It begins to read or to write.
  case began(id: Int)
  /// It has read this.
  case hasRead(id: Int, Cell)
  /// It has written this.
  case hasWritten(id: Int, Cell)
}

/// The register behaves as if it were one memory cell on one machine: it is linearizable.
///
/// Versions show the order in which operations have taken effect. It must fit the order in which
/// clients saw them: what ended before another began is not later than it.
enum RegisterInvariant {
  static let property = "an acknowledged write is never lost"

  fileprivate struct State {
    /// The newest version of all calls that have ended.
    var newest = Version.zero
    /// The newest when a call began that hasn't ended yet.
    var floors: [Int: Version] = [:]
    var values: [Version: Int] = [.zero: 0]
  }

  static let invariant = Invariant(property, state: State()) { state, timeline in
    for (call, _) in timeline.new(RegisterCall.self) { try state.check(call) }
  }
}

extension RegisterInvariant.State {
  fileprivate mutating func check(_ call: RegisterCall) throws {
    switch call {
    case .began(let id):
      floors[id] = newest
    case .hasRead(let id, let cell):
      let floor = floors.removeValue(forKey: id) ?? .zero
      guard cell.version >= floor else {
        throw PropertyViolation("\(cell.version) was read, after \(floor)")
      }
      try add(cell)
    case .hasWritten(let id, let cell):
      let floor = floors.removeValue(forKey: id) ?? .zero
      guard cell.version > floor else {
        throw PropertyViolation("\(cell.version) was written, after \(floor)")
      }
      try add(cell)
    }
  }

  private mutating func add(_ cell: Cell) throws {
    guard values[cell.version, default: cell.value] == cell.value else {
      throw PropertyViolation("\(cell.version) has two values")
    }
    values[cell.version] = cell.value
    newest = max(newest, cell.version)
  }
}
