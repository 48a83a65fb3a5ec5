//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Where an array or map ends, so that it can be passed over without a look inside.
struct CBORExtent: BitwiseCopyable {
  /// The offset after its last byte.
  var end: Int32 = 0
  /// The number of the first array or map after it.
  var next: Int32 = 0
  /// Where the table of a map's members begins, if there is one; else -1.
  var members: Int32 = -1
}

/// Checks that bytes are one item in deterministic form, before anything is made of them.
///
/// What passes can be read without further checks. The memory taken is 12 bytes for each array and
/// map, whatever lengths the bytes claim.
struct CBORValidator {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let maximumDepth: Int
  private let extents: UnsafeMutablePointer<GrowableBuffer<CBORExtent>>
  private var offset = 0

  /// Checks all bytes.
  ///
  /// - Parameter extents: Gets those of all arrays and maps, in the order in which they begin.
  static func validate(
    _ bytes: UnsafeBufferPointer<UInt8>, maximumDepth: Int,
    extents: inout GrowableBuffer<CBORExtent>
  ) throws(CodecError) {
    guard bytes.count <= Int(Int32.max) else {
      throw CodecError(.decode, "there are more than 2 GiB", offset: Int(Int32.max))
    }
    try withUnsafeMutablePointer(to: &extents) { extents throws(CodecError) in
      var validator = CBORValidator(bytes: bytes, maximumDepth: maximumDepth, extents: extents)
      // An error of known type would need room in every frame of the recursion.
      do {
        try validator.item(depth: 0)
        try validator.checkEnd()
      } catch {
        throw error as? CodecError ?? CodecError(.decode, "\(error)")
      }
    }
  }

  private init(
    bytes: UnsafeBufferPointer<UInt8>, maximumDepth: Int,
    extents: UnsafeMutablePointer<GrowableBuffer<CBORExtent>>
  ) {
    self.bytes = bytes
    self.maximumDepth = maximumDepth
    self.extents = extents
  }

  // Errors are thrown apart: they must not make the frames of the recursion larger.
  @inline(never)
  private func failure(_ message: StaticString, at offset: Int) throws -> Never {
    throw CodecError(.decode, "\(message)", offset: offset)
  }

  @inline(never)
  private func failure(_ message: String) throws -> Never {
    throw CodecError(.decode, message, offset: offset)
  }

  @inline(never)
  private func tooDeep(at start: Int) throws -> Never {
    let message = "arrays and maps stand more than \(maximumDepth) deep in each other"
    throw CodecError(.decode, message, offset: start)
  }

  @inline(never)
  private func tooLong(_ head: CBORHead) throws -> Never {
    let left = bytes.count - offset
    let message = "\(head.name) should have \(head.argument) bytes, and \(left) are left"
    throw CodecError(.decode, message, offset: offset - head.length)
  }

  @inline(never)
  private func tooMany(_ head: CBORHead, at start: Int) throws -> Never {
    let left = bytes.count - offset
    let message = "\(head.name) cannot have \(head.argument) elements in the \(left) bytes left"
    throw CodecError(.decode, message, offset: start)
  }

  @inline(never)
  private func useless(_ kind: String, _ head: CBORHead, at start: Int) throws -> Never {
    throw CodecError(.decode, "\(kind) \(head.argument) has no use here", offset: start)
  }

  @inline(never)
  private func strangeKey(_ head: CBORHead, at start: Int) throws -> Never {
    throw CodecError(
      .decode, "a key is \(head.name) instead of text or an integer", offset: start)
  }

  @inline(never)
  private func misplacedKey(isTwice: Bool, at start: Int) throws -> Never {
    let message = isTwice ? "a key occurs twice" : "the keys are not in order"
    throw CodecError(.decode, message, offset: start).inside(bytes.step(forKeyAt: start))
  }

  @inline(never)
  private func rethrow(_ error: any Error, insideElement index: Int) throws -> Never {
    throw (error as? CodecError)?.inside(CodingStep(index: index)) ?? error
  }

  @inline(never)
  private func rethrow(_ error: any Error, insideValueOfKeyAt offset: Int) throws -> Never {
    throw (error as? CodecError)?.inside(bytes.step(forKeyAt: offset)) ?? error
  }

