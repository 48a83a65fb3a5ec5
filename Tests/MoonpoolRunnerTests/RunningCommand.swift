//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation

/// The program with its command line, run as its users do. It keeps no history unless told to.
final class RunningCommand {
  private let process = Process()
  private let output = Pipe()
  private let errors = Pipe()

  init(
    _ arguments: [String], executable: String = HostProgram.path,
    environment: [String: String] = [:], folder: URL? = nil
  ) throws {
    process.executableURL = URL(filePath: executable)
    process.arguments = arguments
    process.environment = HostCommand.environment(environment)
    if let folder { process.currentDirectoryURL = folder }
    process.standardOutput = output
    process.standardError = errors
    try process.run()
  }

  /// Waits for its end.
  func ended() throws -> HostCommand {
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let errorText = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return HostCommand(
      code: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
      errors: String(decoding: errorText, as: UTF8.self))
  }

  /// Presses Ctrl-C as soon as it heeds that.
  func interrupt() {
    while !takesInterrupts { usleep(10_000) }
    process.interrupt()
  }

  /// Ends it as a power cut does.
  func kill() { Foundation.kill(process.processIdentifier, SIGKILL) }

  /// Whether it has a handler for SIGINT, or is over.
  private var takesInterrupts: Bool {
    let file = "/proc/\(process.processIdentifier)/status"
    let status = try? String(contentsOfFile: file, encoding: .utf8)
    let caught = status?.split(separator: "\n").first { $0.hasPrefix("SigCgt:") }
    guard let mask = caught?.split(separator: "\t").last else { return true }
    return (UInt64(mask, radix: 16) ?? 0) & 1 << UInt64(SIGINT - 1) != 0
  }
}
