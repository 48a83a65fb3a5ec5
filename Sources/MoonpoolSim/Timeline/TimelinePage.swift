//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

/// Where all that is said of some events stands, written once.
///
/// Invariants get many copies of each event: one of them costs a count, and no event an allocation
/// of its own, whatever the size of its type. Safe to share: nobody writes a second time where an
/// event stands.
@usableFromInline
final class TimelinePage: @unchecked Sendable {
  private let capacity: Int
  private var count = 0
  private let fields: UnsafeMutablePointer<TimelineEvent.Fields>
  /// Where the next typed event may stand, behind the fields or in a block of its own.
  private var free: UnsafeMutableRawPointer
  private var end: UnsafeMutableRawPointer
  private var blocks: [UnsafeMutableRawPointer] = []
  /// Whether one of the typed events holds something that must be let go of.
  private var mustDestroy = false

  init(capacity: Int) {
    self.capacity = capacity
    let fieldsSize = capacity * MemoryLayout<TimelineEvent.Fields>.stride
    let size = fieldsSize + capacity * Self.usualSize
    free = .allocate(byteCount: size, alignment: Self.alignment)
    fields = free.bindMemory(to: TimelineEvent.Fields.self, capacity: capacity)
    end = free + size
    free += fieldsSize
  }

  deinit {
    if mustDestroy {
      for index in 0..<count { fields[index].value?.destroy() }
    }
    fields.deinitialize(count: count)
    UnsafeMutableRawPointer(fields).deallocate()
    for block in blocks { block.deallocate() }
  }

  /// So many bytes are there for each typed event, at first.
  private static let usualSize = 32
  private static let alignment = 16

  var isFull: Bool { count == capacity }

  /// Writes the next event. There must be room.
  @inline(__always)
  func write(_ new: consuming TimelineEvent.Fields) -> TimelineEvent {
    let place = fields + count
    place.initialize(to: new)
    count += 1
    return TimelineEvent(in: self, at: place)
  }

  /// Writes the next event, a typed one. There must be room.
  @inline(__always)
  func write<Event: NodeEvent>(
    _ new: consuming TimelineEvent.Fields, _ event: Event
  ) -> TimelineEvent {
    new.value = PlacedEvent(event, at: room(for: Event.self))
    if !_isPOD(Event.self) { mustDestroy = true }
    return write(new)
  }

  @inline(__always)
  private func room<Event: NodeEvent>(for type: Event.Type) -> UnsafeMutableRawPointer {
    let start = free.alignedUp(for: type)
    if end - start < MemoryLayout<Event>.size {
      return newRoom(MemoryLayout<Event>.size, MemoryLayout<Event>.alignment)
    }
    free = start + MemoryLayout<Event>.size
    return start
  }

  @inline(never)
  private func newRoom(_ size: Int, _ alignment: Int) -> UnsafeMutableRawPointer {
    let blockSize = max(size, capacity * Self.usualSize)
    let block = UnsafeMutableRawPointer.allocate(
      byteCount: blockSize, alignment: max(alignment, Self.alignment))
    blocks.append(block)
    (free, end) = (block + size, block + blockSize)
    return block
  }
}
