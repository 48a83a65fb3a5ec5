//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import Glibc

/// A headless Chromium that is driven over pipes, in the words of the Chrome DevTools Protocol.
///
/// One test uses it at a time.
final class Chromium: @unchecked Sendable {
  /// What went wrong, in one line.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Something that the browser said by itself.
  struct Event {
    let name: String
    let session: String?
    let parameters: [String: Any]
  }

  private static let names = ["chromium", "chromium-browser", "google-chrome"]
  /// Generous: the machine may be busy. Nothing waits this long that works.
  private static let patience: CInt = 120_000

  private let pid: pid_t
  private let input: CInt
  private let output: CInt
  private let profile: URL
  private var received: [UInt8] = []
  private var lastNumber = 0
  private(set) var events: [Event] = []

  /// Starts one.
  init() throws {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let places = folders.flatMap { folder in Self.names.map { "\(folder)/\($0)" } }
    guard let path = places.first(where: { access($0, X_OK) == 0 }) else {
      throw Failure(
        description: "there is no Chromium to test reports in: run Scripts/setup --tests")
    }
    profile = FileManager.default.temporaryDirectory
      .appending(path: "moonpool-chromium-\(UUID().uuidString)")
    let commands = try Self.pipe()
    let answers = try Self.pipe()
    let arguments = [
      path, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
      "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check",
      "--disable-background-networking", "--disable-component-update", "--disable-extensions",
      "--hide-scrollbars", "--force-color-profile=srgb", "--user-data-dir=\(profile.path)",
      "about:blank",
    ]
    pid = try Self.spawn(arguments, reading: commands.reading, writing: answers.writing)
    close(commands.reading)
    close(answers.writing)
    input = commands.writing
    output = answers.reading
  }

  private static func pipe() throws -> (reading: CInt, writing: CInt) {
    var ends: [CInt] = [-1, -1]
    guard Glibc.pipe(&ends) == 0 else { throw Failure(description: "cannot make a pipe") }
    // Closed in other children, and away from 3 and 4, which the browser gets: a descriptor that is
    // moved onto itself would be closed there.
    let moved = ends.map { fcntl($0, F_DUPFD_CLOEXEC, 20) }
    for end in ends { close(end) }
    return (moved[0], moved[1])
  }

  private static func spawn(
    _ arguments: [String], reading: CInt, writing: CInt
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, reading, 3)
    posix_spawn_file_actions_adddup2(&actions, writing, 4)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    posix_spawnattr_setpgroup(&attributes, 0)
    let strings = arguments.map { strdup($0) }
    defer { for string in strings { free(string) } }
    var pid: pid_t = 0
    let result = posix_spawn(&pid, arguments[0], &actions, &attributes, strings + [nil], environ)
    guard result == 0 else {
      throw Failure(
        description: "cannot start \(arguments[0]): \(String(cString: strerror(result)))")
    }
    return pid
  }

  /// Ends it and all that it has started, and buries it: a child that nobody waits for would hold
  /// up other tests.
  func end() {
    _ = try? call("Browser.close")
    close(input)
    close(output)
    var status: CInt = 0
    for _ in 0..<200 {
      if waitpid(pid, &status, WNOHANG) != 0 { break }
      usleep(10_000)
    }
    kill(-pid, SIGKILL)
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    try? FileManager.default.removeItem(at: profile)
  }

  // MARK: Talking

  /// Calls a method, and waits for its result.
  @discardableResult
  func call(
    _ method: String, _ parameters: [String: Any] = [:], in session: String? = nil
  ) throws -> [String: Any] {
    lastNumber += 1
    let number = lastNumber
    var message: [String: Any] = ["id": number, "method": method, "params": parameters]
    message["sessionId"] = session
    try send(JSONSerialization.data(withJSONObject: message))
    while true {
      let answer = try receive()
      if answer["id"] as? Int == number {
        if let error = answer["error"] { throw Failure(description: "\(method): \(error)") }
        return answer["result"] as? [String: Any] ?? [:]
      }
      note(answer)
    }
  }

  /// Waits for an event, and returns what it says.
  func wait(for name: String, in session: String) throws -> [String: Any] {
    while true {
      if let event = events.last(where: { $0.name == name && $0.session == session }) {
        return event.parameters
      }
      note(try receive())
    }
  }

  private func note(_ message: [String: Any]) {
    guard let name = message["method"] as? String else { return }
    events.append(
      Event(
        name: name, session: message["sessionId"] as? String,
        parameters: message["params"] as? [String: Any] ?? [:]))
  }

  private func send(_ data: Data) throws {
    var bytes = Array(data)[...]
    bytes.append(0)
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
      guard count > 0 else { throw Failure(description: "Chromium has gone") }
      bytes = bytes.dropFirst(count)
    }
  }

  private func receive() throws -> [String: Any] {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      if let end = received.firstIndex(of: 0) {
        let data = Data(received[..<end])
        received.removeFirst(end + 1)
        return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
      }
      var entry = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      guard poll(&entry, 1, Self.patience) == 1 else {
        throw Failure(description: "Chromium says nothing")
      }
      let count = read(output, &buffer, buffer.count)
      guard count > 0 else { throw Failure(description: "Chromium has gone") }
      received += buffer[..<count]
    }
  }
}
