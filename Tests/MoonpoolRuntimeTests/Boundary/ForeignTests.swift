//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import MoonpoolRuntime
import Testing

/// Threads outside touch simulated tasks, and simulated code touches tasks outside.
@Suite struct ForeignTests {
  static func options(waiting: Bool) -> SimulationOptions {
    var options = SimulationOptions()
    options.allowed = [UncontrolledAPI(named: "pthread_create")!]
    if waiting { options.allowed.insert(.foreignResume) }
    options.foreignResumeWait = .seconds(5)
    options.leaks = .ignore
    return options
  }

  static func soon(_ body: @escaping @Sendable () -> Void) {
    Thread.detachNewThread {
      usleep(20_000)
      body()
    }
  }

  /// Virtual time is kept busy in real time, so that the thread outside finds the run going on.
  static func keepBusy() -> Task<Void, Never> {
    Task { while !Task.isCancelled { await Task.yield() } }
  }

  static let continuation: @Sendable () async -> Void = {
    await withCheckedContinuation { continuation in soon { continuation.resume() } }
  }
  static let stream: @Sendable () async -> Void = {
    let (stream, feed) = AsyncStream.makeStream(of: Int.self)
    soon {
      feed.yield(1)
      feed.finish()
    }
    for await _ in stream {}
  }
  static let cancellation: @Sendable () async -> Void = {
    let task = Task { try? await Task.sleep(for: .seconds(3_000)) }
    soon { task.cancel() }
    await task.value
  }
  static let mainActor: @Sendable () async -> Void = {
    await Task { @MainActor in
      await withUnsafeContinuation { continuation in soon { continuation.resume() } }
      MainActor.preconditionIsolated()
    }.value
  }
  static let ways = ["continuation": continuation, "stream": stream, "main actor": mainActor]

  @Test(arguments: ["continuation", "stream", "main actor"])
  func resumeFromOutsideIsCaught(way: String) {
    let body = Self.ways[way]!
    let report = Simulation.run(seed: 1, options: Self.options(waiting: false)) {
      let busy = Self.keepBusy()
      await body()
      busy.cancel()
    }
    guard case .uncontrolled(let incident) = report.verdict else {
      Issue.record("\(report.line)")
      return
    }
    #expect(incident.api == .foreignResume)
    #expect(incident.frames.contains { $0.contains("ForeignTests") }, "\(incident.frames)")
  }

  @Test(arguments: ["continuation", "stream", "main actor"])
  func allowedResumeFromOutsideIsWaitedFor(way: String) {
    let body = Self.ways[way]!
    let report = Simulation.run(seed: 1, options: Self.options(waiting: true)) { await body() }
    #expect(report.passed, "\(report.line)")
  }

  @Test func cancellationFromOutsideIsCaught() {
    let report = Simulation.run(seed: 1, options: Self.options(waiting: false)) {
      let sleeper = Task { try? await Simulation.clock.sleep(for: .seconds(3_000)) }
      await Task.yield()
      let cancelled = Counter()
      Self.soon {
        sleeper.cancel()
        cancelled.add()
      }
      while cancelled.count == 0 { await Task.yield() }
      await sleeper.value
    }
    guard case .uncontrolled(let incident) = report.verdict else {
      Issue.record("\(report.line)")
      return
    }
    #expect(incident.api == .foreignResume)
  }

  @Test func lateResumeAndLateCancellationHarmNobody() {
    final class Kept: @unchecked Sendable {
      var continuation: UnsafeContinuation<Void, Never>?
      var sleeper: Task<Void, Never>?
    }
    let kept = Kept()
    var options = SimulationOptions()
    options.leaks = .ignore
    options.runOutLimit = 1
    options.settleTime = .zero
    let report = Simulation.run(seed: 1, options: options) {
      Task { await withUnsafeContinuation { kept.continuation = $0 } }
      kept.sleeper = Task { try? await Simulation.clock.sleep(for: .seconds(100)) }
      for _ in 0..<50 { await Task.yield() }
    }
    #expect(report.passed, "\(report.line)")
    #expect(report.abandonedTasks > 0)
    kept.sleeper?.cancel()
    kept.continuation?.resume()
    for seed: UInt64 in 1...20 {
      #expect(Simulation.run(seed: seed) { await Task.yield() }.passed)
    }
  }

  @Test func simulatedCodeResumesTasksOutside() async {
    actor Outside { func ping() -> Int { 7 } }
    let outside = Outside()
    let (stream, feed) = AsyncStream.makeStream(of: Int.self)
    let received = Task {
      var sum = 0
      for await number in stream { sum += number }
      return sum
    }
    let simulated: RunReport = await withCheckedContinuation { done in
      Thread.detachNewThread {
        let report = Simulation.run(seed: 1) {
          for number in 1...10 { feed.yield(number) }
          feed.finish()
          if await outside.ping() != 7 { throw NodeTests.Wrong(description: "actor outside") }
        }
        done.resume(returning: report)
      }
    }
    #expect(simulated.passed, "\(simulated.line)")
    #expect(await received.value == 55)
    let resumed = await withCheckedContinuation { (continuation: CheckedContinuation<Int, Never>) in
      Thread.detachNewThread { _ = Simulation.run(seed: 1) { continuation.resume(returning: 3) } }
    }
    #expect(resumed == 3)
    #expect(!Simulation.isRunning)
  }
}
