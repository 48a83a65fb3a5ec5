//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

/// A machine with an address.
struct HostState {
  var address: IPAddress
  /// False while it is switched off: nothing arrives, and nothing answers.
  var isUp = true
  /// Where the search for a free port goes on.
  var nextPort: UInt16
}

/// What the network looks up: hosts by address, listeners by port, links by pair.
///
/// Only ever looked up by key: no order follows from it.
final class NetworkDirectory {
  private struct PortKey: Hashable {
    var host: Int32
    var port: UInt16
  }
  private struct StreamKey: Hashable {
    var host: Int32
    var port: UInt16
    var remoteHost: Int32
    var remotePort: UInt16
  }

  var hosts: [HostState] = []
  var links: [UInt64: Int32] = [:]
  private var hostByAddress: [IPAddress: Int32] = [:]
  private var listeners: [PortKey: SlabID] = [:]
  private var datagramPorts: [PortKey: SlabID] = [:]
  private var streams: Set<StreamKey> = []
  private var names: [String: [IPAddress]] = [:]

  func addHost(_ address: IPAddress, firstPort: UInt16) -> Int32 {
    if let known = hostByAddress[address] { return known }
    let index = Int32(hosts.count)
    hosts.append(HostState(address: address, nextPort: firstPort))
    hostByAddress[address] = index
    return index
  }

  func host(at address: IPAddress) -> Int32? { hostByAddress[address] }

  func setName(_ name: String, _ addresses: [IPAddress]) { names[name] = addresses }
  func addresses(of name: String) -> [IPAddress]? { names[name] }

  // MARK: Ports

  func listener(_ host: Int32, _ port: UInt16) -> SlabID? {
    listeners[PortKey(host: host, port: port)]
  }
  func setListener(_ host: Int32, _ port: UInt16, _ id: SlabID?) {
    listeners[PortKey(host: host, port: port)] = id
  }
  func datagramPort(_ host: Int32, _ port: UInt16) -> SlabID? {
    datagramPorts[PortKey(host: host, port: port)]
  }
  func setDatagramPort(_ host: Int32, _ port: UInt16, _ id: SlabID?) {
    datagramPorts[PortKey(host: host, port: port)] = id
  }

  /// A port of the ephemeral range for which `isFree` holds, or nil.
  func takePort(
    _ host: Int32, in range: ClosedRange<UInt16>, where isFree: (UInt16) -> Bool
  ) -> UInt16? {
    var port = hosts[Int(host)].nextPort
    for _ in 0..<range.count {
      let candidate = port
      port = candidate == range.upperBound ? range.lowerBound : candidate + 1
      if isFree(candidate) {
        hosts[Int(host)].nextPort = port
        return candidate
      }
    }
    return nil
  }

  // MARK: Datagrams under way

  private var datagrams: [DatagramState?] = []
  private var freeDatagrams: [Int32] = []

  func keep(_ datagram: DatagramState) -> Int32 {
    guard let number = freeDatagrams.popLast() else {
      datagrams.append(datagram)
      return Int32(datagrams.count - 1)
    }
    datagrams[Int(number)] = datagram
    return number
  }

  var datagramCount: Int { datagrams.count - freeDatagrams.count }

  func takeDatagram(_ number: Int32) -> DatagramState {
    let datagram = datagrams[Int(number)]!
    datagrams[Int(number)] = nil
    freeDatagrams.append(number)
    return datagram
  }

  // MARK: Streams: no two with equal ends

  func remember(_ socket: Socket) {
    streams.insert(
      StreamKey(
        host: socket.host, port: socket.port, remoteHost: socket.remoteHost,
        remotePort: socket.remotePort))
  }
  func forget(_ socket: Socket) {
    streams.remove(
      StreamKey(
        host: socket.host, port: socket.port, remoteHost: socket.remoteHost,
        remotePort: socket.remotePort))
  }
  var streamCount: Int { streams.count }
  func isTaken(_ host: Int32, _ port: UInt16, _ remoteHost: Int32, _ remotePort: UInt16) -> Bool {
    streams.contains(
      StreamKey(host: host, port: port, remoteHost: remoteHost, remotePort: remotePort))
  }
}