  private func checkEnd() throws {
    if offset < bytes.count { try failure("\(bytes.count - offset) bytes follow the value") }
  }

  /// Goes past one item.
  private mutating func item(depth: Int) throws {
    let start = offset
    let head = try head()
    switch head.major {
    case .unsigned, .negative: break
    case .bytes: try content(head)
    case .text: try text(head)
    case .array, .map: try container(head, depth: depth + 1, at: start)
    case .tag: try bignum(head, at: start)
    case .simple: try simple(head, at: start)
    }
  }

  /// Goes past a head, which must be as short as possible.
  @inline(__always)
  private mutating func head() throws -> CBORHead {
    if offset < bytes.count, bytes[offset] & 0x1F < 24 {
      let head = CBORHead(ofOneByte: bytes[offset])
      offset &+= 1
      return head
    }
    return try longHead()
  }

  @inline(never)
  private mutating func longHead() throws -> CBORHead {
    guard offset < bytes.count else { try failure("the bytes end where a value should begin") }
    let information = bytes[offset] & 0x1F
    if 24...27 ~= information {
      guard bytes.count - offset > CBORHead.argumentSize(information) else {
        try failure("the bytes end within a number")
      }
    } else if information == 31 {
      try failure("the length is indefinite, which is not the deterministic form")
    } else if information > 27 {
      try failure("the byte begins nothing that is defined")
    }
    let head = CBORHead(bytes, at: offset)
    if information >= 24, head.major != .simple {
      // What fits into half the size, or into the first byte, has no business here.
      let shorter = information == 24 ? 23 : UInt64.max >> (64 - 4 * UInt64(head.length - 1))
      guard head.argument > shorter else {
        try failure("the number \(head.argument) is not in its shortest form")
      }
    }
    offset += head.length
    return head
  }

  /// Goes past the bytes that follow a head.
  @inline(__always)
  private mutating func content(_ head: CBORHead) throws {
    guard head.argument <= UInt64(truncatingIfNeeded: bytes.count &- offset) else {
      try tooLong(head)
    }
    offset &+= Int(truncatingIfNeeded: head.argument)
  }

  @inline(__always)
  private mutating func text(_ head: CBORHead) throws {
    let start = offset
    try content(head)
    if let invalid = bytes.firstInvalidUTF8(in: start..<offset) {
      try failure("the text is not UTF-8", at: invalid)
    }
  }

  @inline(never)
  private mutating func bignum(_ head: CBORHead, at start: Int) throws {
    guard CBORHead.positiveBignum...CBORHead.negativeBignum ~= head.argument else {
      try useless("tag", head, at: start)
    }
    let magnitude = try self.head()
    guard magnitude.major == .bytes else { try failure("a bignum is not of bytes", at: start) }
    try content(magnitude)
    // Up to 8 bytes it would have been an integer.
    guard magnitude.contentLength > 8, bytes[offset - magnitude.contentLength] != 0 else {
      try failure("the bignum is not in its shortest form", at: start)
    }
  }

  @inline(never)
  private func simple(_ head: CBORHead, at start: Int) throws {
    switch head.information {
    case 20...22: break
    case 25...27:
      let float = CBORFloat(information: head.information, argument: head.argument)
      guard float.isShortest else {
        try failure("the floating-point number is not in its shortest form", at: start)
      }
    default: try useless("simple value", head, at: start)
    }
  }

  private mutating func container(
    _ head: CBORHead, depth: Int, at start: Int
  ) throws {
    guard depth <= maximumDepth else { try tooDeep(at: start) }
    let itemsPerElement = head.major == .map ? 2 : 1
    // Every item takes a byte at least.
    let room = (bytes.count &- offset) >> (itemsPerElement - 1)
    guard head.argument <= UInt64(truncatingIfNeeded: room) else {
      try tooMany(head, at: start)
    }
    let number = extents.pointee.count
    extents.pointee.append(CBORExtent())
    if head.major == .map {
      try values(Int(head.argument), depth: depth)
    } else {
      try elements(Int(head.argument), depth: depth)
    }
    extents.pointee[number] = CBORExtent(
      end: Int32(offset), next: Int32(extents.pointee.count))
  }

