//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolCore
import MoonpoolRuntime

/// A process as others know it: the same through all its restarts.
public struct ProcessReference: Sendable, Hashable, CustomStringConvertible {
  /// Position among all processes of the run, from 0.
  public let index: Int
  /// Its name, unique in the run.
  public let name: String
  /// The name of its group.
  public let group: String
  /// Position in its group, from 0.
  public let indexInGroup: Int
  /// Where it is reached.
  public let address: IPAddress
  /// Where it stands.
  public let locality: Locality
  /// Its tags, in the order in which the scenario states them.
  public let tags: [ProcessTag]

  /// The value of a tag.
  public func tag(_ key: String) -> String? { tags.first { $0.key == key }?.value }

  /// Whether it has a tag; true for none.
  func has(_ tag: ProcessTag?) -> Bool { tag.map(tags.contains) ?? true }

  public static func == (a: Self, b: Self) -> Bool { a.index == b.index && a.name == b.name }
  public func hash(into hasher: inout Hasher) { hasher.combine(index) }
  public var description: String { name }
}

/// One tag of a process: `role=replica`.
public struct ProcessTag: Sendable, Hashable {
  /// What is said.
  public let key: String
  /// What it is here.
  public let value: String

  /// Creates a tag.
  public init(_ key: String, _ value: String) {
    self.key = key
    self.value = value
  }
}

extension ProcessTag: CustomStringConvertible {
  /// Such as `role=replica`.
  public var description: String { "\(key)=\(value)" }
}

/// All processes and clients of one run: who, where, with which names.
struct Topology: Sendable {
  /// The first two numbers of the addresses that are given out: 10.0.
  static let network: UInt64 = 10 << 8
  /// How many processes fit into 10.0.1.1 … 10.0.255.254.
  static let capacity = 255 * 254
  /// How many clients fit into 10.0.0.1 … 10.0.0.254.
  static let clientCapacity = 254

  var processes: [ProcessReference] = []
  /// The group of each process, as a position in the scenario.
  var groups: [Int] = []
  var clients: [(name: String, address: IPAddress, group: Int, index: Int)] = []

  /// Draws sizes and layouts of all groups.
  ///
  /// - Parameter nodes: Which of each group take part; nil: all. No group without a layout gets
  ///   smaller than its scenario allows, and one with a layout doesn't change.
  init(_ scenario: Scenario, _ decisions: DecisionStream, nodes: Selection? = nil) {
    func size(_ name: String, _ range: ClosedRange<Int>) -> Int {
      let drawn = decisions.int(in: range)
      guard let nodes else { return drawn }
      return max(range.lowerBound, (1...drawn).count { nodes.includes(name, UInt64($0)) })
    }
    for (number, group) in scenario.processes.enumerated() {
      if let layout = group.layout {
        place(layout, group, number, decisions)
      } else {
        let count = size(group.name, group.count)
        for index in 0..<count {
          let machine = "\(group.name)-m\(index)"
          add(group, number, index, of: count, in: ("dc1", "dc1-z1", machine))
        }
      }
    }
    for (number, group) in scenario.clients.enumerated() {
      let count = size(group.name, group.count)
      for index in 0..<count {
        let address = IPAddress(10, 0, 0, UInt8(clients.count + 1))
        let name = group.count == 1...1 ? group.name : "\(group.name)-\(index)"
        clients.append((name, address, number, index))
      }
    }
  }

  private mutating func place(
    _ layout: Layout, _ group: Processes, _ number: Int, _ decisions: DecisionStream
  ) {
    var places: [(String, String, String)] = []
    for datacenter in 1...decisions.int(in: layout.datacenters) {
      for zone in 1...decisions.int(in: layout.zones) {
        for machine in 1...decisions.int(in: layout.machines) {
          for _ in 0..<decisions.int(in: layout.processes) {
            places.append(
              (
                "dc\(datacenter)", "dc\(datacenter)-z\(zone)",
                "dc\(datacenter)-z\(zone)-m\(machine)"
              ))
          }
        }
      }
    }
    for (index, place) in places.enumerated() {
      add(group, number, index, of: places.count, in: place)
    }
  }

  private mutating func add(
    _ group: Processes, _ number: Int, _ index: Int, of count: Int,
    in place: (datacenter: String, zone: String, machine: String)
  ) {
    let position = processes.count
    let address =
      group.addresses?[index]
      ?? IPAddress(10, 0, UInt8(1 + position / 254), UInt8(1 + position % 254))
    let name = group.count == 1...1 ? group.name : "\(group.name)-\(index)"
    let tags = group.tags.map { ProcessTag($0.key, $0.values[index % $0.values.count]) }
    processes.append(
      ProcessReference(
        index: position, name: name, group: group.name, indexInGroup: index, address: address,
        locality: Locality(
          datacenter: place.datacenter, zone: place.zone, machine: place.machine, process: name),
        tags: tags))
    groups.append(number)
  }
}
