//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import CMoonpoolRuntime
internal import Foundation

/// Under what a campaign runs, as its history tells it.
public struct Surroundings: Sendable, Hashable {
  /// What git has checked out, as it names it; nil outside of work trees, and without git.
  public var revision: String?
  /// Whether files of the work tree are not as they are there.
  public var isDirty: Bool
  /// How the executable was built: `debug` or `release`.
  public var configuration: String
  /// A hash of the executable's file.
  public var executable: String
  /// The machine's name, and how many processors it has.
  public var machine: String

  /// Makes surroundings by hand.
  public init(
    revision: String?, isDirty: Bool = false, configuration: String, executable: String,
    machine: String
  ) {
    self.revision = revision
    self.isDirty = isDirty
    self.configuration = configuration
    self.executable = executable
    self.machine = machine
  }

  /// Those of the calling process.
  public static func current() -> Surroundings {
    let processors = ProcessInfo.processInfo.activeProcessorCount
    let tree = workTree()
    return Surroundings(
      revision: tree?.revision, isDirty: tree?.isDirty ?? false, configuration: configuration,
      executable: hash(ofFile: "/proc/self/exe"),
      machine: "\(machineName), \(processors) processors")
  }

  /// Of this build: all of a package is built the same way.
  public static var configuration: String {
    #if DEBUG
      "debug"
    #else
      "release"
    #endif
  }

  private static func hash(ofFile path: String) -> String {
    guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    else { return "unknown" }
    let hash = bytes.withUnsafeBytes {
      mp_name_hash_append(mp_name_hash_begin(), $0.baseAddress, $0.count)
    }
    return String(hash, radix: 16)
  }

  private static var machineName: String {
    // Not as Foundation has it, which asks the network.
    text(ofFile: "/proc/sys/kernel/hostname")?.split(separator: "\n").first.map(String.init) ?? ""
  }

  // MARK: git

  /// What git says of the current directory; nil if it has nothing to say.
  private static func workTree() -> (revision: String, isDirty: Bool)? {
    let git = Process()
    git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    git.arguments = [
      "git", "--no-optional-locks", "status", "--porcelain=v2", "--branch", "--untracked-files=no",
    ]
    let output = Pipe()
    git.standardInput = FileHandle.nullDevice
    git.standardOutput = output
    git.standardError = FileHandle.nullDevice
    guard (try? git.run()) != nil else { return nil }
    let text = String(
      decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    git.waitUntilExit()
    guard git.terminationStatus == 0 else { return nil }
    let lines = text.split(separator: "\n")
    let head = "# branch.oid "
    guard let revision = lines.first(where: { $0.hasPrefix(head) })?.dropFirst(head.count),
      revision.allSatisfy(\.isHexDigit)
    else { return nil }
    return (String(revision), lines.contains { !$0.hasPrefix("#") })
  }

  // MARK: Processes

  /// The calling process, so that nobody takes another for it: boot, number, and when it began.
  static let owner = "\(boot) \(getpid()) \(birth(of: Int(getpid())) ?? "")"

  /// The number of the process that is meant, if it lives.
  static func living(_ owner: String) -> Int? {
    let words = owner.split(separator: " ")
    guard words.count == 3, words[0] == boot, let pid = Int(words[1]),
      let birth = birth(of: pid), birth == words[2], pid != Int(getpid())
    else { return nil }
    return pid
  }

  private static let boot =
    text(ofFile: "/proc/sys/kernel/random/boot_id")?.split(separator: "\n").first.map(String.init)
    ?? "unknown"

  /// In ticks since the start of the system: the 22nd field, of which the second may have blanks.
  private static func birth(of pid: Int) -> String? {
    guard let line = text(ofFile: "/proc/\(pid)/stat"), let end = line.lastIndex(of: ")")
    else { return nil }
    let fields = line[end...].split(separator: " ")
    // A process that has ended and that nobody has buried runs no campaign.
    guard fields.count > 20, fields[1] != "Z" else { return nil }
    return String(fields[20])
  }

  private static func text(ofFile path: String) -> String? {
    try? String(contentsOfFile: path, encoding: .utf8)
  }
}
