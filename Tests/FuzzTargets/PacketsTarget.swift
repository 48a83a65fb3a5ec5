//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolTransport

extension FuzzTarget {
  /// A connection's packets. Three bytes say how they come, the rest is what comes.
  ///
  /// | byte | |
  /// |---|---|
  /// | 0 | the limit for payloads, one of ``PacketsTarget/limits`` |
  /// | 1 | how many packets get checksums that fit |
  /// | 2 | how the bytes are cut |
  static let packets = FuzzTarget("packets", seeds: PacketsTarget.seeds, PacketsTarget.check)
}

private enum PacketsTarget {
  static let limits = [Packet.defaultLimit, 0, 40, 1_000]

  static var seeds: [[UInt8]] {
    let token = UID(first: 0x0102_0304_0506_0708, second: 0x1112_1314_1516_1718)
    var stream: [UInt8] = []
    for (index, kind) in PacketKind.allCases.enumerated() {
      Packet(kind, to: token, [UInt8](repeating: 7, count: 9 * index)[...]).append(to: &stream)
    }
    return limits.indices.map { [UInt8($0), 255, 5] + stream } + [[0, 0, 0]]
  }

  static func check(_ input: [UInt8]) throws(BrokenProperty) {
    guard input.count >= 3 else { return }
    let limit = limits[Int(input[0]) % limits.count]
    var stream = Array(input[3...])
    seal(&stream, Int(input[1]))
    let expected = Reading(model: stream, limit: limit)
    let cut = Int(input[2])
    let cuts: [(Int) -> Int] = [
      { _ in stream.count },
      { _ in stream.count > 1_000 ? 13 : 1 },
      { 1 + ($0 * $0 + $0 * cut + cut) % 61 },
    ]
    for cut in cuts {
      let reading = try Reading(stream, limit: limit, cut)
      try requireEqual(reading, expected, "packets differ from the model's")
    }
    try writeAgain(expected, stream)
  }

  /// Makes the checksums of the first packets fit, if what is there can be a packet.
  private static func seal(_ stream: inout [UInt8], _ count: Int) {
    var start = 0
    for _ in 0..<count where start + 24 <= stream.count {
      stream.put(0, at: start + 4)
      let checksum = ReferenceChecksum.crc32c(stream[start..<start + 24])
      stream.put(checksum, at: start + 4)
      let length = Int(stream.number(at: start, bytes: 3))
      let end = start + 24 + length
      start = length == 0 ? end : end + 4
      guard length > 0, start <= stream.count else { continue }
      stream.put(ReferenceChecksum.crc32c(stream[end - length..<end], after: checksum), at: end)
    }
  }

  /// What was read is written as the same bytes.
  private static func writeAgain(_ reading: Reading, _ stream: [UInt8]) throws(BrokenProperty) {
    var bytes: [UInt8] = []
    for seen in reading.packets {
      guard let kind = PacketKind(rawValue: seen.kind) else {
        throw BrokenProperty("a packet of kind \(seen.kind)")
      }
      Packet(kind, to: seen.token, seen.payload[...]).append(to: &bytes)
    }
    try requireEqual(bytes, Array(stream.prefix(bytes.count)), "packets are written otherwise")
  }
}

/// What became of a stream.
private struct Reading: Equatable {
  struct Seen: Equatable {
    var kind: UInt8
    var token: UID
    var payload: [UInt8]
  }

  var packets: [Seen] = []
  var error: WireError?
  /// What waits for more; 0 after an error.
  var pending = 0

  /// Reads a stream as the table of the wire format says it, all at once.
  init(model stream: [UInt8], limit: Int) {
    var rest = stream[...]
    while rest.count >= 24, error == nil {
      let length = Int(rest.number(at: 0, bytes: 3))
      let kind = rest[rest.startIndex + 3]
      let checksum = UInt32(rest.number(at: 4, bytes: 4))
      let payload = rest.dropFirst(24).prefix(length)
      let size = length == 0 ? 24 : 24 + length + 4
      if ReferenceChecksum.crc32c(rest.prefix(4) + [0, 0, 0, 0] + rest.prefix(24).suffix(16))
        != checksum
      {
        error = .damagedHeader
      } else if length > limit {
        error = .tooLong(length, limit: limit)
      } else if rest.count < size {
        break
      } else if !(1...8 ~= kind) {
        error = .unknownKind(kind)
      } else if length > 0,
        ReferenceChecksum.crc32c(payload, after: checksum)
          != UInt32(rest.number(at: 24 + length, bytes: 4))
      {
        error = .damagedPayload
      } else {
        let token = UID(first: rest.number(at: 8, bytes: 8), second: rest.number(at: 16, bytes: 8))
        packets.append(Seen(kind: kind, token: token, payload: Array(payload)))
        rest = rest.dropFirst(size)
      }
    }
    pending = error == nil ? rest.count : 0
  }

  /// Reads a stream in pieces, of so many bytes each.
  init(_ stream: [UInt8], limit: Int, _ cut: (Int) -> Int) throws(BrokenProperty) {
    var reader = PacketReader(limit: limit)
    var rest = stream[...]
    var number = 0
    while !rest.isEmpty {
      let piece = rest.prefix(max(1, cut(number)))
      number += 1
      rest = rest.dropFirst(piece.count)
      reader.receive(Array(piece))
      if let error = takePackets(&reader) {
        self.error = error
        try Self.requireAgain(error, of: &reader)
        return
      }
      // Nothing is kept but one packet that isn't whole.
      try require(
        reader.pendingCount < 24 + limit + 4, "\(reader.pendingCount) bytes wait for a packet")
    }
    pending = reader.pendingCount
  }

  /// Takes all packets that are whole. Returns what is wrong with the next one, if anything.
  private mutating func takePackets(_ reader: inout PacketReader) -> WireError? {
    do throws(WireError) {
      while let packet = try reader.next() {
        let payload = Array(packet.payload)
        packets.append(Seen(kind: packet.kind.rawValue, token: packet.token, payload: payload))
      }
      return nil
    } catch {
      return error
    }
  }

  /// A broken stream stays broken, whatever comes.
  private static func requireAgain(
    _ error: WireError, of reader: inout PacketReader
  ) throws(BrokenProperty) {
    for _ in 0..<2 {
      var after = Reading()
      try requireEqual(after.takePackets(&reader), error, "another error follows")
      try require(after.packets.isEmpty, "packets follow an error")
      reader.receive([UInt8](repeating: 0xff, count: 17))
    }
  }

  private init() {}
}
