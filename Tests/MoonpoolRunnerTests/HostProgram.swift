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
  /// What tells it, and what it starts, from all other processes.
  private let mark = ["MOONPOOL_TEST_MARK": UUID().uuidString]

  /// Starts it.
  init(_ arguments: [String], _ environment: [String: String] = [:]) throws {
    process.executableURL = URL(fileURLWithPath: Self.path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
      .merging(mark) { $1 }
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

  /// Whether it and all that it has started get to be gone.
  func isGone(within limit: Duration) -> Bool {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
      if family.isEmpty { return true }
      usleep(10_000)
    }
    return false
  }

  /// The processes with its mark in their environment.
  private var family: [String] {
    let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return processes.filter { process in
      guard Int(process) != nil else { return false }
      let environment = FileManager.default.contents(atPath: "/proc/\(process)/environ")
      return mark.values.contains { environment?.range(of: Data($0.utf8)) != nil }
    }
  }
}
