//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// A range of bytes in an ``EncodingArena``, which can be moved about bit by bit.
struct ByteRange: BitwiseCopyable {
  let lowerBound: Int
  let upperBound: Int

  init(_ lowerBound: Int, _ upperBound: Int) {
    self.lowerBound = lowerBound
    self.upperBound = upperBound
  }

  var count: Int { upperBound - lowerBound }
}

/// What has been encoded so far: a tree whose leaves are bytes.
///
/// `Codable` may write into several containers by turns, so counts and the order of keys are known
/// only at the end. All nodes, entries and bytes of a tree lie in three buffers; encoders and
/// containers are indices into them.
///
/// Exclusive access isn't checked at every step: what is accessed are the three buffers, by methods
/// of this class that call nothing from outside it meanwhile.
final class EncodingArena {
  /// The place of one value, or of several that follow each other in an array.
  struct Entry {
    /// The array or map that the entry belongs to; -1 for the whole.
    let parent: Int32
    /// The next entry of the same parent, or -1.
    var next: Int32 = -1
    /// Where the key's bytes are; in an array, the index of the first element.
    let key: ByteRange
    var content = Content.nothing
  }

  enum Content: BitwiseCopyable {
    case nothing
    case bytes(ByteRange)
    case node(Int)
  }

  /// An array or a map.
  struct Node {
    let isMap: Bool
    /// Whether each key has come after the one before it.
    var isSorted = true
    let entry: Int32
    let depth: Int32
    var first: Int32 = -1
    var last: Int32 = -1
    var count = 0
  }

  @exclusivity(unchecked) private var maximumDepth = 0
  @exclusivity(unchecked) var entries = GrowableBuffer<Entry>(capacity: 32)
  @exclusivity(unchecked) var nodes = GrowableBuffer<Node>(capacity: 8)
  @exclusivity(unchecked) var bytes = GrowableBuffer<UInt8>(capacity: 1_024)
  /// Whether all maps are sorted.
  @exclusivity(unchecked) var isSorted = true
  /// What a container that cannot throw found out.
  @exclusivity(unchecked) private(set) var failure: CodecError?

  private static let pool = ObjectPool<EncodingArena>()

  private init() {}

  /// An arena with nothing in it.
  static func take(maximumDepth: Int) -> EncodingArena {
    let arena = pool.take() ?? EncodingArena()
    arena.maximumDepth = maximumDepth
    arena.entries.append(Entry(parent: -1, key: ByteRange(0, 0)))
    return arena
  }

  /// Keeps an arena for the next use, unless somebody has kept an encoder.
  static func give(_ arena: inout EncodingArena) {
    guard isKnownUniquelyReferenced(&arena), arena.entries.isSmall, arena.nodes.isSmall,
      arena.bytes.isSmall
    else { return }
    arena.entries.truncate(to: 0)
    arena.nodes.truncate(to: 0)
    arena.bytes.truncate(to: 0)
    arena.isSorted = true
    if arena.failure != nil { arena.failure = nil }
    pool.give(arena)
  }

  /// Encodes any value at an entry.
  func encode<T: Encodable>(_ value: T, at entry: Int) throws {
    if let failure { throw failure }
    let start = bytes.count
    if bytes.appendSimple(value) {
      end(start, at: entry)
      return
    }
    try value.encode(to: BinaryEncoder(arena: self, entry: entry))
    if case .node(let node) = entries[entry].content, !nodes[node].isMap,
      let type = T.self as? any UnorderedEncodable.Type
    {
      try sortElements(of: node, at: entry, groupsOf: type.itemsPerElement)
    }
  }

  /// Ends a single value, whose bytes have been appended from a start on, at an entry.
  @inline(__always)
  func end(_ start: Int, at entry: Int) {
    guard case .nothing = entries[entry].content else { Self.trapOnSecondValue() }
    entries[entry].content = .bytes(ByteRange(start, bytes.count))
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
    let depth = parent < 0 ? 1 : nodes[Int(parent)].depth + 1
    if depth > maximumDepth, failure == nil {
      let message = "arrays and maps stand more than \(maximumDepth) deep in each other"
      failure = CodecError(.encode, message, path: path(of: entry).pathText)
    }
    entries[entry].content = .node(nodes.count)
    nodes.append(Node(isMap: isMap, entry: Int32(entry), depth: depth))
    return nodes.count - 1
  }

  /// How many elements a container has.
  func count(of node: Int) -> Int { nodes[node].count }

  /// Adds an element to an array.
  func addElement(to node: Int) -> Int {
    addEntry(to: node, key: ByteRange(nodes[node].count, nodes[node].count))
  }

  /// Adds a value to a map.
  @inline(__always)
  func addValue(to node: Int, for key: some CodingKey) -> Int {
    let start = bytes.count
    bytes.appendKey(key)
    return addValue(to: node, keyAt: start)
  }

  private func addValue(to node: Int, keyAt start: Int) -> Int {
    let key = ByteRange(start, bytes.count)
    let last = Int(nodes[node].last)
    if last >= 0, bytes.elements.order(entries[last].key, key) >= 0 {
      nodes[node].isSorted = false
      isSorted = false
    }
    return addEntry(to: node, key: key)
  }

  @inline(__always)
  private func addEntry(to node: Int, key: ByteRange) -> Int {
    let entry = entries.count
    entries.append(Entry(parent: Int32(node), key: key))
    let last = Int(nodes[node].last)
    if last < 0 { nodes[node].first = Int32(entry) } else { entries[last].next = Int32(entry) }
    nodes[node].last = Int32(entry)
    nodes[node].count += 1
    return entry
  }

  /// Adds a single value, whose bytes have been appended from a start on, to an array.
  ///
  /// Such values in a row share an entry, so that a large array of numbers is only its bytes.
  @inline(__always)
  func endElement(_ start: Int, of node: Int) {
    let last = Int(nodes[node].last)
    if last >= 0, case .bytes(let before) = entries[last].content, before.upperBound == start {
      nodes[node].count += 1
      entries[last].content = .bytes(ByteRange(before.lowerBound, bytes.count))
    } else {
      end(start, at: addElement(to: node))
    }
  }

  /// Adds any element to an array and encodes it.
  func encodeElement<T: Encodable>(_ value: T, of node: Int) throws {
    if let failure { throw failure }
    let start = bytes.count
    if bytes.appendSimple(value) {
      endElement(start, of: node)
      return
    }
    let previous = Int(nodes[node].last)
    let entry = addElement(to: node)
    try encode(value, at: entry)
    // A simple value after another joins it.
    guard previous >= 0, entry == entries.count - 1,
      case .bytes(let mine) = entries[entry].content,
      case .bytes(let before) = entries[previous].content, before.upperBound == mine.lowerBound
    else { return }
    entries[previous].content = .bytes(ByteRange(before.lowerBound, mine.upperBound))
    entries[previous].next = -1
    nodes[node].last = Int32(previous)
    entries.truncate(to: entry)
  }

  /// The way from the whole to an entry.
  func path(of entry: Int) -> [any CodingKey] {
    var path: [any CodingKey] = []
    var entry = entry
    while entries[entry].parent >= 0 {
      let parent = nodes[Int(entries[entry].parent)]
      let key = entries[entry].key.lowerBound
      path.append(parent.isMap ? bytes.elements.step(forKeyAt: key) : CodingStep(index: key))
      entry = Int(parent.entry)
    }
    return path.reversed()
  }

  /// The way from the whole to an array or map.
  func path(ofContainer node: Int) -> [any CodingKey] { path(of: Int(nodes[node].entry)) }
}
