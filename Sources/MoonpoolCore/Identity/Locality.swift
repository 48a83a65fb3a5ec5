//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Where a node stands, as far as that is known: what it shares with others may fail with them.
///
/// A narrower name counts within the wider ones: machine `m1` of zone `a` is not machine `m1` of
/// zone `b`. Where a name is not known, nothing is shared.
public struct Locality: Sendable, Hashable, Codable {
  /// The data centre.
  public var datacenter: String?
  /// The zone in it: what shares power and a switch, such as a rack.
  public var zone: String?
  /// The machine in the zone.
  public var machine: String?
  /// The operating-system process on the machine.
  public var process: String?

  /// Makes a locality of the names that are known.
  public init(
    datacenter: String? = nil, zone: String? = nil, machine: String? = nil, process: String? = nil
  ) {
    self.datacenter = datacenter
    self.zone = zone
    self.machine = machine
    self.process = process
  }

  /// The name at a level; nil if it is not known.
  public func id(for level: LocalityLevel) -> String? {
    switch level {
    case .machine: machine
    case .zone: zone
    case .datacenter: datacenter
    }
  }

  /// How far away another node is: the narrowest that both are known to share.
  ///
  /// Where one of the two lacks a name, the names of that level are passed over.
  public func distance(to other: Locality) -> LocalityDistance {
    var distance = LocalityDistance.remote
    let names: [(String?, String?, LocalityDistance)] = [
      (datacenter, other.datacenter, .sameDatacenter), (zone, other.zone, .sameZone),
      (machine, other.machine, .sameMachine), (process, other.process, .sameProcess),
    ]
    for case (let mine?, let theirs?, let level) in names {
      guard mine == theirs else { break }
      distance = level
    }
    return distance
  }
}

extension Locality: CustomStringConvertible {
  /// The names that are known, the widest first: `datacenter=dc1 zone=a machine=m1`.
  public var description: String {
    let names = [
      ("datacenter", datacenter), ("zone", zone), ("machine", machine), ("process", process),
    ]
    let known = names.compactMap { level, name in name.map { "\(level)=\($0)" } }
    return known.isEmpty ? "unknown" : known.joined(separator: " ")
  }
}

/// What nodes can share and lose together, the narrowest first.
public enum LocalityLevel: Int, Sendable, Hashable, Comparable, Codable, CaseIterable {
  /// One machine.
  case machine
  /// A zone of a data centre.
  case zone
  /// A whole data centre.
  case datacenter

  public static func < (a: LocalityLevel, b: LocalityLevel) -> Bool { a.rawValue < b.rawValue }
}

extension LocalityLevel: CustomStringConvertible {
  /// The name of the level.
  public var description: String {
    switch self {
    case .machine: "machine"
    case .zone: "zone"
    case .datacenter: "datacenter"
    }
  }
}

/// How far apart two nodes are, the nearest first.
public enum LocalityDistance: Int, Sendable, Hashable, Comparable, Codable, CaseIterable {
  /// Both are in one process.
  case sameProcess
  /// They share a machine.
  case sameMachine
  /// They share a zone.
  case sameZone
  /// They share a data centre.
  case sameDatacenter
  /// They are not known to share anything.
  case remote

  public static func < (a: LocalityDistance, b: LocalityDistance) -> Bool {
    a.rawValue < b.rawValue
  }
}

extension LocalityDistance: CustomStringConvertible {
  /// The name of the distance.
  public var description: String {
    switch self {
    case .sameProcess: "same process"
    case .sameMachine: "same machine"
    case .sameZone: "same zone"
    case .sameDatacenter: "same datacenter"
    case .remote: "remote"
    }
  }
}
