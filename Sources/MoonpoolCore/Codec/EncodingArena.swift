//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What has been encoded so far: a tree whose leaves are bytes.
///
/// `Codable` may write into several containers by turns, so counts and the order of keys are known
/// only at the end. All nodes, entries and bytes of a tree lie in three arrays; encoders and
/// containers are indices into them.
final class EncodingArena {
  /// The place of one value, or of several that follow each other in an array.
  private struct Entry {
    /// The array or map that the entry belongs to; -1 for the whole.
    let parent: Int
    /// Where the key's bytes are; in an array, the index of the first element.
    let key: Range<Int>
    /// The next entry of the same parent, or -1.
    var next = -1
    var content = Content.nothing
  }

  private enum Content {
    case nothing
    case bytes(Range<Int>)
    case node(Int)
  }

  /// An array or a map.
  private struct Node {
    let isMap: Bool
    let entry: Int
    let depth: Int
    var count = 0
    var first = -1
    var last = -1
  }

  private let maximumDepth: Int
  private var entries = [Entry(parent: -1, key: 0..<0)]
  private var nodes: [Node] = []
  private var bytes: [UInt8] = []
  /// What a container that cannot throw found out.
  private var failure: CodecError?

  init(maximumDepth: Int) {
    self.maximumDepth = maximumDepth
    // Enough for a small message, which then needs no more room.
    entries.reserveCapacity(24)
    nodes.reserveCapacity(8)
    bytes.reserveCapacity(400)
  }

  /// Encodes any value at an entry.
  func encode<T: Encodable>(_ value: T, at entry: Int) throws {
    if let failure { throw failure }
    if T.self == [UInt8].self {
      let array = unsafeBitCast(value, to: [UInt8].self)
      write(at: entry) { $0.appendBytes(array) }
      return
    }
    try value.encode(to: BinaryEncoder(arena: self, entry: entry))
    if case .node(let node) = entries[entry].content, !nodes[node].isMap,
      let type = T.self as? any UnorderedEncodable.Type
    {
      try sortElements(of: node, at: entry, groupsOf: type.itemsPerElement)
    }
  }

  /// Writes the bytes of a single value at an entry.
  func write(at entry: Int, _ body: (inout [UInt8]) -> Void) {
    guard case .nothing = entries[entry].content else { Self.trapOnSecondValue() }
    let start = bytes.count
    body(&bytes)
    entries[entry].content = .bytes(start..<bytes.count)
  }

  private static func trapOnSecondValue() -> Never {
    preconditionFailure(
      """
      encode(to:) asked its encoder for two kinds of container, or encoded two values in a single-\
      value container; a value has one
      """)
  }

  /// The array or map at an entry, the one that is there if there is one.
  func container(at entry: Int, isMap: Bool) -> Int {
    switch entries[entry].content {
    case .node(let node) where nodes[node].isMap == isMap: return node
    case .nothing: break
    default: Self.trapOnSecondValue()
    }
    let parent = entries[entry].parent
    let depth = parent < 0 ? 1 : nodes[parent].depth + 1
    if depth > maximumDepth, failure == nil {
      let message = "arrays and maps stand more than \(maximumDepth) deep in each other"
      failure = CodecError(.encode, message, path: path(of: entry).pathText)
    }
    entries[entry].content = .node(nodes.count)
    nodes.append(Node(isMap: isMap, entry: entry, depth: depth))
    return nodes.count - 1
  }

  /// How many elements a container has.
  func count(of node: Int) -> Int { nodes[node].count }

  /// Adds an element to an array.
  func addElement(to node: Int) -> Int {
    addEntry(to: node, key: nodes[node].count..<nodes[node].count)
  }

  /// Adds a value to a map.
  func addValue(to node: Int, for key: BinaryKey) -> Int {
    let start = bytes.count
    bytes.appendKey(key)
    return addEntry(to: node, key: start..<bytes.count)
  }

  private func addEntry(to node: Int, key: Range<Int>) -> Int {
    let entry = entries.count
    entries.append(Entry(parent: node, key: key))
    let last = nodes[node].last
    if last < 0 { nodes[node].first = entry } else { entries[last].next = entry }
    nodes[node].last = entry
    nodes[node].count += 1
    return entry
  }

