//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

#if NIO
  import Foundation
  import MoonpoolCore
  import MoonpoolNIO
  import MoonpoolTransport
  import Synchronization
  import Testing

  /// A client in another language, `client.py`, which knows the documented wire format alone, talks
  /// to a server on real sockets. What it says it got is what the format promises.
  @Suite struct ForeignClientTests {
    @Test func `a client in Python gets what the wire format promises`() async throws {
      let server = try await ForeignServer()
      defer { server.transport.close() }
      let lines = try await Python.run(
        "client.py", "\(server.address.ip)", "\(server.address.port)")
      let said = Dictionary(lines.map { ($0.what, $0.got) }) { first, _ in first }
      let own = try #require(said["own address"], "\(lines)")
      #expect(lines.map(\.what) == expected(own: own, of: server).map(\.key))
      for (what, got) in expected(own: own, of: server) {
        #expect(said[what] == got, "\(what)")
      }
    }

    private func expected(
      own port: String, of server: ForeignServer
    ) -> KeyValuePairs<String, String> {
      [
        "other version": #""reset""#,
        "damaged preamble": #""reset""#,
        "preamble": #"{"versions": [1, 1], "answer": 1, "features": 0, "#
          + #""address": ["\#(server.address.ip)", \#(server.address.port)], "#
          + #""alive": true, "repeated": true}"#,
        "own address": port,
        "several at once":
          #"[["value", 1003], ["value", 102], ["value", 11], ["value", 1]]"#,
        "unknown token": #"["endpointNotFound"]"#,
        "unknown service": #"["endpointNotFound"]"#,
        "other type": #"["undecodable", "cannot decode the value at byte 0: "#
          + #"found text instead of a map"]"#,
        "other form": #"["undecodable", "cannot decode 0 at byte 2: "#
          + #"the number 2 is not in its shortest form"]"#,
        "quotient": #"["value", -3]"#,
        "error": #"["failed", "NoQuotient", "1 cannot be divided by 0", {"dividend": 1}]"#,
        "everything": #"["value", true]"#,
        "no answer": #"["brokenPromise"]"#,
        "answer too long": #"["unsendable", "it takes 2097157 bytes, and a packet holds 1048576"]"#,
        "messages before": #"["value", "abc"]"#,
        "caller": #"["value", "127.0.0.1:\#(port)"]"#,
        "no room": #"["overloaded"]"#,
        "gate": #"["value", true]"#,
        "at work": #"["value", true]"#,
        "too late": #"["deadlineExceeded"]"#,
        "after a cancel": #"["value", 1]"#,
        "credit of 2": "[0, 1]",
        "stream": #"["finished", 0, 1, 2, 3, 4]"#,
        "after a stream was left": #"["finished"]"#,
        "it had sent": "[0]",
        "carried out once": #"[["value", 1], ["value", 1], ["value", 2]]"#,
        "pongs": "1",
        "pong heard": #"["value", true, true]"#,
        "another one": #"[2, "closed"]"#,
        "past life": #"[3, "closed"]"#,
        "instead of the first": #"[1, "closed"]"#,
        "later life": #"[1, "closed"]"#,
        "its request": #"["value", 3]"#,
        "without an address": #"[1, ["value", null]]"#,
        "damaged packet": #""reset""#,
      ]
    }
  }

  /// Runs scripts that lie beside this file.
  private enum Python {
    /// A line that a script has printed: what it is about, and what came, as JSON.
    struct Line {
      var what: String
      var got: String
    }

    struct Failure: Error, CustomStringConvertible {
      let description: String
    }

    static func run(_ script: String, _ arguments: String...) async throws -> [Line] {
      let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      let places = folders.map { folder in "\(folder)/python3" as String }
      guard let python = places.first(where: { access($0, X_OK) == 0 })
      else {
        throw Failure(description: "there is no python3 on PATH: run Scripts/setup --tests")
      }
      let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: script).path
      let ended = try await withCheckedThrowingContinuation {
        (continuation: CheckedContinuation<Ended, any Error>) in
        // It blocks a thread until the script has ended: none that the server needs.
        DispatchQueue.global().async {
          continuation.resume(with: Result { try runProcess(python, [path] + arguments) })
        }
      }
      guard ended.status == 0 else {
        throw Failure(description: "\(script) failed: \(ended.output)")
      }
      return try ended.output.split(separator: "\n").map(line)
    }

    private struct Ended {
      var output: String
      var status: Int32
    }

    private static func runProcess(_ python: String, _ arguments: [String]) throws -> Ended {
      let process = Foundation.Process()
      process.executableURL = URL(filePath: python)
      process.arguments = arguments
      let pipe = Pipe()
      process.standardOutput = pipe
      process.standardError = pipe
      try process.run()
      let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      return Ended(
        output: String(decoding: output, as: UTF8.self), status: process.terminationStatus)
    }

    private static func line(_ text: Substring) throws -> Line {
      guard let match = text.wholeMatch(of: #/\{"what": "([^"]+)", "got": (.*)\}/#) else {
        throw Failure(description: "this is no line of JSON: \(text)")
      }
      return Line(what: "\(match.1)", got: "\(match.2)")
    }
  }
#endif
