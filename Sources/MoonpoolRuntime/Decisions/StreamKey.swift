//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import CMoonpoolRuntime

/// The name of a stream of decisions: who asks, and for what.
///
/// Written `domain` or `domain/argument`: `scheduling`, `entropy/3`, `workload/orders`. Streams are
/// independent: how much one of them is drawn from never changes what another gives.
///
/// The key is one SplitMix64 output of the 64-bit FNV-1a hash of the name's UTF-8 bytes. A stream
/// is a xoshiro256** generator seeded from `mix(mix(seed) ^ key)`, where `mix` is one SplitMix64
/// output. All of this is a contract across versions.
public struct StreamKey: Sendable {
  /// The part before the first `/`.
  public let domain: String
  /// The part after the first `/`; empty if there is none.
  public let argument: String
  /// The 64-bit key that a seed is mixed with.
  public let value: UInt64

  package init(domain: String, argument: String = "") {
    var hash = mp_name_hash_begin()
    func append(_ text: String) {
      var text = text
      text.withUTF8 { hash = mp_name_hash_append(hash, $0.baseAddress, $0.count) }
    }
    append(domain)
    if !argument.isEmpty {
      append("/")
      append(argument)
    }
    self.domain = domain
    self.argument = argument
    self.value = mp_name_hash_key(hash)
  }

  /// A stream that has a key but no name; written `key/` and 16 hexadecimal digits.
  package init(unnamed value: UInt64) {
    let digits = String(value, radix: 16)
    self.domain = Self.unnamedDomain
    self.argument = String(repeating: "0", count: 16 - digits.count) + digits
    self.value = value
  }

  /// Reads the written form of a name.
  public init(name: String) {
    guard let slash = name.utf8.firstIndex(of: UInt8(ascii: "/")) else {
      self.init(domain: name)
      return
    }
    let domain = String(name[..<slash])
    let argument = String(name[name.utf8.index(after: slash)...])
    if domain == Self.unnamedDomain, argument.utf8.count == 16,
      let value = UInt64(argument, radix: 16)
    {
      self.init(unnamed: value)
    } else {
      self.init(domain: domain, argument: argument)
    }
  }

  private static let unnamedDomain = "key"
}

extension StreamKey: Hashable, CustomStringConvertible {
  /// Two keys are equal when their 64-bit values are.
  public static func == (a: StreamKey, b: StreamKey) -> Bool { a.value == b.value }

  /// Hashes the 64-bit value.
  public func hash(into hasher: inout Hasher) { hasher.combine(value) }

  /// The name: `domain`, or `domain/argument`.
  public var description: String { argument.isEmpty ? domain : "\(domain)/\(argument)" }
}

extension StreamKey {
  /// Which runnable job is next.
  public static var scheduling: StreamKey { StreamKey(domain: "scheduling") }
  /// The virtual CPU time of each job.
  public static var cost: StreamKey { StreamKey(domain: "cost") }
  /// Which calls to idle actors are scheduling points.
  public static var hops: StreamKey { StreamKey(domain: "hops") }
  /// The order and lateness of timers.
  public static var timers: StreamKey { StreamKey(domain: "timers") }
  /// Whether `buggify` fires.
  public static var buggify: StreamKey { StreamKey(domain: "buggify") }
  /// What a run draws before it begins: parameters, swarm masks, topologies.
  public static var configuration: StreamKey { StreamKey(domain: "configuration") }

  /// The random bytes that one node gets from its operating system.
  public static func entropy(node: Int) -> StreamKey {
    StreamKey(domain: "entropy", argument: String(node))
  }

  /// The random numbers that the user asks for under a name.
  public static func workload(_ name: String) -> StreamKey {
    StreamKey(domain: "workload", argument: name)
  }

  /// The latencies and faults of one directed link between two nodes.
  public static func network(from sender: Int, to receiver: Int) -> StreamKey {
    StreamKey(domain: "network", argument: "\(sender)-\(receiver)")
  }

  /// The latencies and faults of the disk of one process.
  public static func storage(process: Int) -> StreamKey {
    StreamKey(domain: "storage", argument: String(process))
  }

  /// When and where the faults of one family strike.
  public static func faults(_ family: String) -> StreamKey {
    StreamKey(domain: "faults", argument: family)
  }

  /// A stream of your own: no part of the simulator has one with this domain.
  public static func custom(_ name: String) -> StreamKey {
    StreamKey(domain: "custom", argument: name)
  }
}
