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
    map.input.members(of: map.place.cursor, count: Int(count))
  }

  /// The keys, as steps.
  var steps: [CodingStep] {
    let bytes = map.input.bytes
    return table.map { bytes.step(forKeyAt: Int($0.key)) }
  }

  /// The decoder of a key's value.
  func decoder(for key: some CodingKey) throws -> BinaryDecoder {
    BinaryDecoder(input: map.input, place: try place(of: key))
  }

  /// Where a key's value is.
  func place(of key: some CodingKey) throws -> DecodingInput.Place {
    guard let member = find(key) else { throw missing(key) }
    return map.input.enter(member, in: map.place)
  }

  /// The error for a key that isn't there.
  private func missing(_ key: any CodingKey) -> DecodingError {
    let message = "there is no key \(key.stringValue.quoted)"
    return .keyNotFound(key, map.input.context(at: map.place, message))
  }

  /// Looks for a key in either of its forms.
  @inline(__always)
  func find(_ key: some CodingKey) -> CBORMember? {
    if let number = BinaryKey.number(of: key) {
      return find(.integer(number)) ?? find(.text(key.stringValue))
    }
    let text = key.stringValue
    if let member = find(text) { return member }
    return BinaryKey.number(inText: text).flatMap { find(.integer($0)) }
  }

  /// Looks for a key in one of its forms.
  @inline(never)
  private func find(_ key: BinaryKey) -> CBORMember? {
    switch key {
    case .integer(let number):
      let major: CBORMajor = number < 0 ? .negative : .unsigned
      let nothing = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
      return find(major, UInt64(number < 0 ? ~number : number), nothing)
    case .text(let text): return find(text)
    }
  }

  @inline(__always)
  private func find(_ text: String) -> CBORMember? {
    text.withBytes { find(.text, UInt64($0.count), $0) }
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
    var key = items.first(in: map.place.cursor)
    // No head of one byte if there is none; then nothing begins with it.
    let first = argument < 24 ? major.rawValue << 5 | UInt8(argument) : 0xFF
    for _ in 0..<count {
      let offset = Int(key.offset)
      if items.bytes[offset] == first, items.bytes.contains(content, at: offset + 1) {
        let length = 1 + Int32(content.count)
        let value = CBORItems.Cursor(offset: key.offset + length, extent: key.extent)
        return CBORMember(key: key.offset, value: value)
      }
      let head = CBORHead(items.bytes, at: Int(key.offset))
      let value = CBORItems.Cursor(
        offset: key.offset + Int32(head.length + head.contentLength), extent: key.extent)
      if first == 0xFF, head.argument == argument, head.major == major,
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
