//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import Glibc

/// A process that runs one workload on one side, and prints its samples.
public struct Child {
  /// Executable and arguments, found through PATH.
  public var command: [String]

  public init(_ command: [String]) { self.command = command }

  /// The executable of this process, and one that was built beside it.
  public static func executable(named name: String? = nil) -> String {
    var buffer = [CChar](repeating: 0, count: 4_096)
    let length = readlink("/proc/self/exe", &buffer, buffer.count)
    guard length > 0 else { fatalError("/proc/self/exe cannot be read") }
    let path = String(decoding: buffer[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
    guard let name, let slash = path.lastIndex(of: "/") else { return path }
    return path[...slash] + name
  }

  /// Starts it, waits for it, and reads its samples. Ends this process if the child fails.
  public func samples() -> [Sample] {
    let output = run()
    return output.split(separator: "\n").map { line in
      let numbers = line.split(separator: " ").compactMap { UInt64($0) }
      guard numbers.count == 3 else { fatalError("\(command) printed '\(line)'") }
      return Sample(processor: numbers[0], wall: numbers[1], resident: numbers[2])
    }
  }

  private func run() -> String {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { fatalError("pipe: errno \(errno)") }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_addclose(&actions, ends[0])
    posix_spawn_file_actions_addclose(&actions, ends[1])
    defer { posix_spawn_file_actions_destroy(&actions) }

    var words: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var child = pid_t()
    let started = posix_spawnp(&child, command[0], &actions, nil, &words, environ)
    close(ends[1])
    guard started == 0 else { fatalError("\(command[0]) cannot be started: errno \(started)") }

    let output = readAll(ends[0])
    close(ends[0])
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
    guard status == 0 else {
      fatalError("\(command.joined(separator: " ")): wait status \(status)")
    }
    return output
  }

  private func readAll(_ descriptor: Int32) -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
