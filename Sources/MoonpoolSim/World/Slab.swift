//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What can live in a ``Slab``.
protocol SlabElement {
  /// An empty one.
  init()
  /// How often its slot has been given back: an old number for it is recognised by this.
  var generation: UInt32 { get set }
  /// The next in whatever list it is in; the slab's own list while it is free.
  var next: Int32 { get set }
}

/// Numbered slots in one block of memory, which are used again: no allocation per element.
///
/// A slab is a reference. Pointers into it are good until the next `take`.
struct Slab<Element: SlabElement> {
  private struct Header {
    var base: UnsafeMutablePointer<Element>
    var capacity: Int
    var used: Int
    var free: Int32
    var live: Int
  }
  private let header: UnsafeMutablePointer<Header>

  init(capacity: Int) {
    header = .allocate(capacity: 1)
    header.initialize(
      to: Header(
        base: .allocate(capacity: capacity), capacity: capacity, used: 0, free: -1, live: 0))
  }

  /// Gives the memory back. Nothing may use the slab after that.
  func destroy() {
    header.pointee.base.deinitialize(count: header.pointee.used)
    header.pointee.base.deallocate()
    header.deallocate()
  }

  /// Gives the elements' memory back. No slot may be looked at after that.
  func removeAll() {
    header.pointee.base.deinitialize(count: header.pointee.used)
    header.pointee.base.deallocate()
    header.initialize(
      to: Header(base: .allocate(capacity: 1), capacity: 1, used: 0, free: -1, live: 0))
  }

  /// How many slots have ever been in use: the numbers below it are valid.
  var count: Int32 { Int32(header.pointee.used) }

  /// How many slots are in use.
  var live: Int { header.pointee.live }

  subscript(_ index: Int32) -> UnsafeMutablePointer<Element> {
    header.pointee.base + Int(index)
  }

  /// The slot if it is still the one that was meant, else nil.
  func find(_ index: Int32, _ generation: UInt32) -> UnsafeMutablePointer<Element>? {
    guard index >= 0 else { return nil }
    let slot = self[index]
    return slot.pointee.generation == generation ? slot : nil
  }

  /// Hands out a slot with an empty element in it.
  func take() -> Int32 {
    header.pointee.live += 1
    let free = header.pointee.free
    if free >= 0 {
      header.pointee.free = self[free].pointee.next
      self[free].pointee.next = -1
      return free
    }
    if header.pointee.used == header.pointee.capacity { grow() }
    let index = header.pointee.used
    (header.pointee.base + index).initialize(to: Element())
    header.pointee.used += 1
    return Int32(index)
  }

  /// Takes a slot back; its number is recognised as old from now on.
  func give(_ index: Int32) {
    let slot = self[index]
    let generation = slot.pointee.generation
    slot.pointee = Element()
    slot.pointee.generation = generation &+ 1
    slot.pointee.next = header.pointee.free
    header.pointee.free = index
    header.pointee.live -= 1
  }

  /// Takes a slot back whose element the caller has emptied.
  func giveEmptied(_ index: Int32) {
    let slot = self[index]
    slot.pointee.generation &+= 1
    slot.pointee.next = header.pointee.free
    header.pointee.free = index
    header.pointee.live -= 1
  }

  @inline(never)
  private func grow() {
    let capacity = header.pointee.capacity * 2
    let base = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
    base.moveInitialize(from: header.pointee.base, count: header.pointee.used)
    header.pointee.base.deallocate()
    header.pointee.base = base
    header.pointee.capacity = capacity
  }
}

/// The number of a slot, good only for the element that was in it when it was written down.
struct SlabID: Hashable {
  var index: Int32
  var generation: UInt32

  /// No element.
  static let none = SlabID(index: -1, generation: 0)
}
