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
  /// Up to so many members, looking through them all is quicker than making a table.
  private static let few = 8

  let map: BinaryDecoder
  private let count: Int32

  init(_ map: BinaryDecoder, count: Int) {
    self.map = map
    self.count = Int32(count)
  }

  private var table: UnsafeBufferPointer<CBORMember> {
    map.input.members(of: map.cursor, count: Int(count))
  }

  /// The keys, as steps.
  var steps: [CodingStep] {
    let bytes = map.input.bytes
    return table.map { bytes.step(forKeyAt: Int($0.key)) }
  }

  /// The decoder of a key's value.
  func decoder<Key: CodingKey>(for key: Key) throws -> BinaryDecoder {
    guard let member = find(key) else { throw missing(key) }
    let step = map.input.step(from: map.step, keyAt: member.key)
    return BinaryDecoder(input: map.input, cursor: member.value, step: step)
  }

  /// The error for a key that isn't there.
  private func missing(_ key: any CodingKey) -> DecodingError {
    let message = "there is no key \(key.stringValue.quoted)"
    return .keyNotFound(key, map.input.context(at: map.cursor, step: map.step, message))
  }

  /// Looks for a key in either of its forms.
  func find<Key: CodingKey>(_ key: Key) -> CBORMember? {
    let binaryKey = BinaryKey(key)
    return find(binaryKey) ?? binaryKey.alternative(for: key).flatMap(find)
  }

  /// Looks for a key in one of its forms.
  private func find(_ key: BinaryKey) -> CBORMember? {
    switch key {
    case .integer(let number):
      let major: CBORMajor = number < 0 ? .negative : .unsigned
      let nothing = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
      return find(major, UInt64(number < 0 ? ~number : number), nothing)
    case .text(var text):
      return text.withUTF8 { find(.text, UInt64($0.count), $0) }
    }
  }

  @inline(__always)
  private func find(
    _ major: CBORMajor, _ argument: UInt64, _ content: UnsafeBufferPointer<UInt8>
  ) -> CBORMember? {
    if count > Self.few { return search(table, major, argument, content) }
    return scan(map.input.items, major, argument, content)
  }

  /// Goes through the members until the key is found.
  private func scan(
    _ items: CBORItems, _ major: CBORMajor, _ argument: UInt64,
    _ content: UnsafeBufferPointer<UInt8>
  ) -> CBORMember? {
    var key = items.first(in: map.cursor)
    for _ in 0..<count {
      let head = CBORHead(items.bytes, at: Int(key.offset))
      let value = CBORItems.Cursor(
        offset: key.offset + Int32(head.length + head.contentLength), extent: key.extent)
      if head.argument == argument, head.major == major,
        items.bytes.contains(content, at: Int(key.offset) + head.length)
      {
        return CBORMember(key: key.offset, value: value)
      }
      key = items.next(after: value)
    }
    return nil
  }

  /// Halves the members until the key is found.
  private func search(
    _ members: UnsafeBufferPointer<CBORMember>, _ major: CBORMajor, _ argument: UInt64,
    _ content: UnsafeBufferPointer<UInt8>
  ) -> CBORMember? {
    var low = 0
    var high = members.count
    while low < high {
      let middle = low + (high - low) / 2
      let order = order(ofKeyAt: Int(members[middle].key), major, argument, content)
      if order == 0 { return members[middle] }
      if order < 0 { low = middle + 1 } else { high = middle }
    }
    return nil
  }

  /// How a member's key compares to another: negative if it comes before, 0 if it is the same.
  @inline(__always)
  private func order(
    ofKeyAt offset: Int, _ major: CBORMajor, _ argument: UInt64,
    _ content: UnsafeBufferPointer<UInt8>
  ) -> Int {
    let bytes = map.input.bytes
    let head = CBORHead(bytes, at: offset)
    if head.major != major { return head.major.rawValue < major.rawValue ? -1 : 1 }
    if head.argument != argument { return head.argument < argument ? -1 : 1 }
    return bytes.order(offset + head.length, content, 0, content.count)
  }
}
