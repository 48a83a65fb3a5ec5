//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import Glibc
import MatrixRows
import Synchronization
import Testing

/// While simulations run, every other thread keeps real clocks and real entropy.
@Suite struct RealWorldTests {
  @Test(arguments: ClockSource.all.filter { $0.read() >= 0 }.map(\.name))
  func `another thread sees real time`(_ name: String) throws {
    let source = try #require(ClockSource.all.first { $0.name == name })
    let start = Self.kernelTime()
    let (outside, inside) = try whileSimulating(name) {
      usleep(1_000)
      return source.read()
    }
    let end = Self.kernelTime()
    #expect(outside == outside.sorted())
    let elapsed = outside.last! - outside.first!
    #expect(elapsed >= Int64(outside.count - 1) * 1_000_000 - source.step - 10_000_000)
    #expect(elapsed <= end - start + source.step + 100_000_000)
    for time in outside where source.isWall {
      #expect((start - 40_000_000_000...end + 40_000_000_000).contains(time))  // TAI is ahead
    }
    #expect(!outside.contains { time in inside.contains("\(time)") })
  }

  @Test(arguments: EntropySource.all.map(\.name))
  func `another thread gets real entropy`(_ name: String) throws {
    let source = try #require(EntropySource.all.first { $0.name == name })
    let (outside, inside) = try whileSimulating(name) {
      usleep(100)
      return source.read()
    }
    #expect(Set(outside).count == outside.count)
    #expect(!outside.contains { inside.contains($0) })
  }

  /// Reads on a thread of its own for as long as simulations of a row run.
  private func whileSimulating<Value: Sendable>(
    _ name: String, _ read: @escaping @Sendable () -> Value
  ) throws -> (outside: [Value], inside: String) {
    let row = try #require(Row.named(name))
    let reader = Reader(read)
    Thread.detachNewThread { reader.run() }
    reader.waitForFirst()
    let inside = (0..<20).map { row.run(seed: $0, detail: .text).text }
    return (reader.stop(), inside.joined())
  }

  /// The kernel's own idea of the time of day, which no call of ours can change: a new file's date.
  private static func kernelTime() -> Int64 {
    var path = Array("/tmp/moonpool-XXXXXX".utf8CString)
    let file = mkstemp(&path)
    defer {
      close(file)
      unlink(path)
    }
    var status = stat()
    fstat(file, &status)
    return Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
  }
}

/// Reads again and again until it is stopped.
private final class Reader<Value: Sendable>: Sendable {
  private let read: @Sendable () -> Value
  private let values = Mutex<[Value]>([])
  private let stopped = Atomic(false)
  private let first = DispatchSemaphore(value: 0)
  private let finished = DispatchSemaphore(value: 0)

  init(_ read: @escaping @Sendable () -> Value) { self.read = read }

  func run() {
    let value = read()
    values.withLock { $0.append(value) }
    first.signal()
    repeat {
      let value = read()
      values.withLock { $0.append(value) }
    } while !stopped.load(ordering: .acquiring)
    finished.signal()
  }

  func waitForFirst() { first.wait() }

  func stop() -> [Value] {
    stopped.store(true, ordering: .releasing)
    finished.wait()
    return values.withLock { $0 }
  }
}
