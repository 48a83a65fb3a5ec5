//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolAssertions
public import MoonpoolCore
import MoonpoolTransport
import Synchronization

/// Serves all kinds of calls, and tells what it does.
public struct CallServer: Program {
  public init() {}

  public func run(on node: Node) async throws {
    let transport = try await Transport.listening(on: node, port: Place.port)
    // A slow start: callers come before there is something.
    if buggify() {
      try await node.clock.sleep(for: node.random.duration(in: .zero ... .seconds(1)))
    }
    try CallServices(transport: transport).serve()
    // Until it is stopped.
    do {
      try await node.clock.sleep(for: .seconds(1 << 30))
    } catch {
      transport.close()
      throw error
    }
  }
}

/// What can be called.
struct CallServices: Sendable {
  let transport: Transport

  private var node: Node { transport.node }
  private var life: UInt64 { transport.incarnation }

  func serve() throws {
    var options = ServeOptions(
      concurrency: buggifyKnob(64, in: 1...2), queueLimit: buggifyKnob(1_000, in: 0...1))
    try serve(at: Place.plain, options)
    try serve(at: Place.slow, options, longest: .seconds(6))
    options.duplicates = DuplicateSuppression()
    try serve(at: Place.suppressed, options)
    try serveChains()
    try serveStreams(options.concurrency)
    try serveEndlessly()
  }

  private func serve(at token: UID, _ options: ServeOptions, longest: Duration? = nil) throws {
    let (node, life) = (node, life)
    try transport.serve(at: token, options, name: "calls") {
      (question: Question, _) async throws -> UInt64 in
      node.emit(CallEvent.carriedOut(id: question.id, life: life))
      try await Self.work(on: node, question.id, longest)
      if buggify(probability: 0.2) {
        node.emit(CallEvent.forgotten(id: question.id))
        throw CancellationError()
      }
      return question.answer
    }
  }

  private static func work(on node: Node, _ id: UInt64, _ longest: Duration? = nil) async throws {
    // Some are done at once, some outlast a connection.
    guard node.random.bool(probability: 0.5) else { return }
    let longest = longest ?? (buggify() ? .seconds(3) : .milliseconds(20))
    do {
      try await node.clock.sleep(for: node.random.duration(in: .zero...longest))
    } catch {
      node.emit(CallEvent.stopped(id: id))
      throw error
    }
  }

  /// Each block once: a caller has one at a time under way.
  private func serveChains() throws {
    let (node, life) = (node, life)
    let chains = Mutex<[NodeAddress: ChainEnd]>([:])
    let options = ServeOptions(duplicates: DuplicateSuppression())
    try transport.serve(at: Place.chain, options, name: "chain") { (link: Link, context) in
      node.emit(CallEvent.carriedOut(id: link.question.id, life: life))
      let end = chains.withLock { chains in
        // Lives of different nodes may have the same number.
        let caller = NodeAddress(address: context.caller!, generation: link.caller)
        let end = (chains[caller] ?? ChainEnd(life: life)).appending(link.question.block)
        chains[caller] = end
        return end
      }
      try await Self.work(on: node, link.question.id)
      return end
    }
  }

  private func serveStreams(_ concurrency: Int) throws {
    let (node, life) = (node, life)
    try transport.serveStream(
      at: Place.stream, ServeOptions(concurrency: concurrency), name: "streams"
    ) { (question: Question, stream: ReplyStream<UInt64>, _) in
      node.emit(CallEvent.carriedOut(id: question.id, life: life))
      do {
        for number in 0..<UInt64(question.count) { try await stream.send(question.answer ^ number) }
      } catch {
        node.emit(CallEvent.stopped(id: question.id))
        throw error
      }
    }
  }

  /// Until nobody wants the answer.
  private func serveEndlessly() throws {
    let (node, life) = (node, life)
    try transport.serve(at: Place.endless, name: "endless") {
      (question: Question, _) async throws -> UInt64 in
      node.emit(CallEvent.carriedOut(id: question.id, life: life))
      do {
        try await node.clock.sleep(for: .seconds(1 << 30))
      } catch {
        node.emit(CallEvent.stopped(id: question.id))
        throw error
      }
      return question.answer
    }
  }
}
