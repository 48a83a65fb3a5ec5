//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import Synchronization

/// The requests of a node that wait for their answers: sends them, again if their mode says so, and
/// gives each its answer, or the reason why there is none.
final class CallTable: Sendable {
  fileprivate struct State {
    var calls: [UInt64: PendingCall] = [:]
    var next: UInt64 = 1
    /// Numbers of calls that are about to begin, of other threads.
    var reserved: [UInt64] = []
    /// No call that waits, or is about to begin, has a smaller number.
    var oldest: UInt64 = 1
    var timers = TimerQueue()
    var isClosed = false
  }

  private let node: Node
  private let configuration: TransportConfiguration
  private let incarnation: UInt64
  let failures: FailureMonitor
  /// What this node itself serves.
  private let services: ServiceTable
  private let state = Mutex(State())

  init(
    on node: Node, _ configuration: TransportConfiguration, incarnation: UInt64,
    failures: FailureMonitor, services: ServiceTable
  ) {
    self.node = node
    self.configuration = configuration
    self.incarnation = incarnation
    self.failures = failures
    self.services = services
  }

  private var now: Duration { node.providers.time.now }

  // MARK: Beginning

  /// Sends a request and waits for its answer: what follows the status.
  ///
  /// - Throws: ``ReplyError``; `CancellationError`, after the other side has been told.
  func call(
    _ endpoint: Endpoint, over link: Link?, _ body: [UInt8], _ mode: DeliveryMode,
    deadline: Duration?
  ) async throws -> ArraySlice<UInt8> {
    let number = try reserve()
    return try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { continuation in
        begin(
          number,
          PendingCall(
            waiter: .single(continuation), link: link, endpoint: endpoint, mode: mode, body: body,
            deadline: deadline))
        if Task.isCancelled { cancel(number, CancellationError()) }
      }
    } onCancel: {
      cancel(number, CancellationError())
    }
  }

  /// Sends a request whose answer is a stream. Returns its number.
  func open(
    _ endpoint: Endpoint, over link: Link?, _ body: [UInt8], _ buffer: ElementBuffer,
    credit: UInt32, deadline: Duration?
  ) throws(ReplyError) -> UInt64 {
    let number = try reserve()
    begin(
      number,
      PendingCall(
        waiter: .stream(buffer), link: link, endpoint: endpoint, mode: .once, body: body,
        credit: credit, deadline: deadline))
    return number
  }

  private func reserve() throws(ReplyError) -> UInt64 {
    let result = state.withLock { state -> Result<UInt64, ReplyError> in
      if state.isClosed { return .failure(.closed) }
      guard state.calls.count < configuration.pendingLimit else {
        return .failure(.notDelivered("\(configuration.pendingLimit) requests wait for answers"))
      }
      state.reserved.append(state.next)
      return .success(state.takeNumber())
    }
    return try result.get()
  }

  /// The packet of something that nobody answers.
  func message(_ token: UID, _ body: [UInt8]) -> Packet {
    let (number, oldest) = state.withLock { ($0.takeNumber(), $0.oldest) }
    let head = RequestHead(number: number, oldest: oldest, incarnation: incarnation)
    return Packet(.message, to: token, head.payload(body)[...])
  }

  private func begin(_ number: UInt64, _ call: PendingCall) {
    let first = state.withLock { state -> Packet? in
      state.reserved.removeAll { $0 == number }
      if state.isClosed { return nil }
      state.calls[number] = call
      if let due = call.due { schedule(number, at: due, &state) }
      return packet(number, call, state.oldest)
    }
    guard let first else { return call.resume(with: .failure(ReplyError.closed)) }
    send(number, first, call)
  }

  private func packet(_ number: UInt64, _ call: PendingCall, _ oldest: UInt64) -> Packet {
    let head = RequestHead(
      number: number, oldest: oldest, incarnation: incarnation,
      timeLeft: call.deadline.map { $0 - now }, credit: call.credit)
    return Packet(.request, to: call.endpoint.token, head.payload(call.body)[...])
  }

  private func send(_ number: UInt64, _ packet: Packet, _ call: PendingCall) {
    guard let link = call.link else { return services.take(packet, from: .here(self)) }
    do {
      try link.send(packet)
    } catch .queueIsFull where call.mode.isSentAgain {
      retry(number)
    } catch .closed {
      fail(number, .closed)
    } catch {
      fail(number, .notDelivered("\(error)"))
    }
  }

  /// Sends it again in a while.
  private func retry(_ number: UInt64) {
    state.withLock { state in
      guard state.calls[number] != nil else { return }
      let time = now + configuration.retryInterval
      state.calls[number]!.retry = time
      schedule(number, at: time, &state)
    }
  }

  // MARK: Ends

  private func take(_ number: UInt64) -> PendingCall? {
    state.withLock { state in
      guard let call = state.calls.removeValue(forKey: number) else { return nil }
      state.advance()
      return call
    }
  }

  private func fail(_ number: UInt64, _ error: ReplyError) {
    take(number)?.resume(with: .failure(error))
  }

  /// Gives a call up, and tells the other side.
  func cancel(_ number: UInt64, _ reason: any Error) {
    guard let call = take(number) else { return }
    withdraw(number, call)
    call.resume(with: .failure(reason))
  }

  /// Asks for more elements of a stream.
  func credit(_ number: UInt64, _ count: UInt32) {
    guard let call = state.withLock({ $0.calls[number] }) else { return }
    tell(call, .credit, RequestName(number: number, incarnation: incarnation, count: count))
  }

  private func withdraw(_ number: UInt64, _ call: PendingCall) {
    let name = RequestName(number: number, incarnation: incarnation)
    guard let link = call.link else { return tell(call, .cancel, name) }
    let notice = Packet(.cancel, to: call.endpoint.token, name.payload[...])
    link.withdraw(notice, call.mayHaveArrived) { packet in
      packet.requestNumber == number
    }
  }

  /// Says something of a request to where it was sent.
  private func tell(_ call: PendingCall, _ kind: PacketKind, _ name: RequestName) {
    let packet = Packet(kind, to: call.endpoint.token, name.payload[...])
    guard let link = call.link else { return services.take(packet, from: .here(self)) }
    link.sendIfConnected(packet)
  }

  // MARK: What arrives

  /// An answer has come, or a part of one.
  func take(_ packet: Packet) {
    if packet.kind == .element { element(packet) } else { answered(packet) }
  }

  private func answered(_ packet: Packet) {
    // An answer for an earlier life is for nobody.
    guard packet.token.second == incarnation,
      let (status, body) = Answer.parse(packet.payload)
    else { return }
    let number = packet.token.first
    if status == .endpointNotFound || status == .overloaded { return refused(number, status) }
    guard let call = take(number) else { return }
    call.resume(with: result(status, body))
  }

  private func result(
    _ status: ReplyStatus, _ body: ArraySlice<UInt8>
  ) -> Result<ArraySlice<UInt8>, any Error> {
    func text() -> String { String(decoding: body, as: UTF8.self) }
    switch status {
    case .value, .finished: return .success(body)
    case .failed:
      let failure = try? configuration.codec.decode(RemoteFailure.self, from: body)
      return .failure(failure.map { ReplyError.failed($0) } ?? .undecodableReply("its error"))
    case .brokenPromise: return .failure(ReplyError.brokenPromise)
    case .endpointNotFound: return .failure(ReplyError.endpointNotFound)
    case .undecodable: return .failure(ReplyError.undecodableRequest(text()))
    case .deadlineExceeded: return .failure(ReplyError.deadlineExceeded)
    case .overloaded: return .failure(ReplyError.overloaded)
    case .unsendable: return .failure(ReplyError.undecodableReply(text()))
    }
  }

  /// The other side has not begun with it, this time.
  private func refused(_ number: UInt64, _ status: ReplyStatus) {
    guard let call = state.withLock({ $0.calls[number] }) else { return }
    if status == .overloaded {
      // Whoever was carried out before must not hear that nothing was begun.
      return call.mayHaveArrived ? retry(number) : fail(number, .overloaded)
    }
    let isWellKnown = call.endpoint.token.isOfWellKnownFamily
    if !isWellKnown { failures.markGone(call.endpoint) }
    // What everybody knows will be there, when the node has begun.
    if isWellKnown, call.mode.isSentAgain { return retry(number) }
    fail(number, call.mayHaveArrived ? .maybeDelivered : .endpointNotFound)
  }

  private func element(_ packet: Packet) {
    guard packet.token.second == incarnation,
      let call = state.withLock({ $0.calls[packet.token.first] }),
      case .stream(let buffer) = call.waiter
    else { return }
    if buffer.add(packet.payload) { return }
    // It sends more than it may.
    cancel(packet.token.first, ReplyError.undecodableReply("more elements than were asked for"))
  }

  // MARK: Connections

  /// There is a connection.
  func connected(_ link: Link) {
    state.withLock { state in
      for number in state.numbers(of: link) { state.calls[number]!.failedSince = nil }
    }
  }

  /// A connection was lost; or, if there was none, could not be had.
  func lost(_ link: Link, _ loss: LinkLoss, because reason: any Error) {
    let numbers = state.withLock { state in
      let numbers = state.numbers(of: link)
      for number in numbers { noteFailure(number, &state) }
      return numbers
    }
    switch loss {
    case .connection:
      for number in numbers {
        if let (packet, call) = again(number, mayHaveArrived: true) {
          send(number, packet, call)
        } else {
          fail(number, .maybeDelivered)
        }
      }
    case .attempt(let dropped):
      // Not all that wait for an answer: who has begun since then waits for the next attempt.
      for number in dropped.compactMap(\.requestNumber) {
        if let (packet, call) = again(number, mayHaveArrived: false) {
          send(number, packet, call)
        } else {
          fail(number, .notDelivered("\(reason)"))
        }
      }
    }
  }

  /// The other side can't be reached, from now on if not from before.
  private func noteFailure(_ number: UInt64, _ state: inout State) {
    guard case .unlessFailed(let limit) = state.calls[number]!.mode,
      state.calls[number]!.failedSince == nil
    else { return }
    state.calls[number]!.failedSince = now
    schedule(number, at: now + limit, &state)
  }

  /// What is to be sent again; nil: it isn't.
  private func again(_ number: UInt64, mayHaveArrived: Bool) -> (Packet, PendingCall)? {
    state.withLock { state in
      guard var call = state.calls[number], call.mode.isSentAgain else { return nil }
      if mayHaveArrived { call.mayHaveArrived = true }
      // It isn't sent twice.
      call.retry = nil
      state.calls[number] = call
      return (packet(number, call, state.oldest), call)
    }
  }

  // MARK: Time

  private func schedule(_ number: UInt64, at time: Duration, _ state: inout State) {
    if let wake = state.timers.add(number, at: time) {
      let task = node.tasks.spawn("call timers") { await self.wait(until: wake) }
      state.timers.replaceTask(task)
    }
    if state.timers.count > 2 * state.calls.count + 64 {
      state.timers.removeAll { state.calls[$0] == nil }
    }
  }

  private func wait(until first: Duration) async {
    var next: Duration? = first
    while let time = next {
      do { try await node.clock.sleep(until: .init(offset: time)) } catch { return }
      for number in state.withLock({ $0.timers.takeDue(at: now) }) { due(number) }
      next = state.withLock { $0.timers.next() }
    }
  }

  private func due(_ number: UInt64) {
    enum Action {
      case cancel(ReplyError)
      case send(Packet, PendingCall)
    }
    let action = state.withLock { state -> Action? in
      guard var call = state.calls[number] else { return nil }
      if let deadline = call.deadline, deadline <= now { return .cancel(.deadlineExceeded) }
      if case .unlessFailed(let limit) = call.mode, let since = call.failedSince,
        since + limit <= now
      {
        return .cancel(.maybeDelivered)
      }
      if let retry = call.retry, retry <= now {
        call.retry = nil
        state.calls[number] = call
        return .send(packet(number, call, state.oldest), call)
      }
      return nil
    }
    switch action {
    case .cancel(let error): cancel(number, error)
    case .send(let packet, let call): send(number, packet, call)
    case nil: break
    }
  }

  // MARK: The end

  /// Fails all calls, and all that come.
  func close() {
    let (calls, task) = state.withLock { state in
      state.isClosed = true
      defer { state.calls = [:] }
      return (state.calls, state.timers.end())
    }
    task?.cancel()
    for number in calls.keys.sorted() {
      calls[number]!.resume(with: .failure(ReplyError.closed))
    }
  }
}

extension CallTable.State {
  /// Of the calls over a link, the oldest first.
  func numbers(of link: Link) -> [UInt64] {
    calls.filter { $0.value.link === link }.keys.sorted()
  }

  mutating func takeNumber() -> UInt64 {
    defer { next += 1 }
    return next
  }

  /// Each number is passed once.
  mutating func advance() {
    while oldest < next, calls[oldest] == nil, !reserved.contains(oldest) { oldest += 1 }
  }
}

extension Packet {
  /// Nil: it is no request.
  fileprivate var requestNumber: UInt64? {
    kind == .request ? RequestHead(payload)?.number : nil
  }
}

extension UID {
  /// Whether it is well known, or of an interface whose id is.
  var isOfWellKnownFamily: Bool {
    UInt32(truncatingIfNeeded: first) == .max && second >> 32 == 0
  }
}
