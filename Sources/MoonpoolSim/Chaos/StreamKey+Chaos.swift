//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolRuntime

// Names that users give stand behind a domain that is theirs alone: an injector, a group of clients
// or a node may be called as it likes without drawing from a stream of the simulator. `custom` is
// for what users draw themselves.
extension StreamKey {
  /// The random numbers of one fault injector.
  package static func injector(_ name: String) -> StreamKey {
    StreamKey(domain: "injector", argument: name)
  }

  /// The random numbers of one node's code.
  package static func node(_ name: String) -> StreamKey {
    StreamKey(domain: "node", argument: name)
  }

  /// The speed of the disk of one machine.
  package static func disk(host: Int32) -> StreamKey {
    StreamKey(domain: "disk", argument: "\(host)")
  }

  /// How long the kernel of one machine takes to bind a port, or to look up a name.
  package static func kernel(host: Int32, _ call: String) -> StreamKey {
    StreamKey(domain: "kernel", argument: "\(host)/\(call)")
  }

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
