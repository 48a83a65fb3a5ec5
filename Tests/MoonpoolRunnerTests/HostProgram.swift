//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation

/// The program that workers are started from, as a program of its own.
final class HostProgram {
  /// It is built into the same folder as this.
  static let path = Bundle.main.executableURL!
    .deletingLastPathComponent().appending(path: "campaign-host").path

  private let process = Process()
  private let input = Pipe()
  private let answers = Pipe()

  /// Starts it.
  init(_ arguments: [String], _ environment: [String: String] = [:]) throws {
    process.executableURL = URL(fileURLWithPath: Self.path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = input
    process.standardOutput = answers
    process.standardError = answers
    try process.run()
    try input.fileHandleForReading.close()
    try answers.fileHandleForWriting.close()
  }

  deinit { kill() }

  /// All that it says until its end, or for 30 seconds.
  func output() throws -> String {
    let pid = process.processIdentifier
    let timer = DispatchWorkItem { _ = Foundation.kill(pid, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + 30, execute: timer)
    defer { timer.cancel() }
    let data = try answers.fileHandleForReading.readToEnd() ?? Data()
    return String(decoding: data, as: UTF8.self)
  }

  /// What it ended with; waits for its end.
  var exitCode: CInt {
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// A line of what it says.
  func readLine() -> String? {
    var line: [UInt8] = []
    while let byte = try? answers.fileHandleForReading.read(upToCount: 1)?.first, byte != 10 {
      line.append(byte)
    }
    return String(decoding: line, as: UTF8.self)
  }

  /// Ends it at once, but not what it has started.
  func kill() { Foundation.kill(process.processIdentifier, SIGKILL) }

  /// Whether its input gets to be open nowhere, in it or what it has started.
  func isAbandoned(within milliseconds: CInt) -> Bool {
    var entry = pollfd(fd: input.fileHandleForWriting.fileDescriptor, events: 0, revents: 0)
    return poll(&entry, 1, milliseconds) == 1 && entry.revents & Int16(POLLERR) != 0
  }
}
