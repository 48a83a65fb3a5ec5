//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import ArgumentParser
import Foundation
package import MoonpoolCore
import Synchronization

/// The options of `serve`.
package struct ServeOptions: ParsableArguments {
  package static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serves on real sockets, until SIGTERM or SIGINT.")

  @OptionGroup package var server: ServerAddress

  @Option(
    help: ArgumentHelp("The folder of its files; it is made if need be.", valueName: "folder"))
  package var storage: String

  package init() {}

  /// Runs the program that is made for a port.
  package func run(_ makeProgram: (UInt16) -> any Program) throws {
    try FileManager.default.createDirectory(
      atPath: storage, withIntermediateDirectories: true)
    let program = makeProgram(server.address.port)
    try RealWorld.run(program, named: "server", at: server.address.ip, storage: storage)
  }
}

/// The options of `call`.
package struct CallOptions: ParsableArguments {
  @OptionGroup package var server: ServerAddress

  @Option(help: "How many seconds each answer may take.")
  package var timeout = 10.0

  package init() {}

  package func validate() throws {
    guard timeout > 0, timeout < 1e9 else {
      throw ValidationError("--timeout: a positive number of seconds, not \(timeout)")
    }
  }

  /// Runs the program that is made for a server, a time limit, and somebody to tell the answers.
  ///
  /// - Throws: `ExitCode` 1, if the program throws, or tells a failure.
  package func run(
    _ makeProgram: (NetworkAddress, Duration, CallOutput) -> any Program
  ) throws {
    let output = CallOutput()
    let program = makeProgram(server.address, .seconds(timeout), output)
    let ip = server.address.ip
    // A client keeps no files.
    try RealWorld.run(
      program, named: "client", at: ip.isLoopback ? ip : .loopback,
      storage: FileManager.default.temporaryDirectory.path)
    if output.hasFailed { throw ExitCode(1) }
  }
}

/// What comes of calls, for the terminal.
package final class CallOutput: Sendable {
  private let failed = Atomic(false)

  /// Prints an answer.
  package func say(_ line: String) { print(line) }

  /// Says why there is no answer, and that the process is to fail.
  package func fail(_ reason: String) {
    failed.store(true, ordering: .relaxed)
    RealWorld.complain(reason)
  }

  fileprivate var hasFailed: Bool { failed.load(ordering: .relaxed) }
}

/// `--address`.
package struct ServerAddress: ParsableArguments {
  @Option(
    help: "Where the server is.", transform: { try NetworkAddress(parsing: $0) })
  package var address = NetworkAddress(ip: .loopback, port: 4_600)

  package init() {}
}