  private mutating func elements(_ count: Int, depth: Int) throws {
    for index in 0..<count {
      do {
        try item(depth: depth)
      } catch {
        try rethrow(error, insideElement: index)
      }
    }
  }

  private mutating func values(_ count: Int, depth: Int) throws {
    var previous = ByteRange(offset, offset)
    for _ in 0..<count {
      let key = try key(after: previous)
      previous = key
      do {
        try item(depth: depth)
      } catch {
        try rethrow(error, insideValueOfKeyAt: key.lowerBound)
      }
    }
  }

  /// Goes past a key, which must come after the one before it.
  private mutating func key(after previous: ByteRange) throws -> ByteRange {
    let start = offset
    let head = try head()
    switch head.major {
    case .text: try text(head)
    case .unsigned, .negative:
      guard head.argument <= UInt64(Int.max) else {
        try failure("a key has more than 63 bits", at: start)
      }
    default: try strangeKey(head, at: start)
    }
    let key = ByteRange(start, offset)
    let order = bytes.order(previous, key)
    guard order < 0 else {
      try misplacedKey(isTwice: order == 0, at: start)
    }
    return key
  }
}

extension CodecError {
  /// The error as seen from outside the value at a step.
  fileprivate func inside(_ step: CodingStep) -> CodecError {
    var copy = self
    let separator = path.isEmpty || path.hasPrefix("[") ? "" : "."
    copy.path = [step].pathText + separator + path
    return copy
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Where bytes stop to be UTF-8 (RFC 3629): no surrogates, no long forms, nothing over U+10FFFF.
  @inline(__always)
  fileprivate func firstInvalidUTF8(in range: Range<Int>) -> Int? {
    let start = endOfASCII(in: range)
    return start == range.upperBound ? nil : firstInvalid(in: start..<range.upperBound)
  }

  /// Where ASCII ends, or up to seven bytes before; most texts have nothing else.
  @inline(__always)
  private func endOfASCII(in range: Range<Int>) -> Int {
    let upperBits: UInt64 = 0x8080_8080_8080_8080
    var index = range.lowerBound
    while range.upperBound - index >= 32 {
      let words =
        word(at: index) | word(at: index + 8) | word(at: index + 16) | word(at: index + 24)
      if words & upperBits != 0 { return index }
      index += 32
    }
    while range.upperBound - index >= 8 {
      if word(at: index) & upperBits != 0 { return index }
      index += 8
    }
    if index == range.upperBound { return index }
    if range.upperBound >= 8 {
      // The word that ends with the text: its last bytes are the upper ones.
      let left = UInt64(range.upperBound - index)
      let word = UInt64(littleEndian: word(at: range.upperBound - 8)) >> (64 - 8 * left)
      return word & upperBits == 0 ? range.upperBound : index
    }
    while index < range.upperBound, self[index] < 0x80 { index += 1 }
    return index
  }

  @inline(never)
  private func firstInvalid(in range: Range<Int>) -> Int? {
    var index = range.lowerBound
    while index < range.upperBound {
      let first = self[index]
      if first < 0x80 {
        index = Swift.max(index + 1, endOfASCII(in: index..<range.upperBound))
        continue
      }
      var second: ClosedRange<UInt8> = 0x80...0xBF
      let length: Int
      switch first {
      case 0xC2...0xDF: length = 2
      case 0xE0: (length, second) = (3, 0xA0...0xBF)
      case 0xED: (length, second) = (3, 0x80...0x9F)
      case 0xE1...0xEF: length = 3
      case 0xF0: (length, second) = (4, 0x90...0xBF)
      case 0xF1...0xF3: length = 4
      case 0xF4: (length, second) = (4, 0x80...0x8F)
      default: return index
      }
      guard range.upperBound - index >= length, second.contains(self[index + 1]),
        self[(index + 2)..<(index + length)].allSatisfy({ $0 & 0xC0 == 0x80 })
      else { return index }
      index += length
    }
    return nil
  }
}
