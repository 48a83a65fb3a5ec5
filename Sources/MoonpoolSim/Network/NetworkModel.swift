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

/// The network of a run: hosts, links, sockets, as a state machine that knows no tasks.
///
/// Operations never wait: they answer `wouldBlock`, and whoever asked leaves a waiter that is woken
/// when it is worth asking again. Events of the world's queue move it on.
///
/// Streams follow TCP as far as a program can see it, after RFC 9293 and the behaviour of Linux: a
/// handshake over the link's latency, a window, half-close, resets; a link that is cut stalls a
/// stream until a retransmission gets through, or gives up. No byte is ever missing from the middle
/// of a stream.
package final class NetworkModel {
  let simulation: UnsafeMutablePointer<mp_sim>
  let configuration: NetworkConfiguration
  /// The configuration's figures, as the hot path wants them.
  let figures: NetworkFigures
  let sockets = Slab<Socket>(capacity: 16)
  let chunks = Slab<Chunk>(capacity: 32)
  let links = Slab<Link>(capacity: 16)
  let listeners = Slab<ListenerState>(capacity: 8)
  let datagramPorts = Slab<DatagramPort>(capacity: 4)
  let effects: UnsafeMutablePointer<NetworkEffects>
  /// The verdict is final: nothing has an effect any more.
  let isOver: UnsafeMutablePointer<Bool>
  /// What is looked up by name or pair; not on the path of a byte.
  let directory = NetworkDirectory()
  /// Whether ways are cut.
  let partitions = Partitions()
  /// What fault injectors have begun; not on the path of a byte.
  let faults: NetworkFaultState
  /// Until when any fault of a kind is in force, for the path of a byte.
  let faultsUntil: UnsafeMutablePointer<FaultHorizon>
  let streams: (StreamKey) -> DecisionStream
  /// Writes down what is sent, in runs that are to be recorded.
  let recorder: SpaceTimeRecorder?

  init(
    _ simulation: UnsafeMutablePointer<mp_sim>, _ configuration: NetworkConfiguration,
    recorder: SpaceTimeRecorder? = nil,
    streams: @escaping (StreamKey) -> DecisionStream
  ) {
    self.simulation = simulation
    self.configuration = configuration
    self.streams = streams
    self.recorder = recorder
    figures = NetworkFigures(configuration)
    faults = NetworkFaultState(streams)
    faultsUntil = .allocate(capacity: 1)
    faultsUntil.initialize(to: FaultHorizon())
    effects = .allocate(capacity: 1)
    effects.initialize(to: NetworkEffects())
    isOver = .allocate(capacity: 1)
    isOver.initialize(to: false)
  }

  deinit {
    sockets.destroy()
    chunks.destroy()
    links.destroy()
    listeners.destroy()
    datagramPorts.destroy()
    effects.deinitialize(count: 1)
    effects.deallocate()
    faultsUntil.deallocate()
    isOver.deallocate()
  }

  /// Gives back the memory of all that was on its way. Nobody asks any more.
  func dissolve() {
    sockets.removeAll()
    chunks.removeAll()
    links.removeAll()
    listeners.removeAll()
    datagramPorts.removeAll()
  }

  @inline(__always) var now: UInt64 { simulation.pointee.now }

  @inline(__always)
  func schedule(_ kind: EventKind, _ index: Int32, _ generation: UInt32, at when: UInt64) {
    mp_event_schedule(simulation, when, PackedEvent(kind, index, generation).bits)
  }

  /// Does what is due. False: it concerned something that is gone.
  func handle(_ event: PackedEvent) -> Bool {
    if faultsUntil.pointee.overtaken >= simulation.pointee.event_due, isOvertaken(event) {
      return false
    }
    if event.kind == .datagramDelivery { return deliverDatagram(event.index) }
    let index = event.index
    guard sockets[index].pointee.generation & 0xff_ffff == event.generation else { return false }
    note(event.kind, index)
    if let recorder { noteArrival(event.kind, index, recorder) }
    switch event.kind {
    case .connectArrival: connectionArrives(index)
    case .connectAnswer: connectionIsAnswered(index)
    case .connectComplete: connectionIsComplete(index)
    case .connectRefusal: connectionIsRefused(index)
    case .connectRetry: retryConnecting(index)
    case .dataDelivery: deliver(index)
    case .windowUpdate: updateWindow(index)
    case .acknowledgementRetry: retryAcknowledging(index)
    case .resetDelivery: receiveReset(index)
    case .keepAlive: return probe(index)
    default: return false
    }
    return true
  }

  @inline(__always)
  private func note(_ kind: EventKind, _ index: Int32) {
    guard mp_trace_is_on(simulation) else { return }
    let socket = sockets[index]
    let value =
      switch kind {
      case .dataDelivery: socket.pointee.inFlight.bytes
      case .windowUpdate: socket.pointee.unsent.bytes
      case .acknowledgementRetry: socket.pointee.unacknowledged
      case .keepAlive: socket.pointee.keepAlive?.unanswered ?? 0
      default: 0
      }
    mp_trace_event(
      simulation, UInt32(kind.rawValue), socket.pointee.node, UInt32(index),
      UInt32(truncatingIfNeeded: value))
  }

  // MARK: Links

  /// The link between two hosts, made at first use.
  package func link(from: Int32, to: Int32) -> Int32 {
    let key = UInt64(UInt32(bitPattern: from)) << 32 | UInt64(UInt32(bitPattern: to))
    if let known = directory.links[key] { return known }
    let index = links.take()
    links[index].pointee.from = from
    links[index].pointee.to = to
    if figures.distance.upperBound > 0, from != to {
      let width = figures.distance.upperBound - figures.distance.lowerBound
      links[index].pointee.distance =
        figures.distance.lowerBound + decisions(of: links[index]).uint64(below: width + 1)
    }
    directory.links[key] = index
    inheritFaults(index)
    return index
  }

  /// What decides a link's latencies and losses.
  @inline(__always)
  func decisions(of link: UnsafeMutablePointer<Link>) -> DecisionStream {
    link.pointee.decisions ?? makeDecisions(link)
  }

  private func makeDecisions(_ link: UnsafeMutablePointer<Link>) -> DecisionStream {
    let made = streams(.network(from: Int(link.pointee.from), to: Int(link.pointee.to)))
    link.pointee.decisions = made
    return made
  }

  /// A latency of something on a link.
  @inline(__always)
  func latency(_ sampler: LatencySampler, of link: UnsafeMutablePointer<Link>) -> UInt64 {
    sampler.constant ?? sampler.nanoseconds(from: decisions(of: link))
  }

  /// When something that is sent now arrives. Nothing wraps: each summand is below 2^63.
  @inline(__always)
  func arrival(over index: Int32, bytes: Int) -> UInt64 {
    let link = links[index]
    var start = now
    if figures.bandwidth > 0 {
      start = max(start, link.pointee.busyUntil)
      start = min(start + figures.transmissionTime(bytes), DurationSpan.longest)
      link.pointee.busyUntil = start
    }
    guard link.pointee.from != link.pointee.to else { return start &+ figures.loopback }
    let latency = latency(figures.latency, of: link)
    if link.pointee.slowUntil > now { return start &+ slowed(index, by: latency) }
    return start &+ link.pointee.distance &+ latency
  }

  /// Whether nothing gets from one host to the other, because the way is cut or a host is down.
  @inline(__always)
  func isCut(_ index: Int32) -> Bool {
    let link = links[index]
    if link.pointee.partitionEpoch != partitions.epoch {
      link.pointee.partitionEpoch = partitions.epoch
      link.pointee.isCut =
        partitions.cut(from: link.pointee.from, to: link.pointee.to)
        || !directory.hosts[Int(link.pointee.from)].isUp
        || !directory.hosts[Int(link.pointee.to)].isUp
    }
    return link.pointee.isCut
  }

  // MARK: Waking

  @inline(__always)
  func wake(_ place: inout OpaquePointer?) {
    guard let waiter = place else { return }
    place = nil
    mp_waiter_wake(waiter)
  }

  /// The connection has failed at this end: both directions are over, and the program is told.
  func fail(_ index: Int32, _ error: NetworkError.Code) {
    let socket = sockets[index]
    guard socket.pointee.error == nil, !socket.pointee.flags.contains(.failed) else { return }
    socket.pointee.error = error
    if let recorder { noteEnd(of: socket, recorder) }
    socket.pointee.unsent.removeAll(in: chunks)
    socket.pointee.inFlight.removeAll(in: chunks)
    wake(&socket.pointee.reader)
    wake(&socket.pointee.writer)
    startProbing(socket.pointee.peer)
    if socket.pointee.flags.contains(.closed) { release(index) }
  }

  /// The slot is free again; numbers that others hold of it are old from now on.
  func release(_ index: Int32) {
    let socket = sockets[index]
    if socket.pointee.phase == .connecting { forsakeOtherEnd(of: socket) }
    startProbing(socket.pointee.peer)
    if let recorder { noteEnd(of: socket, recorder) }
    socket.pointee.received.removeAll(in: chunks)
    socket.pointee.unsent.removeAll(in: chunks)
    socket.pointee.inFlight.removeAll(in: chunks)
    if socket.pointee.flags.contains(.connector) { directory.forget(socket.pointee) }
    sockets.give(index)
  }
}
