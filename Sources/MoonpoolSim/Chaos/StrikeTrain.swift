//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime

/// The strikes of a family that need no more than a closure.
///
/// Safe to share because all code of a simulation runs on one thread.
final class StrikeTrain: FaultStrikes, @unchecked Sendable {
  /// What a strike does; it may draw from the family's stream.
  typealias Strike = (ProcessReference, DecisionStream) -> Void

  private let body: Strike

  /// Prepares strikes at a rate per process and second.
  ///
  /// - Parameter path: The family's name in streams.
  init(
    _ path: String, perSecond rate: Double, _ run: ScenarioRun, _ zones: [FaultZone],
    _ body: @escaping Strike
  ) {
    self.body = body
    super.init(path, Pace(rate: rate), run, zones)
  }

  override func strike(_ process: ProcessReference) { body(process, draws) }
}
