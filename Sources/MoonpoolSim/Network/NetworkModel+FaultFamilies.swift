//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import MoonpoolCore
import MoonpoolRuntime

/// How the faults of ``NetworkFaults`` begin and end.
extension NetworkModel {
  // MARK: Ways

  /// Something is wrong with all ways out of a host, or into it, also with those that nobody has
  /// used so far.
  func begin(_ fault: WayFault) {
    faults.ways.removeAll { $0.until <= now }
    faults.ways.append(fault)
    for index in 0..<links.count { apply(fault, to: index) }
  }

  /// What gets out of a host next, or into it, has flipped bits. It replaces an order that waits.
  func orderFlip(_ order: FlipOrder) {
    faults.flips.removeAll { $0.host == order.host && $0.isOut == order.isOut }
    faults.flips.append(order)
    for index in 0..<links.count where order.concerns(links[index].pointee) {
      links[index].pointee.corruptAfter = min(links[index].pointee.corruptAfter, now)
    }
  }

  /// A new link has the faults of its hosts.
  func inheritFaults(_ index: Int32) {
    for fault in faults.ways where fault.until > now { apply(fault, to: index) }
    if faults.flips.contains(where: { $0.concerns(links[index].pointee) }) {
      links[index].pointee.corruptAfter = now
    }
  }

  private func apply(_ fault: WayFault, to index: Int32) {
    let link = links[index]
    guard fault.concerns(link.pointee) else { return }
    switch fault.kind {
    case .clog:
      link.pointee.cloggedUntil = max(link.pointee.cloggedUntil, fault.until)
    case .swizzle:
      link.pointee.cloggedUntil = max(link.pointee.cloggedUntil, fault.until)
      link.pointee.swizzledUntil = max(link.pointee.swizzledUntil, fault.until)
    case .slowness(let factor):
      let isSlow = link.pointee.slowUntil > now
      link.pointee.slowness = isSlow ? max(link.pointee.slowness, factor) : factor
      link.pointee.slowUntil = max(link.pointee.slowUntil, fault.until)
    }
  }

  // MARK: Hosts

  func refuseConnects(to host: Int32, until: UInt64) {
    faults[host].refusesUntil = max(faults[host].refusesUntil, until)
    faultsUntil.pointee.connects = max(faultsUntil.pointee.connects, until)
  }

  func hangConnects(to host: Int32, until: UInt64) {
    faults[host].hangsUntil = max(faults[host].hangsUntil, until)
    faultsUntil.pointee.connects = max(faultsUntil.pointee.connects, until)
  }

  func shortenIO(of host: Int32, toAtMost bytes: Int, until: UInt64) {
    faults.partialIOMaxBytes = bytes
    faults[host].partialUntil = max(faults[host].partialUntil, until)
    faultsUntil.pointee.partialIO = max(faultsUntil.pointee.partialIO, until)
  }

  func loseDatagrams(of host: Int32, _ probability: Double, until: UInt64) {
    faults.lossProbability = probability
    faults[host].losesUntil = max(faults[host].losesUntil, until)
    faultsUntil.pointee.datagrams = max(faultsUntil.pointee.datagrams, until)
  }

  func doubleDatagrams(of host: Int32, _ probability: Double, until: UInt64) {
    faults.doublingProbability = probability
    faults[host].doublesUntil = max(faults[host].doublesUntil, until)
    faultsUntil.pointee.datagrams = max(faultsUntil.pointee.datagrams, until)
  }

  // MARK: Connections

  /// The connections of a host with others that stand, and that both ends have accepted.
  func connections(of host: Int32) -> [Int32] {
    (0..<sockets.count).filter { index in
      let socket = sockets[index]
      guard socket.pointee.host == host, socket.pointee.remoteHost != host, isHeld(socket) else {
        return false
      }
      let peer = socket.pointee.peer
      return sockets.find(peer.index, peer.generation).map(isHeld) ?? false
    }
  }

  private func isHeld(_ socket: UnsafeMutablePointer<Socket>) -> Bool {
    socket.pointee.phase == .established && socket.pointee.listener == .none
      && !socket.pointee.isBroken && !socket.pointee.flags.contains(.closed)
  }

  /// A connection is reset: at both ends at once, or at this end, and at the other when it writes.
  func resetAtRandom(_ index: Int32, bothEnds: Bool) {
    let peer = sockets[index].pointee.peer
    if bothEnds {
      effects.pointee.connectionsReset += 1
      receiveReset(peer.index)
    } else {
      effects.pointee.connectionsResetAtOneEnd += 1
    }
    receiveReset(index)
  }

  // MARK: The end

  /// Restores every way and frees every link. What was held back arrives; what was lost is sent
  /// again when its time comes, as TCP does.
  package func heal() {
    partitions.removeAll()
    faults.clear()
    let overtaken = faultsUntil.pointee.overtaken
    faultsUntil.pointee = FaultHorizon()
    faultsUntil.pointee.overtaken = overtaken
    for index in 0..<links.count {
      links[index].pointee.cloggedUntil = 0
      links[index].pointee.swizzledUntil = 0
      links[index].pointee.slowUntil = 0
      links[index].pointee.corruptAfter = .max
    }
    for event in faults.heldBack.takeAll() { bringForward(event, to: now) }
    catchUp()
  }

  /// What is under way over links that were slow arrives no later than if it were sent now.
  private func catchUp() {
    var latest = [UInt64](repeating: .max, count: Int(links.count))
    for index in 0..<links.count where links[index].pointee.slowness > 1 {
      let link = links[index]
      link.pointee.slowness = 1
      latest[Int(index)] =
        max(now, link.pointee.busyUntil) + link.pointee.distance
        + latency(figures.latency, of: link)
    }
    for event in faults.slowed.takeAll() { bringForward(event, to: latest[Int(event.link)]) }
    for index in 0..<sockets.count where sockets[index].pointee.phase != .free {
      catchUp(index, latest[Int(sockets[index].pointee.link)])
    }
  }

  private func catchUp(_ index: Int32, _ latest: UInt64) {
    let socket = sockets[index]
    guard socket.pointee.lastDue > latest else { return }
    socket.pointee.lastDue = latest
    var number = socket.pointee.inFlight.first
    guard number >= 0 else { return }
    // A delivery is scheduled for the first; but if that was due before, it is a retry.
    bringForward(
      NetworkFaultState.PutOff(
        kind: .dataDelivery, index: index, generation: socket.pointee.generation,
        link: socket.pointee.link, until: chunks[number].pointee.due), to: latest)
    while number >= 0 {
      chunks[number].pointee.due = min(chunks[number].pointee.due, latest)
      number = chunks[number].pointee.next
    }
  }

  /// An event comes earlier than it was scheduled; the queue keeps the old one, which is ignored.
  private func bringForward(_ event: NetworkFaultState.PutOff, to instant: UInt64) {
    guard event.until > instant else { return }
    if event.kind != .datagramDelivery, sockets.find(event.index, event.generation) == nil {
      return
    }
    guard faults.overtaken.insert(event.key).inserted else { return }
    faultsUntil.pointee.overtaken = max(faultsUntil.pointee.overtaken, event.until)
    schedule(event.kind, event.index, event.generation, at: instant)
  }
}
