//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolRuntime
import MoonpoolRuntime
import Synchronization
import Testing

/// Swift Testing keeps a backtrace of each error that is thrown in its process until the test ends;
/// simulated code throws too many for that.
@Suite struct ErrorTests {
  struct Untyped: Error {}
  struct Typed: Error {}

  @inline(never) private static func throwUntyped() throws { throw Untyped() }
  @inline(never) private static func throwTyped() throws(Typed) { throw Typed() }

  @Test func `errors of simulations are not told to the test library`() {
    let untold = Mailbox()
    let report = Simulation.run(seed: 1) {
      for _ in 0..<100 {
        try? Self.throwUntyped()
        await Task.yield()
        do throws(Typed) { try Self.throwTyped() } catch {}
      }
      untold.count = mp_sim_untold_errors(mp_sim_current())
    }
    #expect(report.passed)
    // In a build without optimisation each is told; an optimiser may leave typed ones out.
    #expect(untold.count >= 100 && untold.count <= 200)
  }

  /// What the test library says of an error: the functions on the stack when it was thrown, if it
  /// was told of that.
  private static func stack(of error: any Error) -> [String] {
    let found = Mutex<[String]>([])
    withKnownIssue {
      Issue.record(error)
    } matching: { issue in
      let mirror = Mirror(reflecting: issue)
      let kept = mirror.descendant("sourceContext", "backtrace", 0, "addresses")
      let names = (kept as? [UInt64] ?? []).map { name(ofFunctionAt: UInt($0)) }
      found.withLock { $0 = names }
      return true
    }
    return found.withLock { $0 }
  }

  private static func name(ofFunctionAt address: UInt) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1024) { buffer in
      let length = mp_inspect_symbol(address, buffer.baseAddress, buffer.count)
      return String(decoding: UnsafeRawBufferPointer(buffer).prefix(length), as: UTF8.self)
    }
  }

  @Test func `errors outside are told as before`() throws {
    _ = Simulation.run(seed: 1) {}
    var thrown: (any Error)?
    do { try Self.throwUntyped() } catch { thrown = error }
    let stack = Self.stack(of: try #require(thrown))
    #expect(stack.contains { $0.contains("ErrorTests.throw") }, "\(stack)")
  }

  @Test func `of an error of a simulation the test library knows only where it is recorded`() throws
  {
    let mailbox = Mailbox()
    _ = Simulation.run(seed: 1) {
      do { try Self.throwUntyped() } catch { mailbox.error = error }
    }
    let stack = Self.stack(of: try #require(mailbox.error))
    #expect(stack.contains { $0.contains("ErrorTests.stack") }, "\(stack)")
    #expect(!stack.contains { $0.contains("ErrorTests.throw") }, "\(stack)")
  }

  /// Safe to share: it is read when the simulation has ended.
  private final class Mailbox: @unchecked Sendable {
    var count: UInt64 = 0
    var error: (any Error)?
  }
}
