//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolAssertions

/// What `buggify` says in a process that has simulations: what the calling thread's run says.
struct SimulatedBuggify: BuggifyResponder {
  /// The sites of the calling thread's run; nil outside of runs, and when the verdict is final.
  private var table: BuggifyTable? {
    guard let world = World.current, !world.isOver else { return nil }
    return world.buggify
  }

  func fires(_ place: BuggifyPlace, probability: Double?) -> Bool {
    table?.fires(place, probability: probability) ?? false
  }

  func knob(_ standard: Int, in range: ClosedRange<Int>, _ place: BuggifyPlace) -> Int {
    table?.knob(standard, in: range, place) ?? standard
  }

  func knob(_ standard: Double, in range: ClosedRange<Double>, _ place: BuggifyPlace) -> Double {
    table?.knob(standard, in: range, place) ?? standard
  }

  func knob(
    _ standard: Duration, in range: ClosedRange<Duration>, _ place: BuggifyPlace
  ) -> Duration {
    table?.knob(standard, in: range, place) ?? standard
  }
}
