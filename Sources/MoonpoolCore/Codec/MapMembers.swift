//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// The keys and values of a map that is being decoded.
///
/// Apart from the container, whose type has the key's type in it and costs more at each use.
struct MapMembers {
  /// Where a key is, and where its value.
  struct Member {
    let key: Int32
    let value: DecodingInput.Cursor
  }

  let map: BinaryDecoder
  private let count: Int
  /// In the order of the keys' bytes; nil if there are so few that looking through them all is
  /// quicker than making a table.
  private let members: [Member]?

  init(_ map: BinaryDecoder, count: Int) {
    self.map = map
    self.count = count
    members = count <= 8 ? nil : Self.table(of: map, count: count)
  }

  @inline(never)
  private static func table(of map: BinaryDecoder, count: Int) -> [Member] {
    [Member](unsafeUninitializedCapacity: count) { buffer, initialized in
      var cursor = map.input.first(in: map.cursor)
      for index in 0..<count {
        let value = map.input.next(after: cursor)
        buffer.initializeElement(at: index, to: Member(key: cursor.offset, value: value))
        cursor = map.input.next(after: value)
      }
      initialized = count
    }
  }

  /// The keys, as steps.
  var steps: [CodingStep] {
    (members ?? Self.table(of: map, count: count)).map { map.input.bytes.step(forKeyAt: Int($0.key)) }
  }

  /// The error for a key that isn't there.
  private func missing(_ key: any CodingKey) -> DecodingError {
    let message = "there is no key \(key.stringValue.quoted)"
    return .keyNotFound(key, map.input.context(at: map.cursor, step: map.step, message))
  }

  /// Looks for a key in either of its forms.
  func find<Key: CodingKey>(_ key: Key) -> Member? {
    let binaryKey = BinaryKey(key)
    return find(binaryKey) ?? binaryKey.alternative(for: key).flatMap(find)
  }

  /// The decoder of a key's value.
  func decoder<Key: CodingKey>(for key: Key) throws -> BinaryDecoder {
    guard let member = find(key) else { throw missing(key) }
    let step = map.input.step(from: map.step, keyAt: member.key)
    return BinaryDecoder(input: map.input, cursor: member.value, step: step)
  }

  /// Looks for a key in one of its forms.
  private func find(_ key: BinaryKey) -> Member? {
    switch key {
    case .integer(let number):
      let major: CBORMajor = number < 0 ? .negative : .unsigned
      let nothing = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
      return find(major, UInt64(number < 0 ? ~number : number), nothing)
    case .text(var text):
      return text.withUTF8 { find(.text, UInt64($0.count), $0) }
    }
  }

  private func find(
    _ major: CBORMajor, _ argument: UInt64, _ content: UnsafeBufferPointer<UInt8>
  ) -> Member? {
    if let members { return search(members, major, argument, content) }
    let input = map.input
    var cursor = input.first(in: map.cursor)
    for _ in 0..<count {
      let head = CBORHead(input.bytes, at: Int(cursor.offset))
      let order = order(of: head, at: cursor.offset, major, argument, content)
      if order > 0 { return nil }
      let length = Int32(head.length + head.contentLength)
      let value = DecodingInput.Cursor(offset: cursor.offset + length, extent: cursor.extent)
      if order == 0 { return Member(key: cursor.offset, value: value) }
      cursor = input.next(after: value)
    }
    return nil
  }

  /// Halves the members until the key is found.
  private func search(
    _ members: [Member], _ major: CBORMajor, _ argument: UInt64, _ content: UnsafeBufferPointer<UInt8>
  ) -> Member? {
    var low = 0
    var high = members.count
    while low < high {
      let middle = low + (high - low) / 2
      let offset = members[middle].key
      let head = CBORHead(map.input.bytes, at: Int(offset))
      let order = order(of: head, at: offset, major, argument, content)
      if order == 0 { return members[middle] }
      if order < 0 { low = middle + 1 } else { high = middle }
    }
    return nil
  }

  /// How a member's key compares to another: negative if it comes before, 0 if it is the same.
  @inline(__always)
  private func order(
    of head: CBORHead, at offset: Int32, _ major: CBORMajor, _ argument: UInt64,
    _ content: UnsafeBufferPointer<UInt8>
  ) -> Int {
    if head.major != major { return head.major.rawValue < major.rawValue ? -1 : 1 }
    if head.argument != argument { return head.argument < argument ? -1 : 1 }
    return map.input.bytes.order(Int(offset) + head.length, content, 0, content.count)
  }
}
