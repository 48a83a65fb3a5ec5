//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// A message on a stream, or a record in a file: its length before it, and checksums.
///
/// 12 bytes of header, big-endian, and the payload: the payload's length, its CRC-32C, and the
/// CRC-32C of these 8 bytes, so that a damaged length is not believed.
public enum Frame {
  /// Bytes before the payload.
  public static var headerSize: Int { 12 }

  /// A payload with its header.
  ///
  /// - Parameter place: Where it will stand, such as an offset in a file. It is a part of the
  ///   checksums: bytes that belong somewhere else are no frame here.
  public static func encode(_ payload: [UInt8], place: UInt64 = 0) -> [UInt8] {
    precondition(payload.count <= UInt32.max, "a frame holds less than 4 GiB")
    let words = bigEndian(UInt32(payload.count)) + bigEndian(Checksum.crc32c(payload))
    return words + bigEndian(checksum(words, place)) + payload
  }

  /// The payload of the frame that begins at a position; nil if there is none that is whole.
  ///
  /// The next one begins ``headerSize`` and the payload's count behind this.
  public static func decode(_ bytes: [UInt8], at position: Int = 0, place: UInt64 = 0) -> [UInt8]? {
    let start = position + headerSize
    guard start <= bytes.count, let header = Header(bytes[position..<start], place),
      Int(header.length) <= bytes.count - start
    else { return nil }
    let payload = Array(bytes[start..<start + Int(header.length)])
    return header.fits(payload) ? payload : nil
  }

  /// What stands before a payload.
  struct Header {
    let length: UInt32
    private let payloadChecksum: UInt32

    /// Nil if the bytes are no header.
    init?(_ bytes: ArraySlice<UInt8>, _ place: UInt64 = 0) {
      let words = bytes.prefix(8)
      guard word(bytes.suffix(4)) == checksum(words, place) else { return nil }
      length = word(words.prefix(4))
      payloadChecksum = word(words.suffix(4))
    }

    func fits(_ payload: [UInt8]) -> Bool { Checksum.crc32c(payload) == payloadChecksum }
  }

  private static func checksum(_ words: some Sequence<UInt8>, _ place: UInt64) -> UInt32 {
    let start = bigEndian(UInt32(place >> 32)) + bigEndian(UInt32(truncatingIfNeeded: place))
    return Checksum.crc32c(words, after: place == 0 ? 0 : Checksum.crc32c(start))
  }

  private static func bigEndian(_ word: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) }
  }

  private static func word(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.reduce(0) { $0 << 8 | UInt32($1) }
  }
}

/// Why bytes of a stream are not a frame. What follows them can't be told apart any more.
public enum FrameError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The header's checksum doesn't fit: it is damaged, or the bytes never were a frame.
  case damagedHeader
  /// The payload's checksum doesn't fit.
  case damagedPayload
  /// The payload has more bytes than the reader takes.
  case tooLong(UInt32, limit: Int)

  public var description: String {
    switch self {
    case .damagedHeader: "the header of a frame is damaged"
    case .damagedPayload: "the payload of a frame is damaged"
    case .tooLong(let length, let limit): "a frame of \(length) bytes; at most \(limit) are taken"
    }
  }
}
