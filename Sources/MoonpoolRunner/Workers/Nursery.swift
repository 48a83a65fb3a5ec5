//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import Glibc

/// The process that a campaign's workers come from, seen from the campaign.
///
/// It is started from the executable once, gets everything ready that a run needs, and runs none
/// itself. Its workers are copies of it: what they touch is theirs alone, and they have neither to
/// load an executable nor to read its symbols.
final class Nursery {
  let pid: pid_t
  private let socket: CInt
  private let executable: String
  private let started = ContinuousClock.now
  private var isReady = false
  private var isOver = false

  /// Until it has to have answered: an executable that never calls ``CampaignWorker/serve(_:)`` may
  /// do something else for ever.
  private let patience: Duration

  /// Something that it has to say.
  enum Event {
    /// The worker of a lane has ended.
    case ended(lane: Int, ProcessEnd)
    /// It is gone, and with it all its workers.
    case gone
  }

  /// Starts it in a fresh process.
  ///
  /// - Throws: ``RunnerError``, if the system refuses.
  init(executable: String, memory: SharedMemory, scenario: String, patience: Duration)
    throws(RunnerError)
  {
    self.executable = executable
    self.patience = patience
    var ends: [CInt] = [0, 0]
    let type = CInt(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
      throw RunnerError("cannot make a socket for workers", errno: errno)
    }
    defer { close(ends[1]) }
    do throws(RunnerError) {
      pid = try Self.spawn(
        executable, [(memory.descriptor, CampaignWorker.memory), (ends[1], CampaignWorker.socket)],
        environment: [
          (CampaignWorker.variable, scenario),
          // Workers say what happened in records; a trap's backtrace would take longer than most
          // seeds.
          ("SWIFT_BACKTRACE", "enable=no"),
        ])
    } catch {
      close(ends[0])
      throw error
    }
    socket = ends[0]
  }

  deinit { end() }

  /// Asks for a worker on a lane that has none.
  func start(_ lane: Int) { NurseryMessage(kind: .start, lane: lane).send(to: socket) }

  /// Asks for the end of a lane's worker, wherever it is.
  func kill(_ lane: Int) { NurseryMessage(kind: .kill, lane: lane).send(to: socket) }

  /// Takes what it has said; nil: nothing yet.
  ///
  /// - Throws: ``RunnerError``, if no workers can be had.
  func nextEvent() throws(RunnerError) -> Event? {
    if isOver { return .gone }
    while true {
      switch NurseryMessage.receive(from: socket) {
      case .nothing:
        guard isReady || ContinuousClock.now - started < patience else {
          throw isSilent("has said nothing for \(patience)")
        }
        return nil
      case .end:
        isOver = true
        let end = bury()
        if !isReady { throw isSilent("\(end) before it was ready") }
        return .gone
      case .message(let message):
        switch message.kind {
        case .ready: isReady = true
        case .ended: return .ended(lane: message.lane, ProcessEnd(status: message.value))
        case .refused: throw RunnerError("cannot start a worker", errno: message.value)
        case .unable: throw RunnerError(NurseryMessage.receiveReason(from: socket))
        case .start, .kill: break
        }
      }
    }
  }

  /// Waits until it says something, and no longer than this.
  func wait(milliseconds: CInt) {
    guard !isOver else { return }
    var entry = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    poll(&entry, 1, milliseconds)
  }

  private func isSilent(_ how: String) -> RunnerError {
    RunnerError(
      "the process of \(executable) that workers come from \(how); does the executable call "
        + "CampaignWorker.serve first of all?")
  }

  /// Ends it and all workers, at once.
  func end() {
    guard !isOver else { return }
    defer { isOver = true }
    // It ends its workers when it hears no more, and then itself.
    shutdown(socket, CInt(SHUT_WR))
    let deadline = ContinuousClock.now + .seconds(1)
    hearing: while ContinuousClock.now < deadline {
      wait(milliseconds: 50)
      if case .end = NurseryMessage.receive(from: socket) { break hearing }
    }
    Glibc.kill(pid, SIGKILL)
    _ = bury()
  }

  /// Waits for the end of the process.
  private func bury() -> ProcessEnd {
    close(socket)
    var status: CInt = 0
    while waitpid(pid, &status, 0) < 0 {
      // Where SIGCHLD is ignored, as a process may have inherited it, the system forgets how.
      guard errno == EINTR else { return .unknown }
    }
    return ProcessEnd(status: status)
  }

  // MARK: Starting

  private static func spawn(
    _ executable: String, _ descriptors: [(from: CInt, to: CInt)],
    environment added: [(String, String)]
  ) throws(RunnerError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (from, to) in descriptors { posix_spawn_file_actions_adddup2(&actions, from, to) }
    // A terminal's interrupt is the campaign's to take: workers end when it says so. And the thread
    // that starts them may block signals that they need, or the process ignore some.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    posix_spawnattr_setpgroup(&attributes, 0)
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigaddset(&signals, SIGCHLD)
    posix_spawnattr_setsigdefault(&attributes, &signals)
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
}
