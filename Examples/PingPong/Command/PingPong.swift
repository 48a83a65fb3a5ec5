//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import ArgumentParser
import MoonpoolCore
import PingPongPrograms
import PingPongScenarios
import ServiceSupport

/// Balls that go back and forth: as a simulation, or as processes on real sockets, with figures.
@main
struct PingPong: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ping-pong", abstract: "Measures how fast requests are answered.",
    subcommands: [Simulate.self, Serve.self, Call.self])

  static func main() { runService(Self.self, PingPongScenario.pingPong) }
}

extension PingPong {
  struct Simulate: ParsableCommand {
    static let configuration = SimulateOptions.configuration

    @OptionGroup var options: SimulateOptions

    func run() throws { try options.run(PingPongScenario.pingPong) }
  }

  struct Serve: ParsableCommand {
    static let configuration = ServeOptions.configuration

    @OptionGroup var options: ServeOptions

    func run() throws { try options.run { PingPongServer(port: $0) } }
  }

  struct Call: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Plays, and prints requests per second and latencies.")

    @OptionGroup var options: CallOptions

    @Option(help: "How many requests in all.")
    var count = 10_000

    @Option(help: "How many at once.")
    var concurrency = 1

    @Option(help: "Bytes of the payload, up to 1000000.")
    var size = 64

    func validate() throws {
      guard count >= 1 else { throw ValidationError("--count: at least 1, not \(count)") }
      guard 1...100_000 ~= concurrency else {
        throw ValidationError("--concurrency: from 1 to 100000, not \(concurrency)")
      }
      guard 0...1_000_000 ~= size else {
        throw ValidationError("--size: from 0 to 1000000, not \(size)")
      }
    }

    func run() throws {
      try options.run { [count, concurrency, size] server, timeout, output in
        let game = Game(count: count, concurrency: concurrency, size: size, timeout: timeout)
        return PingPongPlayer(server: server, game) { output.say($0.line) }
      }
    }
  }
}

extension GameResult {
  fileprivate var line: String {
    let (p50, p99) = (percentile(50).inMicroseconds, percentile(99).inMicroseconds)
    return "\(count) requests, \(Int(perSecond)) per second, p50 \(p50) µs, p99 \(p99) µs"
  }
}

extension Duration {
  /// Rounded to tenths.
  fileprivate var inMicroseconds: Double { (self / .nanoseconds(100)).rounded() / 10 }
}
