//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension EncodingArena {
  /// The bytes of the whole.
  func finish() throws(CodecError) -> [UInt8] {
    // A small array is made in the quickest way, a large one with the fewest copies.
    if case .node = entries[0].content, bytes.count > 1 << 14 {
      try sort()
      let output = [UInt8](unsafeUninitializedCapacity: greatestLength) { buffer, count in
        guard let start = buffer.baseAddress else { return }
        count = write(0, to: start) - start
      }
      try check(output.count)
      return output
    }
    return [UInt8](try assembled())
  }

  /// Appends the bytes of the whole to others.
  func finish(into output: inout [UInt8]) throws(CodecError) {
    output.append(contentsOf: try assembled())
  }

  /// The bytes of the whole, which stay where they are until something else is written.
  private func assembled() throws(CodecError) -> UnsafeBufferPointer<UInt8> {
    try sort()
    if case .bytes(let range) = entries[0].content {
      try check(range.count)
      return UnsafeBufferPointer(rebasing: bytes.elements[range.lowerBound..<range.upperBound])
    }
    bytes.reserve(greatestLength)
    let start = bytes.base + bytes.count
    let count = write(0, to: start) - start
    try check(count)
    return UnsafeBufferPointer(start: start, count: count)
  }

  private func check(_ count: Int) throws(CodecError) {
    guard count <= Int(Int32.max) else {
      throw CodecError(.encode, "the value has more than 2 GiB")
    }
  }

  /// Puts all maps in order.
  private func sort() throws(CodecError) {
    if let failure { throw failure }
    if !isSorted { try sortMaps(in: 0) }
  }

  /// What the whole cannot be longer than, with room to write a head of any length at its end.
  private var greatestLength: Int {
    // No container has more elements than that; an entry without a value becomes an empty map.
    let items = bytes.count + entries.count
    let head = items < 24 ? 1 : items < 1 << 8 ? 2 : items < 1 << 16 ? 3 : CBORHead.maximumLength
    return items + head * nodes.count + CBORHead.maximumLength
  }

  /// Writes an entry's value where there is room for it, and returns where it ends.
  private func write(
    _ entry: Int, to place: UnsafeMutablePointer<UInt8>
  ) -> UnsafeMutablePointer<UInt8> {
    switch entries[entry].content {
    case .nothing: return place + CBORHead.write(.map, 0, to: place)
    case .bytes(let range): return copy(range, to: place)
    case .node(let node):
      let head = CBORHead.write(
        nodes[node].isMap ? .map : .array, UInt64(nodes[node].count), to: place)
      return writeEntries(of: node, to: place + head)
    }
  }

  @inline(__always)
  private func copy(
    _ range: ByteRange, to place: UnsafeMutablePointer<UInt8>
  ) -> UnsafeMutablePointer<UInt8> {
    assert(range.upperBound <= bytes.count)
    place.initialize(from: bytes.base + range.lowerBound, count: range.count)
    return place + range.count
  }

  private func writeEntries(
    of node: Int, to start: UnsafeMutablePointer<UInt8>
  ) -> UnsafeMutablePointer<UInt8> {
    var place = start
    let isMap = nodes[node].isMap
    var entry = Int(nodes[node].first)
    while entry >= 0 {
      let key = entries[entry].key
      if isMap, case .bytes(let value) = entries[entry].content,
        value.lowerBound == key.upperBound
      {
        place = copy(ByteRange(key.lowerBound, value.upperBound), to: place)
      } else {
        if isMap { place = copy(key, to: place) }
        place = write(entry, to: place)
      }
      entry = Int(entries[entry].next)
    }
    return place
  }
}

extension EncodingArena {
  /// Puts the maps at an entry, and all in them, in the order of their keys' bytes.
  private func sortMaps(in entry: Int) throws(CodecError) {
    guard case .node(let node) = entries[entry].content else { return }
    if !nodes[node].isSorted { try sortEntries(of: node) }
    guard node + 1 < nodes.count else { return }
    var entry = Int(nodes[node].first)
    while entry >= 0 {
      try sortMaps(in: entry)
      entry = Int(entries[entry].next)
    }
  }

  /// Puts the entries of a map in the order of their keys' bytes.
  private func sortEntries(of node: Int) throws(CodecError) {
    let isTwice = nodes[node].count <= 24 ? insertEntries(of: node) : mergeEntries(of: node)
    if isTwice { throw keyTwice(in: node) }
    nodes[node].isSorted = true
  }

