//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolTransport
import Testing

@Suite struct PacketTests {
  private let token = UID(first: 0x0102_0304_0506_0708, second: 0x1112_1314_1516_1718)

  private func bytes(_ packets: [Packet]) -> [UInt8] {
    var bytes: [UInt8] = []
    for packet in packets { packet.append(to: &bytes) }
    return bytes
  }

  /// What a reader makes of bytes that arrive in pieces: the packets, and what it said at the end.
  private func read(
    _ pieces: [[UInt8]], limit: Int = Packet.defaultLimit
  ) -> (packets: [Packet], error: WireError?, pending: Int) {
    var reader = PacketReader(limit: limit)
    var packets: [Packet] = []
    do throws(WireError) {
      for piece in pieces {
        reader.receive(piece)
        while let packet = try reader.next() { packets.append(packet) }
      }
    } catch {
      return (packets, error, reader.pendingCount)
    }
    return (packets, nil, reader.pendingCount)
  }

  private func text(_ packets: [Packet]) -> [String] {
    packets.map { "\($0.kind) \($0.token) \(Array($0.payload))" }
  }

  @Test func theBytesAreThese() {
    // Worked out by Tests/MoonpoolTransportTests/Wire/packet.py.
    #expect(
      bytes([Packet(.request, to: token, [0xaa, 0xbb, 0xcc])]) == [
        0x03, 0x00, 0x00, 0x02, 0xa3, 0x5d, 0x5f, 0xb4,
        0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01,
        0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11,
        0xaa, 0xbb, 0xcc, 0x5b, 0x8e, 0x1c, 0x6e,
      ])
    #expect(
      bytes([Packet(.ping, to: .invalid)]) == [
        0x00, 0x00, 0x00, 0x07, 0x6d, 0x9d, 0xcc, 0xa7,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      ])
  }

  @Test func whatIsWrittenIsRead() {
    let packets = PacketKind.allCases.enumerated().map { index, kind in
      Packet(
        kind, to: token.adjusted(by: UInt32(index)), Array(repeating: 7, count: index * 100)[...])
    }
    let whole = bytes(packets)
    #expect(text(read([whole]).packets) == text(packets))
    // However it was cut.
    var random = SplitMix(state: 1)
    for _ in 0..<200 {
      var pieces: [[UInt8]] = []
      var rest = whole[...]
      while !rest.isEmpty {
        let count = Int.random(in: 1...60, using: &random)
        pieces.append(Array(rest.prefix(count)))
        rest = rest.dropFirst(count)
      }
      let result = read(pieces)
      #expect(text(result.packets) == text(packets) && result.error == nil && result.pending == 0)
    }
  }

  @Test func eachFlippedBitIsNoticed() {
    let first = Packet(.request, to: token, [UInt8](0..<40)[...])
    let second = Packet(.pong, to: .invalid)
    let whole = bytes([first, second])
    for bit in 0..<8 * whole.count {
      var damaged = whole
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      let result = read([damaged])
      let isInSecond = bit >= 8 * (24 + 40 + 4)
      let isInPayload = (8 * 24..<8 * (24 + 40 + 4)).contains(bit)
      #expect(result.error == (isInPayload ? .damagedPayload : .damagedHeader), "bit \(bit)")
      #expect(result.packets.count == (isInSecond ? 1 : 0), "bit \(bit)")
    }
  }

  @Test func aPacketThatIsCutIsWaitedFor() {
    let whole = bytes([Packet(.reply, to: token, [1, 2, 3])])
    for count in 0..<whole.count {
      let result = read([Array(whole.prefix(count))])
      #expect(result.packets.isEmpty && result.error == nil && result.pending == count)
    }
  }

  @Test func aPacketThatIsTooLongIsRefusedByItsHead() {
    let head = bytes([Packet(.message, to: token, Array(repeating: 0, count: 101)[...])]).prefix(24)
    #expect(read([Array(head)], limit: 100).error == .tooLong(101, limit: 100))
    #expect(read([Array(head)], limit: 101).error == nil)
    let longest = Packet(.message, to: token, Array(repeating: 9, count: Packet.greatestLimit)[...])
    let result = read([bytes([longest])], limit: Packet.greatestLimit)
    #expect(result.packets.first?.payload.count == Packet.greatestLimit)
  }

  @Test func kindsOfLaterVersionsAreNamed() {
    // A packet as this version would write it, had it such a kind.
    var packet = bytes([Packet(.pong, to: token)])
    packet[3] = 99
    packet.replaceSubrange(4..<8, with: [0, 0, 0, 0])
    withUnsafeBytes(of: Checksum.crc32c(packet).littleEndian) {
      packet.replaceSubrange(4..<8, with: $0)
    }
    #expect(read([packet]).error == .unknownKind(99))
  }

  @Test func garbageCostsNoMemory() {
    var random = SplitMix(state: 2)
    for _ in 0..<1_000 {
      let garbage = (0..<200).map { _ in UInt8.random(in: 0...255, using: &random) }
      let result = read([garbage])
      #expect(result.packets.isEmpty && result.error == .damagedHeader)
    }
  }

  @Test func manyPacketsInOnePieceAreNotCopied() {
    // Would take minutes, were the rest moved for each of them.
    let count = 100_000
    var bytes: [UInt8] = []
    for _ in 0..<count { Packet(.message, to: token, [1]).append(to: &bytes) }
    #expect(read([bytes]).packets.count == count)
  }
}

struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }
}
