//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolCore

/// Requests and replies: each call is one connection with one frame each way.
///
/// A call that throws says nothing about whether the other side has acted on it. Who calls again
/// must send something that can be done twice.
extension Node {
  /// Answers requests until it is cancelled. An answer that throws closes its connection, and the
  /// caller sees an error.
  package func answer<Request: Codable & Sendable, Reply: Codable & Sendable>(
    port: UInt16, _ answer: @escaping @Sendable (Request) async throws -> Reply
  ) async throws {
    let codec = BinaryCodec()
    try await network.serve(port: port) { connection in
      while let frame = try await connection.readFrame() {
        let request = try codec.decode(Request.self, from: frame)
        try await connection.writeFrame(codec.encode(try await answer(request)))
      }
    }
  }

  /// Asks another node, and waits for the reply for so long in all.
  nonisolated(nonsending) package func ask<Request: Codable, Reply: Codable>(
    _ address: NetworkAddress, _ request: Request, for reply: Reply.Type = Reply.self,
    timeout: Duration
  ) async throws -> Reply {
    let deadline = clock.now.advanced(by: timeout)
    let codec = BinaryCodec()
    let connection = try await network.connect(to: address, timeout: timeout)
    defer { connection.close() }
    try await connection.writeFrame(codec.encode(request))
    let rest = max(.zero, clock.now.duration(to: deadline))
    guard let frame = try await connection.readFrame(timeout: rest) else { throw NoReply() }
    return try codec.decode(Reply.self, from: frame)
  }

  /// Asks several nodes at once, and hands on their replies as they come, until the body has heard
  /// enough. Whoever fails or is late is passed over.
  nonisolated(nonsending) package func ask<
    Request: Codable & Sendable, Reply: Codable & Sendable
  >(
    all addresses: [NetworkAddress], _ request: Request, timeout: Duration,
    until isEnough: (_ sender: NetworkAddress, Reply) -> Bool
  ) async {
    await withTaskGroup(of: (NetworkAddress, Reply?).self) { group in
      for address in addresses {
        group.addTask(name: "ask") {
          (address, try? await ask(address, request, timeout: timeout))
        }
      }
      for await case (let sender, let reply?) in group where isEnough(sender, reply) { break }
      group.cancelAll()
    }
  }
}

/// The other side closed the connection instead of answering.
package struct NoReply: Error {}
