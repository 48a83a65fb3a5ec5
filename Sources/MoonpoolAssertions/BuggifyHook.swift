//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Where a call of `buggify` stands: a line of a file, or a name.
package struct BuggifyPlace {
  /// The file, or the name.
  package let text: StaticString
  /// The line; nil for a name.
  package let line: UInt?

  package init(_ text: StaticString, _ line: UInt?) {
    self.text = text
    self.line = line
  }
}

/// Whoever decides what `buggify` says: the simulator, in a process that has one.
///
/// It is asked on every thread of the process, and finds out for itself whether the calling one
/// runs a simulation.
package protocol BuggifyResponder: Sendable {
  /// Whether the place fires at this visit.
  func fires(_ place: BuggifyPlace, probability: Double?) -> Bool
  /// The setting at this visit.
  func knob(_ standard: Int, in range: ClosedRange<Int>, _ place: BuggifyPlace) -> Int
  /// The setting at this visit.
  func knob(_ standard: Double, in range: ClosedRange<Double>, _ place: BuggifyPlace) -> Double
  /// The setting at this visit.
  func knob(
    _ standard: Duration, in range: ClosedRange<Duration>, _ place: BuggifyPlace
  ) -> Duration
}

/// What connects `buggify` with a simulator that this module knows nothing of.
package enum BuggifyHook {
  private static let installed = Installed<any BuggifyResponder>()

  /// Installs a responder for the whole process and for good; the first one stays.
  package static func install(_ make: @autoclosure () -> any BuggifyResponder) {
    installed.install(make())
  }

  /// The responder, if there is one.
  @inline(__always)
  static var responder: (any BuggifyResponder)? { installed.value }
}
