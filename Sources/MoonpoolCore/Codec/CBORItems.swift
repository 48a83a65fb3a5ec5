//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// The items of bytes that passed the ``CBORValidator``.
struct CBORItems {
  /// The place of an item.
  struct Cursor: BitwiseCopyable {
    /// Where the item begins.
    var offset: Int32
    /// The number of the first array or map that doesn't begin before it.
    var extent: Int32

    static let start = Cursor(offset: 0, extent: 0)
  }

  let bytes: UnsafeBufferPointer<UInt8>
  let extents: UnsafePointer<CBORExtent>

  /// The first item in an array or map.
  @inline(__always)
  func first(in cursor: Cursor) -> Cursor {
    let head = CBORHead(bytes, at: Int(cursor.offset))
    return Cursor(offset: cursor.offset + Int32(head.length), extent: cursor.extent + 1)
  }

  /// The item that follows an item.
  @inline(__always)
  func next(after cursor: Cursor) -> Cursor {
    var offset = Int(cursor.offset)
    var head = CBORHead(bytes, at: offset)
    if head.major == .array || head.major == .map {
      let extent = extents[Int(cursor.extent)]
      return Cursor(offset: extent.end, extent: extent.next)
    }
    if head.major == .tag {
      // The bytes of a bignum.
      offset += head.length
      head = CBORHead(bytes, at: offset)
    }
    return Cursor(
      offset: Int32(offset + head.length + head.contentLength), extent: cursor.extent)
  }

  /// The bytes that follow the head of text or bytes.
  @inline(__always)
  func content(at cursor: Cursor) -> UnsafeBufferPointer<UInt8> {
    let head = CBORHead(bytes, at: Int(cursor.offset))
    let start = Int(cursor.offset) + head.length
    return UnsafeBufferPointer(rebasing: bytes[start..<start + head.contentLength])
  }
}

/// Where a key of a map is, and where its value.
struct CBORMember: BitwiseCopyable {
  let key: Int32
  let value: CBORItems.Cursor
}
