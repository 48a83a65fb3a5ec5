//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Synchronization

/// Makes the containers of `Codable` for one type of key.
///
/// Their types have the key's type in them, and where a function is generic, the runtime looks each
/// of them up in a table of all types. An object of a generic class has them at hand.
class KeyedContainers<Key: CodingKey>: AnyKeyedContainers, @unchecked Sendable {
  func encoding(_ arena: consuming EncodingArena, node: Int) -> KeyedEncodingContainer<Key> {
    fatalError("a subclass does it")
  }

  func decoding(_ members: consuming MapMembers) -> KeyedDecodingContainer<Key> {
    fatalError("a subclass does it")
  }

  /// The object for a type of key, which lives as long as the process.
  @inline(__always)
  static var shared: KeyedContainers<Key> {
    let object = KeyedContainerTable.shared.object(for: ObjectIdentifier(Key.self)) {
      MadeKeyedContainers<BinaryKeyedEncodingContainer<Key>, BinaryKeyedDecodingContainer<Key>>()
    }
    return unsafeDowncast(object, to: KeyedContainers<Key>.self)
  }
}

/// What the table holds: ``KeyedContainers`` of any type of key.
class AnyKeyedContainers {
  let key: ObjectIdentifier

  init(key: ObjectIdentifier) { self.key = key }
}

/// An encoding container that can be made where only its metatype is known.
protocol MadeEncodingContainer: KeyedEncodingContainerProtocol {
  init(arena: consuming EncodingArena, node: Int)
}

/// A decoding container that can be made where only its metatype is known.
protocol MadeDecodingContainer: KeyedDecodingContainerProtocol {
  init(members: consuming MapMembers)
}

/// In which the types of the containers are parameters.
private final class MadeKeyedContainers<
  Encoding: MadeEncodingContainer, Decoding: MadeDecodingContainer
>: KeyedContainers<Encoding.Key>, @unchecked Sendable where Encoding.Key == Decoding.Key {
  init() { super.init(key: ObjectIdentifier(Encoding.Key.self)) }

  override func encoding(
    _ arena: consuming EncodingArena, node: Int
  ) -> KeyedEncodingContainer<Encoding.Key> {
    KeyedEncodingContainer(Encoding(arena: arena, node: node))
  }

  override func decoding(_ members: consuming MapMembers) -> KeyedDecodingContainer<Encoding.Key> {
    KeyedDecodingContainer(Decoding(members: members))
  }
}

/// A table that only grows, and that many threads read at the same time.
///
/// What is found in it depends on the type alone, so nothing that a codec does depends on the
/// addresses by which it is ordered.
private struct KeyedContainerTable: @unchecked Sendable {
  static let shared = KeyedContainerTable()

  private static let capacity = 1_024
  private let slots: UnsafeMutablePointer<Atomic<UnsafeRawPointer?>>

  private init() {
    slots = .allocate(capacity: Self.capacity)
    for index in 0..<Self.capacity { (slots + index).initialize(to: Atomic(nil)) }
  }

  /// The object for a type of key; a new one, if there is none yet.
  @inline(__always)
  func object(
    for key: ObjectIdentifier, _ make: () -> AnyKeyedContainers
  ) -> AnyKeyedContainers {
    let start = UInt(bitPattern: key)
    // Metadata has the size of some tens of bytes at least.
    var index = Int(truncatingIfNeeded: start >> 4 ^ start >> 14) & (Self.capacity - 1)
    for _ in 0..<8 {
      guard let address = slots[index].load(ordering: .acquiring) else { break }
      let object = Unmanaged<AnyKeyedContainers>.fromOpaque(address).takeUnretainedValue()
      if object.key == key { return object }
      index = (index + 1) & (Self.capacity - 1)
    }
    return keep(make(), at: index)
  }

  /// Keeps a new object if its place is free; else it serves its caller only.
  @inline(never)
  private func keep(_ object: AnyKeyedContainers, at index: Int) -> AnyKeyedContainers {
    let address = UnsafeRawPointer(Unmanaged.passRetained(object).toOpaque())
    let (isKept, _) = slots[index].compareExchange(
      expected: nil, desired: address, ordering: .acquiringAndReleasing)
    if !isKept { Unmanaged.passUnretained(object).release() }
    return object
  }
}
