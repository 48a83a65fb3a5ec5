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

/// A port that is open for datagrams.
struct DatagramPort: SlabElement {
  var generation: UInt32 = 0
  var next: Int32 = -1
  var host: Int32 = -1
  var port: UInt16 = 0
  var node: UInt32 = 0
  var received: [DatagramState] = []
  /// Where in `received` the first unread one is.
  var head = 0
  var bytes = 0
  var receiver: OpaquePointer?
}

/// A datagram, on its way or waiting to be read.
struct DatagramState {
  var bytes: [UInt8]
  var host: Int32
  var port: UInt16
  var remoteHost: Int32
  var remotePort: UInt16
  /// Its number among the messages that are written down; -1: it isn't.
  var message: Int32 = -1
}

/// Datagrams: each on its own, lost without a word.
extension NetworkModel {
  /// The largest that fits into an IPv4 packet.
  static let largestDatagram = 65_507

  func bindDatagrams(_ host: Int32, port: UInt16, node: UInt32) -> Attempt<SlabID> {
    let chosen: UInt16
    switch choosePort(host, port, isTaken: { directory.datagramPort(host, $0) != nil }) {
    case .done(let free): chosen = free
    case .failed(let error): return .failed(error)
    case .wouldBlock: fatalError("choosing a port never waits")
    }
    let index = datagramPorts.take()
    datagramPorts[index].pointee.host = host
    datagramPorts[index].pointee.port = chosen
    datagramPorts[index].pointee.node = node
    let id = SlabID(index: index, generation: datagramPorts[index].pointee.generation)
    directory.setDatagramPort(host, chosen, id)
    return .done(id)
  }

  func closeDatagrams(_ id: SlabID) {
    guard let port = datagramPorts.find(id.index, id.generation) else { return }
    wake(&port.pointee.receiver)
    directory.setDatagramPort(port.pointee.host, port.pointee.port, nil)
    datagramPorts.give(id.index)
  }

  func sendDatagram(_ id: SlabID, _ bytes: [UInt8], to host: Int32, _ port: UInt16) -> Attempt<Void>
  {
    guard let own = datagramPorts.find(id.index, id.generation) else { return .failed(.closed) }
    if bytes.count > Self.largestDatagram { return .failed(.messageTooLarge) }
    let datagram = DatagramState(
      bytes: bytes, host: own.pointee.host, port: own.pointee.port, remoteHost: host,
      remotePort: port)
    let way = link(from: own.pointee.host, to: host)
    let draws = decisions(of: links[way])
    if figures.datagramLoss > 0, draws.bool(probability: figures.datagramLoss) {
      effects.pointee.datagramsLost += 1
      if let recorder { _ = note(datagram, isLost: true, recorder) }
      return .done(())
    }
    var copies = 1
    if faultsUntil.pointee.datagrams > now { copies = copiesOfDatagram(datagram.host, host) }
    if copies == 0 {
      if let recorder { _ = note(datagram, isLost: true, recorder) }
      return .done(())
    }
    launch(datagram, over: way)
    if copies > 1 { launch(datagram, over: way) }
    if figures.datagramDoubling > 0, draws.bool(probability: figures.datagramDoubling) {
      effects.pointee.datagramsDoubled += 1
      launch(datagram, over: way)
    }
    return .done(())
  }

  private func launch(_ datagram: DatagramState, over way: Int32) {
    var datagram = datagram
    if let recorder { datagram.message = note(datagram, isLost: false, recorder) }
    let number = directory.keep(datagram)
    let due = arrival(over: way, bytes: datagram.bytes.count)
    noteIfSlow(.datagramDelivery, number, 0, over: way, due: due)
    schedule(.datagramDelivery, number, 0, at: due)
  }

  func deliverDatagram(_ number: Int32) -> Bool {
    let datagram = directory.takeDatagram(number)
    let way = link(from: datagram.host, to: datagram.remoteHost)
    if mp_trace_is_on(simulation) {
      mp_trace_event(
        simulation, UInt32(EventKind.datagramDelivery.rawValue), 0, UInt32(number),
        UInt32(datagram.bytes.count))
    }
    var fate = SpaceTime.Message.Fate.lost
    defer { recorder?.end(datagram.message, fate, at: now) }
    if isCut(way) {
      effects.pointee.partition.datagramsLost += 1
      return true
    }
    if links[way].pointee.cloggedUntil > now {
      countClogged(way) { $0.datagramsLost += 1 }
      return true
    }
    guard let id = directory.datagramPort(datagram.remoteHost, datagram.remotePort),
      let port = datagramPorts.find(id.index, id.generation)
    else {
      fate = .refused
      return true
    }
    if port.pointee.bytes + datagram.bytes.count > figures.datagramBuffer {
      effects.pointee.datagramsOverflowed += 1
      return true
    }
    fate = .delivered
    port.pointee.received.append(datagram)
    port.pointee.bytes += datagram.bytes.count
    wake(&port.pointee.receiver)
    return true
  }

  func receiveDatagram(_ id: SlabID) -> Attempt<DatagramState> {
    guard let port = datagramPorts.find(id.index, id.generation) else { return .failed(.closed) }
    guard port.pointee.head < port.pointee.received.count else { return .wouldBlock }
    let datagram = port.pointee.received[port.pointee.head]
    port.pointee.head += 1
    port.pointee.bytes -= datagram.bytes.count
    if port.pointee.head == port.pointee.received.count {
      port.pointee.received.removeAll(keepingCapacity: true)
      port.pointee.head = 0
    } else if port.pointee.head > 64, port.pointee.head * 2 > port.pointee.received.count {
      port.pointee.received.removeFirst(port.pointee.head)
      port.pointee.head = 0
    }
    return .done(datagram)
  }
}
