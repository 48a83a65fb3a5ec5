//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation

/// A process of one of the examples.
final class Service {
  /// How it was over.
  struct Ended: Equatable {
    var exitCode: Int32
    var output: String
    var errors: String
  }

  private let process = Foundation.Process()
  private let output = FileManager.default.temporaryDirectory
    .appending(path: "moonpool-output-\(UUID().uuidString)")
  private let errors = FileManager.default.temporaryDirectory
    .appending(path: "moonpool-errors-\(UUID().uuidString)")

  convenience init(_ name: String, _ arguments: String...) throws { try self.init(name, arguments) }

  /// Starts an executable that was built with the tests.
  init(_ name: String, _ arguments: [String]) throws {
    process.executableURL = Bundle.main.executableURL!.deletingLastPathComponent()
      .appending(path: name)
    process.arguments = arguments
    for (file, channel) in [
      (output, \Foundation.Process.standardOutput), (errors, \.standardError),
    ] {
      try Data().write(to: file)
      process[keyPath: channel] = try FileHandle(forWritingTo: file)
    }
    try process.run()
  }

  deinit {
    if process.isRunning { process.terminate() }
    for file in [output, errors] { try? FileManager.default.removeItem(at: file) }
  }

  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// What it has said so far on its standard error.
  var complaints: String { get throws { try String(contentsOf: errors, encoding: .utf8) } }

  var isRunning: Bool { process.isRunning }

  func ended() throws -> Ended {
    let process = process
    // Nothing takes so long that works.
    DispatchQueue.global().asyncAfter(deadline: .now() + 120) {
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }
    process.waitUntilExit()
    return Ended(
      exitCode: process.terminationReason == .exit ? process.terminationStatus : -1,
      output: try String(contentsOf: output, encoding: .utf8), errors: try complaints)
  }
}

/// A server, at a port that was free.
struct Server {
  private let name: String
  private let service: Service
  private let address: String
  private let storage = FileManager.default.temporaryDirectory
    .appending(path: "moonpool-storage-\(UUID().uuidString)")

  /// Starts it, and waits until it serves.
  init(_ name: String, at ip: String) throws {
    self.name = name
    while true {
      let address = "\(ip):\(Int.random(in: 10_000..<30_000))"
      let service = try Service(
        name, "serve", "--address", address, "--storage", storage.path)
      while service.isRunning, try service.complaints.contains("serving") == false { usleep(1_000) }
      if !service.isRunning, try service.complaints.contains("addressInUse") { continue }
      self.service = service
      self.address = address
      return
    }
  }

  func call(_ arguments: [String]) throws -> Service.Ended {
    try Service(name, ["call", "--timeout", "100", "--address", address] + arguments).ended()
  }

  func stop(by signal: Int32) throws -> Service.Ended {
    service.signal(signal)
    defer { try? FileManager.default.removeItem(at: storage) }
    return try service.ended()
  }
}
