//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import Testing

/// The same programs as processes of their own.
@Suite struct ServiceProcessTests {
  @Test(arguments: ["calculator", "ping-pong"])
  func `simulate runs seeds, and says what came of them`(service: String) throws {
    let ended = try Service(service, "simulate", "--seeds", "4").ended()
    #expect(ended.exitCode == 0, "\(ended)")
    #expect(ended.output.contains("4 seeds"), "\(ended)")
    let replayed = try Service(service, "simulate", "--replay", "3").ended()
    #expect(replayed.exitCode == 0, "\(replayed)")
    #expect(replayed.output.contains("PASSED seed=3"), "\(replayed)")
  }

  static let badInput = [
    ["calculator", "call", "power", "2", "3"], ["calculator", "call", "add", "2"],
    ["calculator", "call", "--address", "nowhere", "add", "2", "3"], ["calculator", "serve"],
    ["calculator", "simulate", "--seeds", "0"], ["calculator", "simulate", "--replay", "x"],
    ["ping-pong", "call", "--count", "0"], ["ping-pong", "call", "--concurrency", "0"],
    ["ping-pong", "call", "--size", "1000001"], ["ping-pong", "call", "--timeout", "0"],
  ]

  @Test(arguments: badInput)
  func `what cannot be understood is refused with exit code 64`(arguments: [String]) throws {
    let ended = try Service(arguments[0], Array(arguments.dropFirst())).ended()
    #expect(ended.exitCode == 64, "\(ended)")
    #expect(ended.output.isEmpty && ended.errors.hasPrefix("Error: "), "\(ended)")
  }

  #if NIO
    @Test func `the calculator calculates over real sockets until it is asked to end`() throws {
      let server = try Server("calculator", at: "127.251.0.8")
      for (arguments, result) in [
        (["add", "2", "3"], "5"), (["subtract", "2", "3"], "-1"), (["multiply", "4", "5"], "20"),
        (["--", "divide", "-9", "2"], "-4"),
      ] {
        let ended = try server.call(arguments)
        #expect(ended == Service.Ended(exitCode: 0, output: result + "\n", errors: ""))
      }
      #expect(
        try server.call(["divide", "1", "0"])
          == Service.Ended(exitCode: 1, output: "", errors: "calculator: division by zero\n"))
      let ended = try server.stop(by: SIGTERM)
      #expect(ended.exitCode == 0, "\(ended)")
    }

    @Test func `ping-pong counts what comes back`() throws {
      let server = try Server("ping-pong", at: "127.251.0.9")
      let ended = try server.call(["--count", "300", "--concurrency", "7", "--size", "100"])
      #expect(ended.exitCode == 0 && ended.errors.isEmpty, "\(ended)")
      #expect(
        ended.output.contains(
          #/^300 requests, \d+ per second, p50 \d+\.\d µs, p99 \d+\.\d µs\n$/#), "\(ended)")
      let end = try server.stop(by: SIGINT)
      #expect(end.exitCode == 0, "\(end)")
    }
  #else
    @Test(arguments: ["calculator", "ping-pong"])
    func `without sockets it says how to build with them`(service: String) throws {
      let call = service == "calculator" ? ["call", "add", "2", "3"] : ["call"]
      for arguments in [call, ["serve", "--storage", NSTemporaryDirectory()]] {
        let ended = try Service(service, arguments).ended()
        #expect(ended.exitCode == 64, "\(ended)")
        #expect(ended.errors.contains("--traits NIO"), "\(ended)")
        #expect(ended.errors.count { $0 == "\n" } == 1, "\(ended)")
      }
    }
  #endif
}
