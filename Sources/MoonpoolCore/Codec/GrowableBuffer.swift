//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Trivial values in a row, in memory that nobody else looks at.
///
/// An array would ask for the right to its own storage, and for exclusive access, at every write.
struct GrowableBuffer<Element: BitwiseCopyable>: ~Copyable {
  private(set) var base: UnsafeMutablePointer<Element>
  private(set) var capacity: Int
  private(set) var count = 0

  init(capacity: Int) {
    base = .allocate(capacity: capacity)
    self.capacity = capacity
  }

  deinit { base.deallocate() }

  /// Whether the memory is little enough to be kept for the next use.
  var isSmall: Bool { capacity * MemoryLayout<Element>.stride <= 1 << 16 }

  var elements: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: base, count: count) }

  subscript(index: Int) -> Element {
    @inline(__always) get {
      assert(0..<count ~= index)
      return base[index]
    }
    @inline(__always) _modify {
      assert(0..<count ~= index)
      yield &base[index]
    }
  }

  @inline(__always)
  mutating func append(_ element: Element) {
    reserve(1)
    (base + count).initialize(to: element)
    count += 1
  }

  /// Appends elements that lie elsewhere, or here if room has been reserved for them.
  @inline(__always)
  mutating func append(_ elements: UnsafeBufferPointer<Element>) {
    reserve(elements.count)
    guard let start = elements.baseAddress else { return }
    (base + count).initialize(from: start, count: elements.count)
    count += elements.count
  }

  /// Makes room for more elements, which are then written by pointer.
  @inline(__always)
  mutating func reserve(_ more: Int) {
    if capacity - count < more { grow(more) }
  }

  /// Counts elements that were written by pointer into what was reserved.
  @inline(__always)
  mutating func commit(_ more: Int) {
    assert(more <= capacity - count)
    count += more
  }

  /// Forgets the elements beyond a number of them.
  @inline(__always)
  mutating func truncate(to length: Int) {
    if length < count { count = length }
  }

  @inline(never)
  private mutating func grow(_ more: Int) {
    let room = max(2 * capacity, count + more)
    let memory = UnsafeMutablePointer<Element>.allocate(capacity: room)
    memory.initialize(from: base, count: count)
    base.deallocate()
    base = memory
    capacity = room
  }
}
