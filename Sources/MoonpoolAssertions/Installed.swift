//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import Synchronization

/// A place for what a process installs and never takes away again, and reads from any thread.
struct Installed<Value: Sendable>: ~Copyable, Sendable {
  private final class Box: Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
  }

  /// The box, for good; 0 until there is one.
  private let box = Atomic<UInt>(0)

  /// Installs a value; the first one stays.
  func install(_ make: @autoclosure () -> Value) {
    guard box.load(ordering: .relaxed) == 0 else { return }
    let made = Unmanaged.passRetained(Box(make()))
    let (isFirst, _) = box.compareExchange(
      expected: 0, desired: UInt(bitPattern: made.toOpaque()), ordering: .releasing)
    if !isFirst { made.release() }
  }

  /// Installs a value instead of the one before, which stays in memory: somebody may be reading it.
  func replace(_ value: Value) {
    let made = Unmanaged.passRetained(Box(value))
    box.store(UInt(bitPattern: made.toOpaque()), ordering: .releasing)
  }

  /// The value, if there is one.
  ///
  /// A relaxed load would do for the branch. What is read through the pointer needs the order,
  /// which costs nothing on x86.
  @inline(__always)
  var value: Value? {
    guard let box = UnsafeRawPointer(bitPattern: box.load(ordering: .acquiring)) else {
      return nil
    }
    return Unmanaged<Box>.fromOpaque(box)._withUnsafeGuaranteedRef { $0.value }
  }
}
