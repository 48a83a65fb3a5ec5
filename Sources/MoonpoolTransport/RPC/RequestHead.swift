//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

/// What stands before the body of a request.
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 8 | the request's number, larger than those of all earlier requests of its sender's life |
/// | 8 | 8 | the sender's oldest request that waits for an answer; older ones have theirs |
/// | 16 | 8 | the sender's incarnation |
/// | 24 | 4 | milliseconds that are left for it, rounded up; 0: there is no limit |
/// | 28 | 4 | of a stream, how many elements may be sent before more are asked for; else 0 |
///
/// Numbers are little-endian. A ``PacketKind/message`` has the same head: its answer goes nowhere.
/// The token of an answer is the number and the incarnation.
struct RequestHead: Hashable {
  static let size = 32

  var number: UInt64
  var oldest: UInt64
  var incarnation: UInt64
  var timeLeft: UInt32
  var credit: UInt32

  init(
    number: UInt64, oldest: UInt64, incarnation: UInt64, timeLeft: Duration? = nil,
    credit: UInt32 = 0
  ) {
    self.number = number
    self.oldest = oldest
    self.incarnation = incarnation
    self.timeLeft = timeLeft.map(Self.milliseconds) ?? 0
    self.credit = credit
  }

  /// At least 1: nothing left is not the same as no limit.
  private static func milliseconds(_ time: Duration) -> UInt32 {
    let (seconds, attoseconds) = time.components
    if seconds < 0 { return 1 }
    if seconds > 4_000_000 { return .max }
    let whole = UInt64(seconds) * 1_000
    let part = (UInt64(max(0, attoseconds)) + 999_999_999_999_999) / 1_000_000_000_000_000
    return UInt32(clamping: max(1, whole + part))
  }

  /// What is left of the time; nil: there is no limit.
  var limit: Duration? { timeLeft == 0 ? nil : .milliseconds(timeLeft) }

  /// What the answer is sent to.
  var replyToken: UID { UID(first: number, second: incarnation) }

  /// The head, and a body after it.
  func payload(_ body: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Self.size + body.count) { buffer, count in
      let bytes = UnsafeMutableRawBufferPointer(buffer)
      bytes.storeBytes(of: number.littleEndian, toByteOffset: 0, as: UInt64.self)
      bytes.storeBytes(of: oldest.littleEndian, toByteOffset: 8, as: UInt64.self)
      bytes.storeBytes(of: incarnation.littleEndian, toByteOffset: 16, as: UInt64.self)
      bytes.storeBytes(of: timeLeft.littleEndian, toByteOffset: 24, as: UInt32.self)
      bytes.storeBytes(of: credit.littleEndian, toByteOffset: 28, as: UInt32.self)
      UnsafeMutableRawBufferPointer(rebasing: bytes[Self.size...]).copyBytes(from: body)
      count = Self.size + body.count
    }
  }

  /// Reads the head of a payload; nil if it is too short for one.
  init?(_ payload: ArraySlice<UInt8>) {
    guard payload.count >= Self.size else { return nil }
    let words = payload.withUnsafeBytes { bytes in
      (0..<4).map {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self))
      }
    }
    (number, oldest, incarnation) = (words[0], words[1], words[2])
    timeLeft = UInt32(truncatingIfNeeded: words[3])
    credit = UInt32(truncatingIfNeeded: words[3] >> 32)
  }
}
