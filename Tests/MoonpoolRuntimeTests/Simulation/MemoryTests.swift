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

/// Thousands of runs in one process cost no memory. MOONPOOL_RUNS asks for more of them.
@Suite(.serialized) struct MemoryTests {
  static let runs =
    ProcessInfo.processInfo.environment["MOONPOOL_RUNS"].flatMap(UInt64.init) ?? 1_000

  struct Subject: Sendable, CustomTestStringConvertible {
    let name: String
    let body: Simulation.Body
    var testDescription: String { name }
  }

  static let subjects = [
    Subject(name: "passing") { await Task.yield() },
    Subject(name: "deadlocking") {
      await Task { try? await Task.sleep(for: .seconds(1)) }.value
      await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
    },
    Subject(name: "leaking") {
      Task { while !Task.isCancelled { try await Task.sleep(for: .seconds(1)) } }
    },
    Subject(name: "killing") {
      for _ in 0..<3 {
        let node = Simulation.node(named: "victim")
        for _ in 0..<5 { node.run { try await Task.sleep(for: .seconds(9)) } }
        try await Task.sleep(for: .milliseconds(1))
        node.kill()
      }
    },
  ]

  @Test(arguments: subjects) func staysBounded(subject: Subject) {
    var before = 0.0
    var count: UInt64 = 0
    Simulation.run(
      seeds: 1...Self.runs,
      each: { _ in
        count += 1
        if count == Self.runs / 10 { before = residentMegabytes() }
        return true
      }, subject.body)
    let growth = residentMegabytes() - before
    if Self.runs > 1_000 { print("\(subject.name): \(growth) MB over \(Self.runs * 9 / 10) runs") }
    #expect(count == Self.runs)
    #expect(growth < 64, "\(growth) MB")
  }

  /// Fills the stack with some megabytes, and leaves them.
  @inline(never)
  private static func dig(_ depth: Int) -> Int {
    let ground = InlineArray<256, Int>(repeating: depth)
    return depth == 0 ? 0 : dig(depth - 1) &+ ground[depth & 255]
  }

  /// In a process of its own, where nobody else needs memory. 80 threads are lost, whose stacks
  /// have 4 MB of pages that were in use before.
  @Test func `a lost thread keeps only the part of its stack that is in use`() async {
    await #expect(processExitsWith: .success) {
      var before = 0.0
      Simulation.run(
        seeds: 0..<120,
        each: { report in
          guard case .crashed = report.verdict else { fatalError("\(report.line)") }
          if report.recipe.seed == 40 { before = residentMegabytes() }
          return true
        },
        {
          use(Self.dig(1_000))
          fatalError("enough")
        })
      let growth = residentMegabytes() - before
      if growth > 100 { fatalError("\(growth) MB") }
    }
  }
}
