//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import Glibc
import MoonpoolAssertions

/// One worker, seen from the campaign.
struct WorkerProcess {
  let pid: pid_t
  let lane: Lane
  let laneNumber: Int
  /// It has said that there is nothing left to do.
  var isFinished = false
  /// Its present seed took too long. It has been killed, and the seed is done with.
  var isOverdue = false
  /// The beginning of a record that it is writing.
  var beginning: [UInt64] = []
  /// What its numbers of assertions mean.
  var sites: [(site: AssertionSite, names: [String])] = []
  var watch = RunWatch()

  /// Starts a worker in a fresh process of an executable.
  ///
  /// - Parameter environment: What it finds in its environment beside the campaign's own.
  /// - Throws: ``RunnerError``, if the system refuses.
  init(
    executable: String, memory: SharedMemory, lane number: Int, environment: [(String, String)]
  ) throws(RunnerError) {
    lane = memory.lane(number)
    laneNumber = number
    lane.reset()
    pid = try Self.spawn(executable, memory.descriptor, environment)
  }

  /// Takes the oldest record that it has written; nil if there is none.
  mutating func read() -> [UInt64]? { lane.read(after: &beginning) }

  private static func spawn(
    _ executable: String, _ descriptor: CInt, _ added: [(String, String)]
  ) throws(RunnerError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, descriptor, CampaignWorker.descriptor)
    // A terminal's interrupt is the campaign's to take: workers end when it says so. And the thread
    // that starts them may block signals that they need.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
    posix_spawnattr_setpgroup(&attributes, 0)
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    let inherited = ownEnvironment().filter { entry in
      !added.contains { entry.hasPrefix("\($0.0)=") }
    }
    let strings = (inherited + added.map { "\($0.0)=\($0.1)" }).map { strdup($0) }
    let arguments = [strdup(executable)]
    defer { for text in strings + arguments { free(text) } }
    var pid: pid_t = 0
    let result = withFixedAddresses {
      posix_spawn(&pid, executable, &actions, &attributes, arguments + [nil], strings + [nil])
    }
    guard result == 0 else { throw RunnerError("cannot start \(executable)", errno: result) }
    return pid
  }

  private static func ownEnvironment() -> [String] {
    var entries: [String] = []
    var next = environ
    while let entry = next.pointee {
      entries.append(String(cString: entry))
      next += 1
    }
    return entries
  }

  /// Processes that are started meanwhile have the same addresses each time, as far as the system
  /// lets them, so that even what depends on the order of addresses repeats.
  private static func withFixedAddresses<Result>(_ body: () -> Result) -> Result {
    let before = mp_fix_addresses()
    defer { mp_restore_addresses(before) }
    return body()
  }

  /// Whether it has ended, and how; nil while it lives.
  func endIfAny() -> ProcessEnd? {
    var status: CInt = 0
    switch waitpid(pid, &status, WNOHANG) {
    case pid: return ProcessEnd(status: status)
    // Where SIGCHLD is ignored, as a process may have inherited it, the system forgets how.
    case -1 where errno == ECHILD: return .unknown
    default: return nil
    }
  }

  /// Ends it at once.
  func kill() {
    Glibc.kill(pid, SIGKILL)
    var status: CInt = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
  }
}

/// How a process ended.
enum ProcessEnd: CustomStringConvertible {
  case exited(CInt)
  case killed(signal: CInt)
  /// It is gone, and nobody could see how.
  case unknown

  init(status: CInt) {
    self = status & 0x7f == 0 ? .exited((status >> 8) & 0xff) : .killed(signal: status & 0x7f)
  }

  /// Somebody outside has killed it, perhaps the system for want of memory.
  var isKill: Bool { if case .killed(SIGKILL) = self { true } else { false } }

  var description: String {
    switch self {
    case .exited(let code): "exited with \(code)"
    case .unknown: "ended, and the system doesn't say how: SIGCHLD is ignored"
    case .killed(let signal): "died of signal \(signal) (\(String(cString: strsignal(signal))))"
    }
  }
}
