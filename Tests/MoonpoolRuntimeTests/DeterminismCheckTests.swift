//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Glibc
import MoonpoolRuntime
import Synchronization
import Testing

/// Two runs of one seed in lock-step: what is deterministic passes, and each kind of leak is found
/// and named.
@Suite struct DeterminismCheckTests {
  private func check(_ body: @escaping Simulation.Body) async -> DeterminismCheck {
    await Simulation.checkDeterminism(Recipe(seed: 5), body)
  }

  /// Some tasks that draw, sleep and race, in the order that `order` gives.
  private static func work(_ order: [Int]) async {
    await withDiscardingTaskGroup { group in
      for item in order {
        group.addTask(name: "worker \(item)") {
          try? await Task.sleep(for: .milliseconds(item + 1))
          await Task.yield()
        }
      }
    }
  }

  @Test func orderlyCodePasses() async {
    let result = await check { await Self.work([3, 1, 2]) }
    #expect(result.finding == nil)
    #expect(result.first.passed)
    #expect(result.first.decisions!.count > 10)
  }

  @Test func aFailingRunIsNotRepeated() async {
    struct Boom: Error {}
    let runs = Atomic(0)
    let result = await check {
      runs.add(1, ordering: .relaxed)
      throw Boom()
    }
    #expect(!result.first.passed)
    #expect(result.finding == nil)
    #expect(runs.load(ordering: .relaxed) == 1)
  }

  private final class Item {
    let number: Int
    init(_ number: Int) { self.number = number }
  }

  @Test func addressOrderIsFound() async throws {
    let result = await check {
      let items = (0..<40).map(Item.init)
      let byAddress = items.sorted {
        UInt(bitPattern: ObjectIdentifier($0).hashValue)
          < UInt(bitPattern: ObjectIdentifier($1).hashValue)
      }
      await Self.work(byAddress.map(\.number))
    }
    let finding = try #require(result.finding)
    #expect(finding.likelyCause == .addressOrder)
    #expect(finding.description.contains("ObjectIdentifier"))
  }

  @Test func aReadOfRealTimeIsFound() async throws {
    let result = await check {
      var time = timespec()
      clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
      let stream = Simulation.random("dice")
      for _ in 0..<3 { _ = stream.uint64(below: UInt64(time.tv_nsec) + 1) }
      await Self.work([1, 2])
    }
    let finding = try #require(result.finding)
    #expect(finding.likelyCause == .wallClock)
    #expect(finding.divergence?.actual?.stream.description == "workload/dice")
    #expect(finding.site?.task.name == "body")
    #expect(finding.site?.frames.first?.contains("aReadOfRealTimeIsFound") == true, "\(finding)")
  }

  @Test func aLeftoverGlobalIsFound() async throws {
    let warm = Mutex(false)
    let result = await check {
      let isFirst = warm.withLock { warm in
        defer { warm = true }
        return !warm
      }
      await Self.work(isFirst ? [1, 2, 3] : [1, 2])
    }
    let finding = try #require(result.finding)
    #expect(finding.likelyCause == .leftoverGlobal)
  }

  @Test func randomHashingIsBlamedFirst() async throws {
    let first = await Simulation.run(
      Recipe(seed: 1), options: Simulation.comparable(SimulationOptions())
    ) { await Self.work([1]) }
    let second = await Simulation.run(
      Recipe(seed: 1), options: Simulation.comparable(SimulationOptions()),
      following: first.decisions
    ) { await Self.work([2, 1]) }
    var comparison = LockStepComparison(first: first, hashingIsDeterministic: false)
    comparison.add(second)
    #expect(comparison.difference?.likelyCause == .hashOrder)
  }

  @Test func theSecondRunStopsAtTheFirstDifference() async throws {
    let options = Simulation.comparable(SimulationOptions())
    let first = await Simulation.run(Recipe(seed: 1), options: options) {
      await Self.work([1, 2, 3])
    }
    let second = await Simulation.run(
      Recipe(seed: 1), options: options, following: first.decisions
    ) { await Self.work([3, 2, 1, 4]) }
    guard case .diverged(let divergence) = second.verdict else {
      Issue.record("\(second.line)")
      return
    }
    #expect(second.decisionCount <= divergence.number + 2)
    #expect(second.divergenceSite != nil)
  }
}
