//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Logging
import MoonpoolCore
import MoonpoolRuntime

/// What the strikes of each family do.
extension NetworkStrikes {
  private func host(_ process: ProcessReference) -> Int32 { run.processes[process.index].host }

  /// How long this one lasts, in nanoseconds: at least 1.
  private func drawDuration() -> UInt64 {
    let range = figures.windows(of: family)?.duration ?? .zero ... .zero
    return max(1, draws.duration(in: range).clampedNanoseconds)
  }

  /// Tells of a strike that has drawn all that it needs; false: the recipe leaves it out.
  private func begin(
    _ process: ProcessReference, lasting duration: UInt64? = nil, _ more: Logger.Metadata = [:]
  ) -> Bool {
    var metadata = more
    metadata["process"] = "\(process)"
    if let duration { metadata["duration"] = "\(Duration(nanoseconds: duration))" }
    guard run.begin(fault: family.path, metadata) else { return false }
    network.effects.pointee.strikes[family, default: 0] += 1
    // The network knows best who is on which side of a partition, and until when.
    if let duration, family != .partition {
      network.recorder?.begin(
        fault: family.path, [host(process)], from: world.now, until: world.now &+ duration)
    }
    return true
  }

  // MARK: Ways and hosts

  func strikeWay(_ process: ProcessReference) {
    let isOut = draws.bool()
    let duration = drawDuration()
    var more: Logger.Metadata = ["direction": isOut ? "write" : "read"]
    var kind = WayFault.Kind.clog
    if family == .latencySpike {
      let factor = draws.int(in: figures.latencySpikeFactor)
      more["factor"] = "\(factor)"
      kind = .slowness(UInt64(factor))
    }
    guard begin(process, lasting: duration, more) else { return }
    if family == .clog { network.effects.pointee.clog.fired += 1 }
    network.begin(
      WayFault(kind: kind, host: host(process), isOut: isOut, until: world.now &+ duration))
  }

  func strikeHost(_ process: ProcessReference) {
    let duration = drawDuration()
    let until = world.now &+ duration
    let host = host(process)
    guard begin(process, lasting: duration) else { return }
    switch family {
    case .connectRefusal: network.refuseConnects(to: host, until: until)
    case .connectHang: network.hangConnects(to: host, until: until)
    case .partialIO:
      network.shortenIO(of: host, toAtMost: figures.partialIOMaxBytes, until: until)
    case .datagramLoss:
      network.loseDatagrams(of: host, figures.datagramLossProbability, until: until)
    case .datagramDoubling:
      network.doubleDatagrams(of: host, figures.datagramDoublingProbability, until: until)
    default: break
    }
  }

  func orderFlip(_ process: ProcessReference) {
    let isOut = draws.bool()
    guard begin(process, ["direction": isOut ? "write" : "read"]) else { return }
    network.orderFlip(
      FlipOrder(host: host(process), isOut: isOut, bits: figures.bitFlip.bits))
  }

  // MARK: Connections

  /// Strikes one of the process's connections; none if it has none, but draws as if it had.
  func strikeConnection(_ process: ProcessReference) {
    let choice = draws.uint64(below: 1 << 32)
    let isExplicit =
      family == .randomClose && draws.bool(probability: figures.randomClose.explicitRatio)
    let open = network.connections(of: host(process))
    guard !open.isEmpty else {
      _ = begin(process, ["connection": "none"])
      return
    }
    let index = open[Int(choice * UInt64(open.count) >> 32)]
    let socket = network.sockets[index].pointee
    let own = network.address(socket.host, socket.port)
    let other = network.address(socket.remoteHost, socket.remotePort)
    var more: Logger.Metadata = ["connection": "\(own)-\(other)"]
    if family == .randomClose {
      more["ends"] = isExplicit ? "both" : "one"
      guard begin(process, more) else { return }
      network.resetAtRandom(index, bothEnds: isExplicit)
    } else if begin(process, more) {
      network.silence(index)
    }
  }

  // MARK: Swizzles

  /// Clogs a random set of processes one after the other, and frees them in another order.
  func swizzle(_ process: ProcessReference) {
    let duration = drawDuration()
    let others = run.topology.processes.filter { $0 != process && draws.bool() }
    let first = draws.shuffled([process] + others)
    let last = draws.shuffled(first)
    let step = duration / UInt64(2 * first.count)
    let isPart = begin(
      process, lasting: duration,
      [
        "clogs": "\(first.map(\.name).joined(separator: ","))",
        "frees": "\(last.map(\.name).joined(separator: ","))",
      ])
    guard isPart else { return }
    network.effects.pointee.swizzledClog.fired += 1
    let start = world.now
    for (turn, victim) in first.enumerated() {
      let end = start &+ duration / 2 &+ step * UInt64(1 + (last.firstIndex(of: victim) ?? 0))
      let host = host(victim)
      later(step * UInt64(turn)) { [network] in
        for isOut in [true, false] {
          network.begin(WayFault(kind: .swizzle, host: host, isOut: isOut, until: end))
        }
      }
    }
  }

  // MARK: Partitions

  func cut(_ process: ProcessReference) {
    let duration = drawDuration()
    let shape = draws.element(of: figures.partitionShapes) ?? .randomHalves
    let names = run.topology.processes.map(\.name) + run.topology.clients.map(\.name)
    let inside = side(of: process, shape, names.count)
    let outside = names.indices.filter { !inside.contains($0) }
    let isPart = begin(
      process, lasting: duration,
      [
        "shape": "\(shape.rawValue)",
        "inside": "\(inside.map { names[$0] }.joined(separator: ","))",
      ])
    guard isPart else { return }
    let hosts =
      run.processes.map(\.host)
      + run.topology.clients.map { network.directory.host(at: $0.address)! }
    let partition = network.partition(
      HostSet(inside.map { hosts[$0] }), HostSet(outside.map { hosts[$0] }),
      oneWay: shape == .oneWay)
    later(duration) { [network, run] in
      network.heal(partition)
      run.tell(fault: "network.partition.healed", ["process": "\(process)"])
    }
  }

  /// Who is on the process's side, by position among processes and then clients. Never all, unless
  /// there is only one.
  private func side(
    of process: ProcessReference, _ shape: NetworkPartitionShape, _ count: Int
  ) -> [Int] {
    let own = process.index
    let others = (0..<count).filter { $0 != own }
    switch shape {
    case .isolateOne: return [own]
    case .zone, .datacenter:
      let level: LocalityLevel = shape == .zone ? .zone : .datacenter
      let id = process.locality.id(for: level)
      return run.topology.processes.filter { $0.locality.id(for: level) == id }.map(\.index)
    case .uniformSize:
      guard count > 1 else { return [own] }
      let size = draws.int(in: 1..<count)
      return ([own] + draws.shuffled(others).prefix(size - 1)).sorted()
    case .randomHalves, .oneWay:
      var inside = others.filter { _ in draws.bool() }
      if inside.count == others.count { inside = [] }
      return ([own] + inside).sorted()
    }
  }
}
