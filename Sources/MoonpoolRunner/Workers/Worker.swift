//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolAssertions

/// One worker, seen from the campaign.
struct Worker {
  let lane: Lane
  let laneNumber: Int
  /// It has said that there is nothing left to do.
  var isFinished = false
  /// Its present seed took too long. It is being killed, and the seed is done with.
  var isOverdue = false
  /// It is being killed, and who takes its lane takes this lost place first.
  var heirTakes: UInt64?
  /// The beginning of a record that it is writing.
  var beginning: [UInt64] = []
  /// The campaign's numbers of assertions, by its own.
  var siteNumbers: [UInt32] = []
  var watch = RunWatch()

  /// Takes the oldest record that it has written; nil if there is none.
  mutating func read() -> [UInt64]? { lane.read(after: &beginning) }
}
