//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import Dispatch
import Foundation
import MoonpoolRuntime
import Synchronization
import Testing

/// What the Glibc module does not have.
private enum EventCalls {
  typealias Call2 = @convention(c) (Int32, Int32) -> Int32
  typealias Call4 = @convention(c) (Int32, Int32, Int32, UnsafeMutableRawPointer?) -> Int32
  typealias Wait = @convention(c) (Int32, UnsafeMutableRawPointer?, Int32, Int32) -> Int32
  typealias Set =
    @convention(c) (Int32, Int32, UnsafeRawPointer?, UnsafeMutableRawPointer?) -> Int32

  static func find<T>(_ name: String, as type: T.Type) -> T {
    unsafeBitCast(dlsym(nil, name), to: type)
  }
  static let create = find("epoll_create1", as: (@convention(c) (Int32) -> Int32).self)
  static let control = find("epoll_ctl", as: Call4.self)
  static let wait = find("epoll_wait", as: Wait.self)
  static let event = find("eventfd", as: Call2.self)
  static let write = find("eventfd_write", as: (@convention(c) (Int32, UInt64) -> Int32).self)
  static let timer = find("timerfd_create", as: Call2.self)
  static let setTime = find("timerfd_settime", as: Set.self)
}

private final class Held: Sendable { let mutex = Mutex(0) }

/// Each thing that a simulation cannot control is caught with its name and its caller.
@Suite struct UncontrolledTests {
  typealias Call = @Sendable () -> Void

  /// Handed out and counted, not refused: their values differ from run to run.
  static let realReads: [String: Call] = [
    "clock_gettime of a CPU-time clock": {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    },
    "clock": { _ = clock() },
    "times": {
      var times = tms()
      _ = Glibc.times(&times)
    },
    "getrusage": {
      var usage = rusage()
      _ = getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    },
    "getpid": { _ = getpid() },
  ]

  static let calls: [String: Call] =
    threads.merging(waits) { $1 }.merging(descriptors) { $1 }.merging(world) { $1 }

  private static let threads: [String: Call] = [
    "pthread_create": {
      var thread = pthread_t()
      pthread_create(&thread, nil, { _ in nil }, nil)
    },
    "pthread_join": {
      let simulation = mp_sim_enter(nil)
      var thread = pthread_t()
      pthread_create(
        &thread, nil,
        { _ in
          usleep(300_000)
          return nil
        }, nil)
      _ = mp_sim_enter(simulation)
      pthread_join(thread, nil)
    },
    "pthread_cond_wait": {
      var mutex = pthread_mutex_t()
      var condition = pthread_cond_t()
      pthread_cond_wait(&condition, &mutex)
    },
    "sem_wait": {
      var semaphore = sem_t()
      sem_init(&semaphore, 0, 0)
      sem_wait(&semaphore)
    },
    "sem_post": {
      nonisolated(unsafe) let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
      sem_init(semaphore, 0, 0)
      let simulation = mp_sim_enter(nil)
      Thread.detachNewThread { sem_wait(semaphore) }
      usleep(100_000)
      _ = mp_sim_enter(simulation)
      sem_post(semaphore)
    },
    "a contended lock": {
      let held = Held()
      let simulation = mp_sim_enter(nil)
      Thread.detachNewThread { held.mutex.withLock { _ in _ = sleep(2) } }
      usleep(100_000)
      _ = mp_sim_enter(simulation)
      held.mutex.withLock { _ in }
    },
    "DispatchQueue.async": { DispatchQueue.global().async {} },
    "DispatchQueue.asyncAfter": { DispatchQueue.global().asyncAfter(deadline: .now() + 1) {} },
    "DispatchQueue.main.sync": { DispatchQueue.main.sync {} },
    "dispatchMain": { dispatchMain() },
    "DispatchSource": { DispatchSource.makeTimerSource().activate() },
    "DispatchIO": {
      _ = DispatchIO(type: .stream, fileDescriptor: 0, queue: .global()) { _ in }
    },
    "DispatchSemaphore.wait": { DispatchSemaphore(value: 0).wait() },
    "DispatchGroup.wait": {
      let group = DispatchGroup()
      group.enter()
      group.wait()
    },
    "DispatchWorkItem.wait": { DispatchWorkItem {}.wait() },
  ]