  /// The error for the first key that occurs twice.
  private func keyTwice(in node: Int) -> CodecError {
    var last = Int(nodes[node].first)
    var entry = Int(entries[last].next)
    while bytes.elements.order(entries[last].key, entries[entry].key) != 0 {
      last = entry
      entry = Int(entries[last].next)
    }
    return CodecError(.encode, "the key is encoded twice", path: path(of: entry).pathText)
  }

  /// Sorts few entries by insertion into their list; true if a key occurs twice.
  private func insertEntries(of node: Int) -> Bool {
    let bytes = self.bytes.elements
    let entries = self.entries.base
    var isTwice = false
    var sorted = nodes[node].first
    var last = sorted
    var entry = entries[Int(sorted)].next
    entries[Int(sorted)].next = -1
    while entry >= 0 {
      let next = entries[Int(entry)].next
      let key = entries[Int(entry)].key
      var before = -1 as Int32
      var after = sorted
      while after >= 0 {
        let order = bytes.order(entries[Int(after)].key, key)
        if order == 0 { isTwice = true }
        if order > 0 { break }
        before = after
        after = entries[Int(after)].next
      }
      entries[Int(entry)].next = after
      if before < 0 { sorted = entry } else { entries[Int(before)].next = entry }
      if after < 0 { last = entry }
      entry = next
    }
    nodes[node].first = sorted
    nodes[node].last = last
    return isTwice
  }

  /// Sorts any number of entries; true if a key occurs twice.
  private func mergeEntries(of node: Int) -> Bool {
    var order: [Int32] = []
    order.reserveCapacity(nodes[node].count)
    var entry = nodes[node].first
    while entry >= 0 {
      order.append(entry)
      entry = entries[Int(entry)].next
    }
    let bytes = self.bytes.elements
    order.sort { bytes.order(entries[Int($0)].key, entries[Int($1)].key) < 0 }
    var isTwice = false
    for (one, other) in zip(order, order.dropFirst()) {
      entries[Int(one)].next = other
      if bytes.order(entries[Int(one)].key, entries[Int(other)].key) == 0 { isTwice = true }
    }
    nodes[node].first = order[0]
    nodes[node].last = order[order.count - 1]
    entries[Int(nodes[node].last)].next = -1
    return isTwice
  }

  /// Replaces an array by its elements in the order of their bytes.
  func sortElements(of node: Int, at entry: Int, groupsOf items: Int) throws(CodecError) {
    if !isSorted { try sortMaps(in: entry) }
    // Behind what is there already, and behind that in order.
    bytes.reserve(greatestLength)
    let unsorted = bytes.count
    bytes.commit(writeEntries(of: node, to: bytes.base + unsorted) - (bytes.base + unsorted))
    var elements: [ByteRange] = []
    var offset = unsorted
    while offset < bytes.count {
      let start = offset
      for _ in 0..<items { offset = bytes.elements.endOfItem(at: offset) }
      elements.append(ByteRange(start, offset))
    }
    let content = bytes.elements
    elements.sort { content.order($0, $1) < 0 }
    bytes.reserve(CBORHead.maximumLength + bytes.count - unsorted)
    let start = bytes.count
    bytes.appendHead(.array, UInt64(nodes[node].count))
    for element in elements {
      bytes.append(
        UnsafeBufferPointer(rebasing: bytes.elements[element.lowerBound..<element.upperBound]))
    }
    entries[entry].content = .bytes(ByteRange(start, bytes.count))
  }
}

/// A collection that the standard library encodes in its own order, which no seed decides.
protocol UnorderedEncodable {
  /// How many items of the array make up an element.
  static var itemsPerElement: Int { get }
}

extension Set: UnorderedEncodable {
  static var itemsPerElement: Int { 1 }
}

extension Dictionary: UnorderedEncodable {
  static var itemsPerElement: Int { 2 }
}

extension UnsafeBufferPointer<UInt8> {
  /// Where the well-formed item ends that begins at an offset.
  fileprivate func endOfItem(at start: Int) -> Int {
    var offset = start
    var pending = 1
    while pending > 0 {
      let head = CBORHead(self, at: offset)
      offset += head.length + head.contentLength
      switch head.major {
      case .array: pending += Int(head.argument)
      case .map: pending += 2 * Int(head.argument)
      case .tag: pending += 1
      default: break
      }
      pending -= 1
    }
    return offset
  }
}
