//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolCore

/// A typed event that stands in memory as what it is: who knows its type reads it there.
@usableFromInline
struct PlacedEvent: @unchecked Sendable {
  // Safe to share: it is written once and destroyed once, by the page that it stands in.
  @usableFromInline let address: UnsafeMutableRawPointer
  @usableFromInline let what: any NodeEvent.Type

  /// Copies an event to an address, which must have room for it.
  @inline(__always)
  init<Value: NodeEvent>(_ value: Value, at address: UnsafeMutableRawPointer) {
    address.bindMemory(to: Value.self, capacity: 1).initialize(to: value)
    self.address = address
    what = Value.self
  }

  /// The event, of whatever type.
  @usableFromInline var event: any NodeEvent { read(what) }

  private func read<Value: NodeEvent>(_ type: Value.Type) -> any NodeEvent {
    address.assumingMemoryBound(to: type).pointee
  }

  /// The event, if it has this type.
  @inlinable
  @inline(__always)
  func event<Event: NodeEvent>(as type: Event.Type) -> Event? {
    // The same type needs no search for a way from one to the other.
    if ObjectIdentifier(what) == ObjectIdentifier(type) {
      return address.assumingMemoryBound(to: type).pointee
    }
    return event as? Event
  }

  /// Ends its life, but not that of the memory.
  func destroy() { destroy(what) }

  private func destroy<Value: NodeEvent>(_ type: Value.Type) {
    address.assumingMemoryBound(to: type).deinitialize(count: 1)
  }
}
