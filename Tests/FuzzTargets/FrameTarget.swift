//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

extension FuzzTarget {
  /// Bytes of a file that should hold a frame. Three bytes say where: whether its checksums are put
  /// right, at which offset it is looked for, and what place it is told to stand in.
  static let frame = FuzzTarget("frame", seeds: FrameTarget.seeds, FrameTarget.check)
}

private enum FrameTarget {
  static let places: [UInt64] = [0, 1, 1 << 40, .max]

  static var seeds: [[UInt8]] {
    places.indices.map { [1, 2, UInt8($0), 9, 9] + Frame.encode([1, 2, 3], place: places[$0]) }
  }

  static func check(_ input: [UInt8]) throws(BrokenProperty) {
    guard input.count >= 3 else { return }
    let place = places[Int(input[2]) % places.count]
    var bytes = Array(input[3...])
    let position = min(Int(input[1]), bytes.count)
    if input[0] & 1 != 0 { seal(&bytes, at: position, place) }
    let payload = Frame.decode(bytes, at: position, place: place)
    try requireEqual(payload, model(bytes[position...], place), "a frame differs from the model's")
    guard let payload else { return }
    let frame = Frame.encode(payload, place: place)
    try requireEqual(
      frame, Array(bytes[position...].prefix(frame.count)), "a frame is written otherwise")
  }

  /// Where the head's checksum begins: it includes the place, unless that is 0.
  private static func start(_ place: UInt64) -> UInt32 {
    place == 0 ? 0 : ReferenceChecksum.crc32c((0..<8).reversed().map { bytes(of: place, $0) })
  }

  private static func bytes(of number: UInt64, _ index: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: number >> (8 * UInt64(index)))
  }

  private static func model(_ bytes: ArraySlice<UInt8>, _ place: UInt64) -> [UInt8]? {
    guard bytes.count >= 12 else { return nil }
    let words = Array(bytes.prefix(12).reversed())
    let payload = Array(bytes.dropFirst(12).prefix(Int(words.number(at: 8, bytes: 4))))
    let head = ReferenceChecksum.crc32c(bytes.prefix(8), after: start(place))
    let isWhole =
      UInt64(payload.count) == words.number(at: 8, bytes: 4)
      && UInt64(ReferenceChecksum.crc32c(payload)) == words.number(at: 4, bytes: 4)
      && UInt64(head) == words.number(at: 0, bytes: 4)
    return isWhole ? payload : nil
  }

  private static func seal(_ bytes: inout [UInt8], at position: Int, _ place: UInt64) {
    guard bytes.count - position >= 12 else { return }
    let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
    let payload = bytes[(position + 12)...].prefix(length)
    bytes.put(ReferenceChecksum.crc32c(payload).byteSwapped, at: position + 4)
    let head = ReferenceChecksum.crc32c(bytes[position..<position + 8], after: start(place))
    bytes.put(head.byteSwapped, at: position + 8)
  }
}
