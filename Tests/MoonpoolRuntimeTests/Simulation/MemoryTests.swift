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
}
