//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What only a simulated world can do: their bodies stand in `benchmarks/World`.
extension Workload {
  /// A client and a server send 64 bytes to and fro over one connection.
  ///
  /// Source: peers.md, workload b. 1 µs each way, nothing fails. There it takes four events for a
  /// round trip, here two.
  static let tcpPingPong = Workload(
    "tcp-pingpong", per: "round trip", count: 200_000, body: nil)

  /// A hundred such pairs at once, each on machines of its own. Source: peers.md, workload b100.
  static let tcpPingPong100 = Workload(
    "tcp-pingpong-100", per: "round trip", count: 200_000, granularity: 100, body: nil)

  /// A client writes in pieces of 16 KiB; the server reads all of it and answers with one byte.
  ///
  /// Source: peers.md, workload bulk16. 8 GiB/s are 122,070 ns per MiB.
  static let tcpBulk = Workload("tcp-bulk", per: "MiB", count: 4_096, body: nil)

  /// Requests of 64 bytes, one after the other, each answered with the same.
  ///
  /// Source: peers.md, workload c: at least once, written by the codec that is the default, over
  /// connections that take 1 µs each way.
  static let call = Workload("rpc-64", per: "request", count: 100_000, body: nil)

  /// The same from 1,024 tasks at once.
  static let call1024 = Workload(
    "rpc-64-1024", per: "request", count: 102_400, granularity: 1_024, body: nil)

  /// Requests of 4 KiB, one after the other.
  static let callLong = Workload("rpc-4k", per: "request", count: 50_000, body: nil)

  /// A page of a file of 256 pages is written, the file synchronised, and the page read.
  ///
  /// Source: peers.md, workload d: 1 µs for each operation, a million operations and 1 GB a second,
  /// no faults.
  static let storage = Workload(
    "storage-4k", per: "write, sync, read", count: 100_000, body: nil)

  /// A whole run: three servers, and a client that calls them a hundred times over kept
  /// connections.
  ///
  /// Source: peers.md, workload e: latencies of 1 µs, no faults; 64 bytes a call, 1 s for it and
  /// for connecting; what fails is done again after 10 ms.
  static let seed = Workload("seed-100-calls", per: "seed", count: 2_000, body: nil)

  /// The same with all network faults at random rates, clocks that drift, and latencies of a real
  /// network. Source: peers.md, workload f.
  static let seedWithChaos = Workload("seed-100-calls-chaos", per: "seed", count: 2_000, body: nil)

  /// `seed-100-calls` with two typed events for each call: that it began, and how it ended.
  ///
  /// Source: issue 4: events and invariants cost at most 25 % of a seed; the ancestor's took half.
  static let seedWithEvents = Workload(
    "seed-events", per: "seed", count: 2_000, plain: "seed-100-calls", body: nil)

  /// The same without events, but with three invariants that look for them.
  static let seedWithInvariants = Workload(
    "seed-invariants", per: "seed", count: 2_000, plain: "seed-100-calls", body: nil)

  /// With both: each event is checked by three invariants.
  static let seedWatched = Workload(
    "seed-watched", per: "seed", count: 2_000, plain: "seed-100-calls", body: nil)

  /// Events with the faults of `seed-100-calls-chaos`.
  static let chaosWithEvents = Workload(
    "seed-chaos-events", per: "seed", count: 2_000, plain: "seed-100-calls-chaos", body: nil)

  /// Invariants with those faults: they are checked at each fault.
  static let chaosWithInvariants = Workload(
    "seed-chaos-invariants", per: "seed", count: 2_000, plain: "seed-100-calls-chaos", body: nil)

  /// Both, with those faults.
  static let chaosWatched = Workload(
    "seed-chaos-watched", per: "seed", count: 2_000, plain: "seed-100-calls-chaos", body: nil)

  /// Three processes with ten connections each, on all of which they send 64 bytes to and fro.
  static let crowdOfThree = Workload(
    "crowd-3", per: "round trip", count: 300_000, granularity: 30, body: nil)

  /// A thousand processes with ten connections each. What it costs more than three of them is the
  /// price of a large world.
  static let crowdOfThousand = Workload(
    "crowd-1000", per: "round trip", count: 300_000, granularity: 10_000, body: nil)
}
