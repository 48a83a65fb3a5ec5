//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import MoonpoolCore

/// Who waits for what: for reports of runs that got stuck.
extension NetworkModel {
  /// What a task that waits for the network waits for, in words.
  func waitReason(of task: UnsafeRawPointer) -> String? {
    for index in 0..<sockets.count {
      let socket = sockets[index].pointee
      if holdsUp(socket.reader, task) {
        return "bytes from \(text(socket.remoteHost, socket.remotePort))"
      }
      if holdsUp(socket.writer, task) {
        let isConnecting = socket.phase == .connecting
        return (isConnecting ? "a connection to " : "room to write to ")
          + text(socket.remoteHost, socket.remotePort)
      }
    }
    for index in 0..<listeners.count where holdsUp(listeners[index].pointee.acceptor, task) {
      return "a connection from anybody at "
        + text(listeners[index].pointee.host, listeners[index].pointee.port)
    }
    for index in 0..<datagramPorts.count where holdsUp(datagramPorts[index].pointee.receiver, task)
    {
      return "a datagram at "
        + text(datagramPorts[index].pointee.host, datagramPorts[index].pointee.port)
    }
    return nil
  }

  private func holdsUp(_ waiter: OpaquePointer?, _ task: UnsafeRawPointer) -> Bool {
    waiter.map { mp_waiter_task($0) == task } ?? false
  }

  private func text(_ host: Int32, _ port: UInt16) -> String {
    guard host >= 0, Int(host) < directory.hosts.count else { return "an unknown host" }
    return NetworkAddress(ip: directory.hosts[Int(host)].address, port: port).description
  }
}
