//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolRuntime
import MoonpoolSim
import NetworkConformance
import Synchronization

extension NetworkConfiguration {
  /// Nothing takes any time, and what is written travels as one.
  static let still: NetworkConfiguration = {
    var still = NetworkConfiguration()
    still.latency = .fixed(.zero)
    still.loopbackLatency = .zero
    still.bindLatency = .fixed(.zero)
    still.connectLatency = .fixed(.zero)
    still.acceptLatency = .fixed(.zero)
    still.nameLatency = .fixed(.zero)
    still.segmentSize = nil
    return still
  }()

  /// What programs tell of this network, and what it counted meanwhile. Programs themselves take
  /// no time.
  func tell(
    seed: UInt64 = 1, _ body: @escaping @Sendable (Testbed) async throws -> String
  ) -> (text: String, effects: NetworkEffects) {
    var options = SimulationOptions()
    options.jobCost = .zero ... .zero
    var configuration = WorldConfiguration()
    configuration.network = self
    let world = configuration
    let told = Mutex(("", NetworkEffects()))
    let report = Simulation.run(seed: seed, options: options) {
      let world = World.begin(world)
      let text = try await body(.simulated(in: world))
      let effects = world.network.effectsSoFar
      told.withLock { $0 = (text, effects) }
    }
    return told.withLock { report.passed ? $0 : (report.line, $0.1) }
  }
}
