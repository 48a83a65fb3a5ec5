//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolSim

extension Chaos {
  /// Everything that can go wrong: network, disks, clocks, processes that stand still, or go down
  /// and come back.
  ///
  /// Each seed draws which kinds of faults there are, and how many. Disks don't damage what they
  /// have stored: to survive that a node needs a second copy of it, which no example keeps.
  static func full(
    for duration: Duration = .seconds(12), _ attrition: Attrition,
    clocks: ClockFaults = ClockFaults(
      maxSkew: .milliseconds(200), maxDrift: 100_000, jumpRate: 0.05, maxJump: .milliseconds(500),
      slewRate: 0.05)
  ) -> Chaos {
    Chaos(for: duration) {
      NetworkFaults(.swarm)
      StorageFaults(.swarm).without(StorageFaultFamily.damaging)
      ProcessFaults(.swarm)
      attrition
      clocks
    }
  }
}
