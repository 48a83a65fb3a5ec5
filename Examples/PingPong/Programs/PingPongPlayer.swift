//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolCore
import MoonpoolTransport

/// Sends balls, several at once, and measures how long each takes to come back.
package struct PingPongPlayer: Program {
  private let server: NetworkAddress
  private let game: Game
  private let tell: @Sendable (GameResult) -> Void

  package init(
    server: NetworkAddress, _ game: Game, tell: @escaping @Sendable (GameResult) -> Void
  ) {
    self.server = server
    self.game = game
    self.tell = tell
  }

  /// Plays one game.
  ///
  /// - Throws: ``WrongBall``; `ReplyError`, if one takes longer than ``Game/timeout``.
  package func run(on node: Node) async throws {
    let transport = Transport.calling(on: node)
    defer { transport.close() }
    let method: RemoteMethod<Ball, Ball> = transport.method(at: server, Ball.token)
    // The first one opens the connection, which is no matter of the game.
    _ = try await play(Ball(number: -1, payload: []), method)
    let start = node.clock.now
    let latencies = try await withThrowingTaskGroup(of: [Duration].self) { group in
      for lane in 0..<game.concurrency {
        group.addTask(name: "lane \(lane)") { try await play(lane: lane, method, node.clock) }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    tell(GameResult(elapsed: start.duration(to: node.clock.now), latencies: latencies))
  }

  /// Plays every `concurrency`th ball, one after the other.
  private func play(
    lane: Int, _ method: RemoteMethod<Ball, Ball>, _ clock: NodeClock
  ) async throws -> [Duration] {
    var latencies: [Duration] = []
    latencies.reserveCapacity(game.count / game.concurrency + 1)
    let payload = [UInt8](repeating: UInt8(truncatingIfNeeded: lane), count: game.size)
    for number in stride(from: lane, to: game.count, by: game.concurrency) {
      let start = clock.now
      try await play(Ball(number: number, payload: payload), method)
      latencies.append(start.duration(to: clock.now))
    }
    return latencies
  }

  private func play(_ ball: Ball, _ method: RemoteMethod<Ball, Ball>) async throws {
    let back = try await method.getReply(ball, timeout: game.timeout)
    if back != ball { throw WrongBall(sent: ball.number, received: back.number) }
  }
}

/// How a player plays.
package struct Game: Sendable, Hashable {
  /// How many balls in all.
  package var count: Int
  /// How many at once, at least 1.
  package var concurrency: Int
  /// Bytes of each.
  package var size: Int
  /// How long each may take; nil: for ever.
  package var timeout: Duration?

  package init(count: Int, concurrency: Int = 1, size: Int = 64, timeout: Duration? = nil) {
    self.count = count
    self.concurrency = concurrency
    self.size = size
    self.timeout = timeout
  }
}
