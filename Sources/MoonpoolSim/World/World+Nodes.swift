//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import Logging
package import MoonpoolCore
package import MoonpoolRuntime

/// One incarnation of a process: the tasks that the kernel knows, and the front that they see.
package struct Incarnation: Sendable {
  /// Its tasks.
  package let tasks: SimulatedNode
  /// What its program is given.
  package var node: Node
}

extension World {
  /// Makes a machine with an address, or finds it.
  package func addHost(_ address: IPAddress) -> Int32 {
    network.directory.addHost(
      address, firstPort: network.configuration.ephemeralPorts.lowerBound)
  }

  /// Boots a process on a machine.
  package func boot(
    _ name: String, on host: Int32, as tasks: SimulatedNode? = nil, logger: Logger? = nil,
    locality: Locality = Locality()
  ) -> Incarnation {
    let tasks = tasks ?? Simulation.node(named: name)
    let clock = clock(of: host)
    clock.govern(tasks)
    let providers = Providers(
      time: SimulatedTime(world: self, clock: clock), tasks: SimulatedTasks(),
      network: SimulatedNetwork(self, host: host, node: UInt32(tasks.number), clock: clock),
      random: SimulatedRandom(key: "\(name)/\(tasks.incarnation)"),
      storage: SimulatedStorage(self, host: host))
    let logger = logger ?? Logger(label: name) { _ in SwiftLogNoOpLogHandler() }
    return Incarnation(
      tasks: tasks, node: Node(name: name, providers: providers, logger: logger, locality: locality)
    )
  }
}
