//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Synchronization

/// Words of memory that processes share. A word is written by one of them, unless it is added to.
struct Words {
  private let base: UnsafeMutablePointer<Atomic<UInt64>>

  /// Uses memory whose bytes are words already.
  init(_ memory: UnsafeMutableRawPointer) {
    base = memory.assumingMemoryBound(to: Atomic<UInt64>.self)
  }

  subscript(_ index: Int) -> UInt64 {
    get { base[index].load(ordering: .acquiring) }
    nonmutating set { base[index].store(newValue, ordering: .releasing) }
  }

  /// Adds 1; returns what was there before.
  func takeNext(_ index: Int) -> UInt64 {
    base[index].wrappingAdd(1, ordering: .acquiringAndReleasing).oldValue
  }
}
