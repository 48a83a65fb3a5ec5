//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolRuntime

extension StreamKey {
  /// The steps of the fault intensity of one failure domain.
  package static func intensity(domain: String) -> StreamKey {
    StreamKey(domain: "intensity", argument: domain)
  }

  /// Whether a family of faults takes part in a swarm run.
  package static func swarm(family: String) -> StreamKey {
    StreamKey(domain: "swarm", argument: family)
  }

  /// Whether a workload uses one of its operations in a run.
  package static func alphabet(workload: String, operation: String) -> StreamKey {
    StreamKey(domain: "alphabet", argument: "\(workload)/\(operation)")
  }

  /// Whether one `buggify` site is armed and fires.
  package static func buggify(site: String) -> StreamKey {
    StreamKey(domain: "buggify", argument: site)
  }
}