  /// Adds an element to an array and encodes it.
  ///
  /// Simple values in a row share an entry, so that a large array of numbers is only its bytes.
  func appendElement(to node: Int, _ encode: (Int) throws -> Void) rethrows {
    let previous = nodes[node].last
    let entry = addElement(to: node)
    try encode(entry)
    guard previous >= 0, entry == entries.count - 1,
      case .bytes(let mine) = entries[entry].content,
      case .bytes(let before) = entries[previous].content, before.upperBound == mine.lowerBound
    else { return }
    entries[previous].content = .bytes(before.lowerBound..<mine.upperBound)
    entries[previous].next = -1
    nodes[node].last = previous
    entries.removeLast()
  }

  /// The way from the whole to an entry.
  func path(of entry: Int) -> [any CodingKey] {
    var path: [any CodingKey] = []
    var entry = entry
    while entries[entry].parent >= 0 {
      let parent = nodes[entries[entry].parent]
      let key = entries[entry].key.lowerBound
      path.append(parent.isMap ? bytes.step(forKeyAt: key) : CodingStep(index: key))
      entry = parent.entry
    }
    return path.reversed()
  }

  /// The way from the whole to an array or map.
  func path(ofContainer node: Int) -> [any CodingKey] { path(of: nodes[node].entry) }
}

extension EncodingArena {
  /// The bytes of the whole.
  func finish() throws(CodecError) -> [UInt8] {
    if let failure { throw failure }
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count + 2 * nodes.count + 8)
    try write(0, to: &output)
    guard output.count <= Int(Int32.max) else {
      throw CodecError(.encode, "the value has more than 2 GiB")
    }
    return output
  }

  private func write(_ entry: Int, to output: inout [UInt8]) throws(CodecError) {
    switch entries[entry].content {
    case .nothing: output.appendHead(.map, 0)
    case .bytes(let range): output.append(contentsOf: bytes[range])
    case .node(let node):
      output.appendHead(nodes[node].isMap ? .map : .array, UInt64(nodes[node].count))
      try writeEntries(of: node, to: &output)
    }
  }

  private func writeEntries(of node: Int, to output: inout [UInt8]) throws(CodecError) {
    if nodes[node].isMap {
      for entry in try sortedEntries(of: node) {
        output.append(contentsOf: bytes[entries[entry].key])
        try write(entry, to: &output)
      }
    } else {
      var entry = nodes[node].first
      while entry >= 0 {
        try write(entry, to: &output)
        entry = entries[entry].next
      }
    }
  }

  /// The entries of a map in the order of their keys' bytes.
  private func sortedEntries(of node: Int) throws(CodecError) -> [Int] {
    var order: [Int] = []
    order.reserveCapacity(nodes[node].count)
    var entry = nodes[node].first
    while entry >= 0 {
      order.append(entry)
      entry = entries[entry].next
    }
    order.sort { bytes[entries[$0].key].lexicographicallyPrecedes(bytes[entries[$1].key]) }
    for (one, other) in zip(order, order.dropFirst())
    where bytes[entries[one].key].elementsEqual(bytes[entries[other].key]) {
      throw CodecError(.encode, "the key is encoded twice", path: path(of: other).pathText)
    }
    return order
  }

  /// Replaces an array by its elements in the order of their bytes.
  private func sortElements(of node: Int, at entry: Int, groupsOf items: Int) throws(CodecError) {
    var unsorted: [UInt8] = []
    try writeEntries(of: node, to: &unsorted)
    var elements: [ArraySlice<UInt8>] = []
    var offset = 0
    while offset < unsorted.count {
      let start = offset
      for _ in 0..<items { offset = unsorted.endOfItem(at: offset) }
      elements.append(unsorted[start..<offset])
    }
    elements.sort { $0.lexicographicallyPrecedes($1) }
    let start = bytes.count
    bytes.appendHead(.array, UInt64(nodes[node].count))
    for element in elements { bytes.append(contentsOf: element) }
    entries[entry].content = .bytes(start..<bytes.count)
  }
}

/// A collection that the standard library encodes in its own order, which no seed decides.
private protocol UnorderedEncodable {
  /// How many items of the array make up an element.
  static var itemsPerElement: Int { get }
}

extension Set: UnorderedEncodable {
  fileprivate static var itemsPerElement: Int { 1 }
}

extension Dictionary: UnorderedEncodable {
  fileprivate static var itemsPerElement: Int { 2 }
}

extension [UInt8] {
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
