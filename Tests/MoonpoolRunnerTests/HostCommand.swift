//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation

/// The host program, run with a command line to its end.
struct HostCommand {
  var code: Int32
  var output: String
  var errors: String

  /// Whether it said one line of error and nothing else.
  var isRefusal: Bool {
    output.isEmpty && errors.hasPrefix("error: ") && errors.split(separator: "\n").count == 1
  }

  /// What it printed, without real times.
  var facts: String {
    output.replacing(#/ in [0-9.]+ [a-z]+ \([0-9,]+ seeds/s\)/#, with: "")
  }

  /// - Parameters:
  ///   - environment: What is set beside the environment of this process, of which nothing is kept
  ///     that says how output is to look.
  ///   - folder: Where it runs.
  ///   - interrupted: Whether somebody presses Ctrl-C as soon as it has an ear for that.
  init(
    _ arguments: [String], _ environment: [String: String] = [:], in folder: String? = nil,
    interrupted: Bool = false
  ) throws {
    let command = try RunningCommand(
      arguments, environment: environment, folder: folder.map { URL(filePath: $0) })
    if interrupted { command.interrupt() }
    self = try command.ended()
  }

  init(code: Int32, output: String, errors: String) {
    self.code = code
    self.output = output
    self.errors = errors
  }

  /// The same with a terminal for the standard output, or for the standard error, of which
  /// everything is in `output`.
  static func onTerminal(
    _ arguments: [String], _ environment: [String: String] = [:], columns: UInt16 = 200,
    errorsToo: Bool = false
  ) throws -> String {
    var (terminal, other) = (CInt(-1), CInt(-1))
    guard openpty(&terminal, &other, nil, nil, nil) == 0 else { throw POSIXError(.ENOTTY) }
    defer { close(terminal) }
    // What is started gets the other end alone, or it would never be over.
    _ = fcntl(terminal, F_SETFD, FD_CLOEXEC)
    var size = winsize(ws_row: 50, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(terminal, UInt(TIOCSWINSZ), &size)
    let process = Process()
    process.executableURL = URL(filePath: HostProgram.path)
    process.arguments = arguments
    process.environment = Self.environment(environment)
    let handle = FileHandle(fileDescriptor: other, closeOnDealloc: false)
    process.standardOutput = errorsToo ? FileHandle.nullDevice : handle
    process.standardError = errorsToo ? handle : FileHandle.nullDevice
    try process.run()
    close(other)
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = read(terminal, &buffer, buffer.count)
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    process.waitUntilExit()
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The environment of this process, without what says how output is to look, and no history.
  static func environment(_ more: [String: String]) -> [String: String] {
    var environment = ProcessInfo.processInfo.environment
    environment["MOONPOOL_HISTORY"] = "off"
    for name in ["NO_COLOR", "TERM", "GITHUB_ACTIONS", "GITHUB_WORKSPACE"] {
      environment[name] = nil
    }
    return environment.merging(more) { $1 }
  }
}

/// A folder that is gone with this.
final class TemporaryFolder {
  let path = NSTemporaryDirectory() + "moonpool-\(UUID())"

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var url: URL { URL(filePath: path, directoryHint: .isDirectory) }

  /// The path of a file in it.
  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// The text of a file in it.
  func text(_ name: String) throws -> String {
    try String(contentsOfFile: file(name), encoding: .utf8)
  }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: file(name), atomically: false, encoding: .utf8)
  }

  /// What is in it.
  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }
}
