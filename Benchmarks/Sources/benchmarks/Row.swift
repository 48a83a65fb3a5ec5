//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import Measurement
internal import Workloads

/// What was found out about one workload.
struct Row {
  let workload: Workload
  var processor: [Side: Cost] = [:]
  var wall: [Side: Cost] = [:]
  /// Instructions per operation.
  var instructions: [Side: Double] = [:]

  var published: Published { Published.all[workload.name] ?? Published() }

  /// How many times as expensive as the stock executor. Nil for sleeps, which are real there.
  func ratio(_ side: Side) -> Double? {
    guard workload.count == workload.stockCount,
      let ours = processor[side]?.minimum, let stock = processor[.stock]?.minimum
    else { return nil }
    return ours / stock
  }
}
