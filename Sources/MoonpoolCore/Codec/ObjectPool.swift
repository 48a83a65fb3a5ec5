//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Synchronization

/// Objects that wait for their next use, so that a codec needn't ask for memory at every call.
///
/// An object that comes out of it is as good as new, so nothing depends on which one it is. Threads
/// find different places by where their stacks are, and seldom meet.
struct ObjectPool<Object: AnyObject>: @unchecked Sendable {
  private static var places: Int { 16 }
  /// How many words lie between places, so that they are in different cache lines.
  private static var stride: Int { 16 }

  private let slots: UnsafeMutablePointer<Atomic<UnsafeRawPointer?>>

  /// Makes a pool, which lives as long as the process.
  init() {
    slots = .allocate(capacity: Self.places * Self.stride)
    for index in 0..<Self.places * Self.stride { (slots + index).initialize(to: Atomic(nil)) }
  }

  @inline(__always)
  private func exchange(_ object: UnsafeRawPointer?) -> UnsafeRawPointer? {
    var local: UInt8 = 0
    let address = withUnsafePointer(to: &local) { UInt(bitPattern: $0) }
    // The stacks of threads lie in pages of their own.
    let place = Int(truncatingIfNeeded: address >> 16 ^ address >> 20) & (Self.places - 1)
    return slots[place * Self.stride].exchange(object, ordering: .acquiringAndReleasing)
  }

  /// An object that nobody else has, if there is one.
  @inline(__always)
  func take() -> Object? {
    exchange(nil).map { Unmanaged.fromOpaque($0).takeRetainedValue() }
  }

  /// Keeps an object that the caller alone has, in place of the one that is there.
  @inline(__always)
  func give(_ object: Object) {
    if let other = exchange(Unmanaged.passRetained(object).toOpaque()) {
      Unmanaged<Object>.fromOpaque(other).release()
    }
  }
}
