//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import Glibc
import MoonpoolCore
import MoonpoolRuntime
import MoonpoolSim

/// The nursery itself: makes workers when the campaign asks for them, and says how they ended.
///
/// It allocates nothing from one worker to the next, so that the hundredth finds the memory as the
/// first did.
struct NurseryService {
  private let socket: CInt
  /// The worker of each lane; 0: none.
  private let workers: UnsafeMutableBufferPointer<pid_t>
  /// Readable when a worker has ended.
  private let ends: CInt

  /// Gets ready.
  ///
  /// - Throws: ``RunnerError``, if a copy of this process would not be whole.
  init(_ socket: CInt, laneCount: Int) throws(RunnerError) {
    guard Self.threadCount == 1 else {
      throw RunnerError(
        "the executable has started threads, which its workers would not have, before it calls "
          + "CampaignWorker.serve: call that first of all, or run with 0 workers")
    }
    self.socket = socket
    workers = .allocate(capacity: laneCount)
    workers.initialize(repeating: 0)
    // What workers start is not to hold the campaign up.
    _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
    ends = mp_watch_children()
    prepare()
  }

  /// Runs something empty: what the first run of a process looks up, its copies needn't.
  private func prepare() {
    let nothing = Scenario("nothing") {
      Clients { node, _ in try await node.clock.sleep(for: .seconds(1)) }
    }
    let plan = SeedPlan(Seeds([0]))
    SeedRunner(nothing, plan).run(0..<1) { records in
      _ = records.map(\.words)
      return true
    }
  }

  private static var threadCount: Int {
    guard let folder = opendir("/proc/self/task") else { return 1 }
    defer { closedir(folder) }
    var count = 0
    while let entry = readdir(folder) {
      // All but "." and "..".
      if entry.pointee.d_name.0 != UInt8(ascii: ".") { count += 1 }
    }
    return count
  }

  /// Serves the campaign until it is gone. Returns in each worker, with its lane.
  func nextWorker() -> Int {
    NurseryMessage(kind: .ready).send(to: socket)
    while true {
      bury()
      switch NurseryMessage.receive(from: socket) {
      case .end: end()
      case .nothing: wait()
      case .message(let message):
        guard workers.indices.contains(message.lane) else { continue }
        switch message.kind {
        case .start: if start(message.lane) { return message.lane }
        case .kill: if workers[message.lane] != 0 { kill(workers[message.lane], SIGKILL) }
        case .ready, .ended, .unable, .refused: break
        }
      }
    }
  }

  /// Whether this is the worker.
  private func start(_ lane: Int) -> Bool {
    let nursery = getpid()
    let pid = mp_fork_between_runs()
    if pid == 0 {
      endWithNursery(nursery)
      return true
    }
    if pid < 0 {
      NurseryMessage(kind: .refused, lane: lane, value: errno).send(to: socket)
    } else {
      workers[lane] = pid
    }
    return false
  }

  /// In a worker: whatever it is at, it ends with the nursery, and that with the campaign.
  private func endWithNursery(_ nursery: pid_t) {
    // The thread that this means by a parent is the nursery's main thread.
    mp_end_with_parent()
    if getppid() != nursery { _exit(0) }
    signal(SIGCHLD, SIG_DFL)
    close(ends)
  }

  private func wait() {
    var entries = (
      pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
      pollfd(fd: ends, events: Int16(POLLIN), revents: 0)
    )
    withUnsafeMutableBytes(of: &entries) {
      _ = poll($0.bindMemory(to: pollfd.self).baseAddress, 2, -1)
    }
  }

  /// Says which workers have ended, and how.
  private func bury() {
    var count: UInt64 = 0
    if read(ends, &count, 8) < 0 { return }
    for lane in workers.indices where workers[lane] != 0 {
      var status: CInt = 0
      guard waitpid(workers[lane], &status, WNOHANG) == workers[lane] else { continue }
      workers[lane] = 0
      NurseryMessage(kind: .ended, lane: lane, value: status).send(to: socket)
    }
  }

  private func end() -> Never {
    for worker in workers where worker != 0 { kill(worker, SIGKILL) }
    for worker in workers where worker != 0 {
      while waitpid(worker, nil, 0) < 0, errno == EINTR {}
    }
    _exit(0)
  }
}
