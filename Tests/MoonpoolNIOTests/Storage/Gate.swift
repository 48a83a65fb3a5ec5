//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//
import Glibc
import Synchronization

/// Something that threads wait for. They block, as in a call to the kernel.
final class Gate: Sendable {
  private let isOpen = Atomic(false)
  private let waiting = Atomic(0)

  /// How many threads wait, or have waited.
  var count: Int { waiting.load(ordering: .acquiring) }

  func wait() {
    waiting.add(1, ordering: .acquiringAndReleasing)
    while !isOpen.load(ordering: .acquiring) { usleep(200) }
  }

  /// Waits as a task does, which leaves its thread to others.
  func waitUntilSomebodyWaits(_ threads: Int = 1) async throws {
    while count < threads { try await Task.sleep(for: .milliseconds(1)) }
  }

  func open() { isOpen.store(true, ordering: .releasing) }
}
