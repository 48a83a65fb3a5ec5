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

/// What faults in force do to traffic: off the path of a byte that none of them concerns.
extension NetworkModel {
  // MARK: Clogs

  func countClogged(_ link: Int32, _ count: (inout NetworkEffects.Clog) -> Void) {
    if links[link].pointee.swizzledUntil > now {
      count(&effects.pointee.swizzledClog)
    } else {
      count(&effects.pointee.clog)
    }
  }

  /// What is in flight waits until its link passes it on.
  @inline(never)
  func holdBack(_ index: Int32) {
    sockets[index].pointee.flags.insert(.delivering)
    if let recorder { noteHeld(sockets[index].pointee.inFlight, recorder) }
    holdBack(.dataDelivery, index, on: sockets[index].pointee.link)
  }

  /// A step waits until its link passes it on.
  @inline(never)
  func holdBack(_ kind: EventKind, _ index: Int32, on link: Int32) {
    let socket = sockets[index]
    let event = NetworkFaultState.PutOff(
      kind: kind, index: index, generation: socket.pointee.generation, link: link,
      until: links[link].pointee.cloggedUntil)
    schedule(kind, index, event.generation, at: event.until)
    // It was counted when it was first held back.
    if faults.heldBack.extend(event, due: simulation.pointee.event_due) { return }
    faults.heldBack.append(event, now: now)
    let bytes = kind == .dataDelivery ? socket.pointee.inFlight.bytes : 0
    countClogged(link) { $0.delayed(bytes) }
  }

  /// Whether this event is one that came earlier instead.
  @inline(never)
  func isOvertaken(_ event: PackedEvent) -> Bool {
    let key = NetworkFaultState.QueuedEvent(
      bits: event.bits, instant: simulation.pointee.event_due)
    guard faults.overtaken.remove(key) != nil else { return false }
    if faults.overtaken.isEmpty { faultsUntil.pointee.overtaken = 0 }
    return true
  }

  // MARK: Latency

  /// The time over a link that is slow.
  @inline(never)
  func slowed(_ index: Int32, by latency: UInt64) -> UInt64 {
    let normal = links[index].pointee.distance &+ latency
    let (product, overflow) = normal.multipliedReportingOverflow(by: links[index].pointee.slowness)
    let slow = overflow ? DurationSpan.longest : min(product, DurationSpan.longest)
    effects.pointee.latencySpike.deliveriesDelayed += 1
    effects.pointee.latencySpike.nanosecondsAdded &+= slow - normal
    return slow
  }

  /// Remembers what has just been sent over a link, if that is slow.
  @inline(__always)
  func noteIfSlow(
    _ kind: EventKind, _ index: Int32, _ generation: UInt32, over link: Int32, due: UInt64
  ) {
    guard links[link].pointee.slowUntil > now else { return }
    faults.slowed.append(
      NetworkFaultState.PutOff(
        kind: kind, index: index, generation: generation, link: link, until: due), now: now)
  }

  // MARK: Bit flips

  /// Flips bits of a chunk that has just arrived, if that was ordered: 1 + the number of leading
  /// zeros of a random word, so that one bit is most likely and each further half as likely.
  @inline(never)
  func corrupt(_ number: Int32, _ socket: UnsafeMutablePointer<Socket>) {
    let link = links[socket.pointee.link]
    guard let place = faults.flips.firstIndex(where: { $0.concerns(link.pointee) }) else {
      link.pointee.corruptAfter = .max  // what was ordered has hit another link
      return
    }
    let order = faults.flips.remove(at: place)
    let draws = faults.flipDraws
    let chunk = chunks[number]
    let word = UInt32(truncatingIfNeeded: draws.next() >> 32)
    let drawn = 1 + word.leadingZeroBitCount
    let wanted = min(max(drawn, order.bits.lowerBound), order.bits.upperBound)
    let possible = min(wanted, chunk.pointee.count * 8)
    var bytes = Array(
      chunk.pointee.bytes[chunk.pointee.offset..<(chunk.pointee.offset + chunk.pointee.count)])
    var flipped: [Int] = []
    while flipped.count < possible {
      let bit = draws.int(in: 0..<(bytes.count * 8))
      if flipped.contains(bit) { continue }
      flipped.append(bit)
      bytes[bit >> 3] ^= 1 << UInt8(bit & 7)
    }
    chunk.pointee.bytes = bytes
    chunk.pointee.offset = 0
    effects.pointee.bitFlip.fired += 1
    effects.pointee.bitFlip.bits += possible
  }

  // MARK: Connecting

  /// Refuses a request to connect, or lets it go unanswered. False: neither.
  @inline(never)
  func turnsAway(_ index: Int32) -> Bool {
    let socket = sockets[index]
    let host = socket.pointee.remoteHost
    guard host != socket.pointee.host else { return false }
    if faults[host].hangsUntil > now {
      if !socket.pointee.flags.contains(.isHung) {
        socket.pointee.flags.insert(.isHung)
        effects.pointee.connectsHung += 1
      }
      retryLater(index)
      return true
    }
    guard faults[host].refusesUntil > now,
      directory.listener(host, socket.pointee.remotePort) != nil
    else { return false }
    effects.pointee.connectsRefused += 1
    send(.connectRefusal, index, socket.pointee.generation, over: socket.pointee.returnLink)
    return true
  }

  // MARK: Reading and writing a part

  /// How many bytes a write takes at most.
  @inline(never)
  func shortenedWrite(_ socket: UnsafeMutablePointer<Socket>, _ wanted: Int) -> Int {
    guard faults[socket.pointee.host].partialUntil > now else { return wanted }
    let window = socket.pointee.unsent.isEmpty ? windowRoom(socket) : 0
    let possible = min(wanted, window + figures.sendBuffer - socket.pointee.unsent.bytes)
    guard possible > 1 else { return wanted }
    let part = partOf(possible)
    if part < possible { effects.pointee.writesShortened += 1 }
    return part
  }

  /// How many bytes a read returns at most.
  @inline(never)
  func shortenedRead(_ socket: UnsafeMutablePointer<Socket>, _ maximum: Int) -> Int {
    guard faults[socket.pointee.host].partialUntil > now else { return maximum }
    let first = chunks[socket.pointee.received.first].pointee.count
    let possible = min(maximum, first >= Self.crumb ? first : socket.pointee.received.bytes)
    guard possible > 1 else { return maximum }
    let part = partOf(possible)
    if part < possible { effects.pointee.readsShortened += 1 }
    return part
  }

  private func partOf(_ possible: Int) -> Int {
    faults.partialIODraws.int(in: 1...min(possible, faults.partialIOMaxBytes))
  }

  // MARK: Datagrams

  /// How often a datagram is sent that a program sends once.
  @inline(never)
  func copiesOfDatagram(_ from: Int32, _ to: Int32) -> Int {
    guard from != to else { return 1 }
    if max(faults[from].losesUntil, faults[to].losesUntil) > now,
      faults.lossDraws.bool(probability: faults.lossProbability)
    {
      effects.pointee.datagramsLostToFaults += 1
      return 0
    }
    if max(faults[from].doublesUntil, faults[to].doublesUntil) > now,
      faults.doublingDraws.bool(probability: faults.doublingProbability)
    {
      effects.pointee.datagramsDoubledByFaults += 1
      return 2
    }
    return 1
  }
}
