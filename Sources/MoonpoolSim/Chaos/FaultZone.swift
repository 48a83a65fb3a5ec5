//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolRuntime

/// Processes whose faults come in the same storms.
struct FaultZone {
  var processes: [ProcessReference]
  var intensity: IntensityProcess

  static func all(of faults: FaultContext, _ correlation: FaultCorrelation) -> [FaultZone] {
    faults.cluster.domains(.zone).map { name in
      FaultZone(
        processes: faults.cluster.processes(in: .zone, name),
        intensity: faults.run.intensities.process(of: name, correlation))
    }
  }
}

/// The storms of a run. Injectors with equal correlations meet the same ones in the same zone;
/// those with different ones meet others, whoever is first.
struct FaultIntensities {
  private var known: [(domain: String, process: IntensityProcess)] = []

  mutating func process(of domain: String, _ correlation: FaultCorrelation) -> IntensityProcess {
    if let found = known.first(where: {
      $0.domain == domain && $0.process.correlation == correlation
    }) {
      return found.process
    }
    let name =
      "\(domain) hurst=\(correlation.hurst) volatility=\(correlation.volatility) "
      + "step=\(correlation.step.clampedNanoseconds)"
    let process = IntensityProcess(
      correlation, stream: Simulation.decisions(.intensity(domain: name)))
    known.append((domain, process))
    return process
  }
}