  private static let waits: [String: Call] = [
    "nanosleep": {
      var time = timespec(tv_sec: 0, tv_nsec: 1000)
      nanosleep(&time, nil)
    },
    "clock_nanosleep": {
      var time = timespec(tv_sec: 0, tv_nsec: 1000)
      clock_nanosleep(CLOCK_MONOTONIC, 0, &time, nil)
    },
    "usleep": { usleep(1) },
    "sleep": { sleep(1) },
    "poll": { _ = poll(nil, 0, 1) },
    "select": {
      var time = timeval(tv_sec: 0, tv_usec: 1000)
      select(0, nil, nil, nil, &time)
    },
    "flock": {
      let path = NSTemporaryDirectory() + "/moonpool-flock-\(UInt64.random(in: 0 ... .max))"
      let holder = open(path, O_CREAT | O_RDWR, 0o600)
      flock(holder, LOCK_EX)
      let other = open(path, O_RDWR)
      unlink(path)
      flock(other, LOCK_EX)
    },
    "waitpid": {
      let simulation = mp_sim_enter(nil)
      var child = pid_t()
      let arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("1"), nil]
      posix_spawn(&child, "/bin/sleep", nil, nil, arguments, nil)
      children.withLock { $0.append(child) }
      _ = mp_sim_enter(simulation)
      waitpid(child, nil, 0)
    },
  ]

  private static let descriptors: [String: Call] = [
    "epoll_wait": {
      var event: (UInt64, UInt64) = (0, 0)
      withUnsafeMutablePointer(to: &event) { _ = EventCalls.wait(EventCalls.create(0), $0, 1, 1) }
    },
    "epoll_ctl": {
      var event: (UInt64, UInt64) = (0, 0)
      withUnsafeMutablePointer(to: &event) {
        _ = EventCalls.control(EventCalls.create(0), 1, EventCalls.event(0, 0), $0)
      }
    },
    "eventfd_write": { _ = EventCalls.write(EventCalls.event(0, 0), 1) },
    "timerfd_settime": {
      var time = itimerspec()
      time.it_value.tv_sec = 1
      withUnsafePointer(to: &time) {
        _ = EventCalls.setTime(EventCalls.timer(CLOCK_MONOTONIC, 0), 0, $0, nil)
      }
    },
    "read": {
      var pipes: [Int32] = [0, 0]
      pipe(&pipes)
      var byte: UInt8 = 0
      read(pipes[0], &byte, 1)
    },
    "recv": {
      var pair: [Int32] = [0, 0]
      socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair)
      var byte: UInt8 = 0
      recv(pair[0], &byte, 1, 0)
    },
  ]

  private static let world: [String: Call] = [
    "socket": { _ = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) },
    "connect": {
      var address = sockaddr()
      connect(-1, &address, socklen_t(MemoryLayout<sockaddr>.size))
    },
    "bind": {
      var address = sockaddr()
      bind(-1, &address, socklen_t(MemoryLayout<sockaddr>.size))
    },
    "listen": { listen(-1, 1) },
    "accept": { accept(-1, nil, nil) },
    "getaddrinfo": {
      var result: UnsafeMutablePointer<addrinfo>?
      getaddrinfo("localhost", nil, nil, &result)
    },
    "fork": { forkCall() },
    "posix_spawn": {
      var child = pid_t()
      posix_spawn(&child, "/bin/true", nil, nil, [nil], nil)
      children.withLock { $0.append(child) }
    },
  ]

  /// Processes that calls have started.
  private static let children = Mutex<[pid_t]>([])

  /// Buries them: while they lie about, exit tests may not see their own children's end.
  private static func buryChildren() {
    let started = children.withLock { children in
      defer { children = [] }
      return children
    }
    for child in started where child > 0 { waitpid(child, nil, 0) }
  }

  /// Swift refuses to call fork by its name.
  private static func forkCall() {
    let fork = dlsym(nil, "fork")
    _ = unsafeBitCast(fork, to: (@convention(c) () -> pid_t).self)()
  }

  /// What two threads do to each other: no single call shows it.
  static let noCalls: Set<String> = [
    UncontrolledAPI.foreignResume.name, "an actor that two simulations use at a time",
  ]

  static let refused = UncontrolledAPI.all.map(\.name).filter {
    realReads[$0] == nil && !noCalls.contains($0)
  }

  @Test(arguments: refused) func isCaughtWithNameAndCaller(name: String) throws {
    let call = try #require(Self.calls[name], "an API without a test")
    let report = Simulation.run(seed: 1) {
      call()
      try await Task.sleep(for: .seconds(1))
    }
    Self.buryChildren()
    guard case .uncontrolled(let incident) = report.verdict else {
      Issue.record("\(name): \(report.line)")
      return
    }
    #expect(incident.api.name == name)
    #expect(incident.task.name == "body")
    // dispatchMain never returns, and its caller's frame is gone when it is caught.
    let frames = incident.frames
    #expect(
      frames.contains { $0.contains("UncontrolledTests") } || name == "dispatchMain", "\(frames)")
  }

  /// What is harmless when it really happens.
  static let harmless = [
    "pthread_create", "pthread_join", "sem_post", "DispatchQueue.async", "nanosleep",
    "clock_nanosleep", "usleep", "poll", "select", "epoll_wait", "epoll_ctl", "eventfd_write",
    "timerfd_settime", "socket", "connect", "bind", "listen", "accept", "waitpid", "posix_spawn",
  ]

  @Test(arguments: harmless) func isToleratedWhenAllowed(name: String) throws {
    let call = try #require(Self.calls[name])
    var options = SimulationOptions()
    options.allowed = [try #require(UncontrolledAPI(named: name))]
    let report = Simulation.run(seed: 1, options: options) { call() }
    Self.buryChildren()
    #expect(report.passed, "\(report.line)")
  }

  @Test func allowedSleepReallySleeps() {
    var options = SimulationOptions()
    options.allowed = [UncontrolledAPI(named: "usleep")!]
    let start = ContinuousClock.now
    let report = Simulation.run(seed: 1, options: options) { usleep(100_000) }
    #expect(report.passed, "\(report.line)")
    #expect(ContinuousClock.now - start >= .milliseconds(100))
    #expect(report.virtualTime >= .milliseconds(100))
  }

  @Test func allowedSocketIsReal() {
    var options = SimulationOptions()
    options.allowed = [UncontrolledAPI(named: "socket")!]
    let report = Simulation.run(seed: 1, options: options) {
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      if descriptor < 0 { throw NodeTests.Wrong(description: "no socket") }
      close(descriptor)
    }
    #expect(report.passed, "\(report.line)")
  }

  @Test(arguments: realReads.keys.sorted()) func realValuesAreCounted(name: String) throws {
    let call = try #require(Self.realReads[name])
    let report = Simulation.run(seed: 1) { call() }
    #expect(report.passed, "\(report.line)")
    #expect(report.realReadCount == 1)
  }
}
