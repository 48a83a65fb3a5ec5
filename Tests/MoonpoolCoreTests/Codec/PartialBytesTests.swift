//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import MoonpoolCore
import Testing

/// Bytes with something before them, and codecs that are used by many at a time.
@Suite struct PartialBytesTests {
  private struct Message: Codable, Equatable {
    var sequence: Int
    var payload: String
    var values: [String: [Int]] = ["b": [1, 2], "a": [3]]
  }

  private struct Refusing: Encodable {
    struct Failure: Error {}
    func encode(to encoder: any Encoder) throws {
      var container = encoder.unkeyedContainer()
      try container.encode("before it fails")
      throw Failure()
    }
  }

  /// Has only what a codec must have.
  private struct Plain: MessageCodec {
    func encode<T: Encodable>(_ value: T) throws(CodecError) -> [UInt8] {
      try BinaryCodec().encode(value)
    }

    func decode<T: Decodable>(_ type: T.Type, from bytes: [UInt8]) throws(CodecError) -> T {
      try BinaryCodec().decode(type, from: bytes)
    }
  }

  private let codecs: [any MessageCodec] = [BinaryCodec(), Plain()]

  @Test func `values are appended to what is there`() throws {
    for codec in codecs {
      for length in [0, 7, 100, 5_000, 40_000] {
        let value = Message(sequence: length, payload: String(repeating: "é", count: length))
        var bytes: [UInt8] = [1, 2, 3]
        try codec.encode(value, into: &bytes)
        #expect(try bytes == [1, 2, 3] + codec.encode(value), "\(length)")
        let start = bytes.count
        try codec.encode(value.payload, into: &bytes)
        #expect(try Array(bytes[start...]) == codec.encode(value.payload), "\(length)")
      }
    }
  }

  @Test func `what cannot be encoded leaves what is there as it was`() {
    struct Twice: Encodable {
      enum CodingKeys: CodingKey { case a }
      func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        for _ in 0..<2 { try container.encode(0, forKey: .a) }
      }
    }
    for codec in codecs {
      var bytes: [UInt8] = [1, 2, 3]
      #expect(throws: CodecError.self) { try codec.encode(Refusing(), into: &bytes) }
      #expect(throws: CodecError.self) { try codec.encode(Twice(), into: &bytes) }
      #expect(bytes == [1, 2, 3])
    }
  }

  @Test func `a part of bytes is decoded, and errors count from its beginning`() throws {
    let value = Message(sequence: 5, payload: "text")
    for codec in codecs {
      var bytes: [UInt8] = [9, 9]
      try codec.encode(value, into: &bytes)
      bytes.append(9)
      #expect(try codec.decode(Message.self, from: bytes[2..<bytes.count - 1]) == value)
      let length = bytes.count - 3
      let long = #expect(throws: CodecError.self) {
        try codec.decode(Message.self, from: bytes[2...])
      }
      #expect(long?.offset == length && long?.message == "1 bytes follow the value")
      let wrong = #expect(throws: CodecError.self) {
        try codec.decode([Message].self, from: bytes[2..<bytes.count - 1])
      }
      #expect(wrong?.offset == 0)
    }
  }

  @Test func `bytes in memory are decoded where they lie`() throws {
    let value = Message(sequence: 5, payload: "text")
    let bytes = try BinaryCodec().encode(value)
    let decoded = try bytes.withUnsafeBytes { try BinaryCodec().decode(Message.self, from: $0) }
    #expect(decoded == value)
    #expect(throws: CodecError.self) {
      try BinaryCodec().decode(Int.self, from: UnsafeRawBufferPointer(start: nil, count: 0))
    }
  }
}

/// What a codec uses again must not remember anything.
@Suite struct CodecReuseTests {
  private let codec = BinaryCodec()

  /// Keeps what it was encoded with.
  private final class Keeper: Encodable {
    var container: (any UnkeyedEncodingContainer)?

    func encode(to encoder: any Encoder) throws {
      container = encoder.unkeyedContainer()
      try container?.encode(1)
    }
  }

  @Test func `a container that somebody keeps has no part in later values`() throws {
    let keepers = (0..<4).map { _ in Keeper() }
    for keeper in keepers {
      #expect(try codec.encode(["a": keeper]).hex == "a161618101")
    }
    struct Meddler: Encodable {
      let keepers: [Keeper]
      func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        try container.encode("x")
        for keeper in keepers { try keeper.container?.encode("not mine") }
        try container.encode("y")
      }
    }
    #expect(try codec.encode(Meddler(keepers: keepers)).hex == "8261786179")
  }

  @Test func `a decoder that somebody keeps still has its own bytes`() throws {
    struct Kept: Decodable {
      let decoder: any Decoder
      init(from decoder: any Decoder) { self.decoder = decoder }
    }
    var kept: [Kept] = []
    for number in 0..<4 {
      kept.append(try codec.decode(Kept.self, from: codec.encode(["a": [number, 500]])))
      _ = try codec.decode([String: [Int]].self, from: codec.encode(["other": [7, 8, 9]]))
    }
    for (number, kept) in kept.enumerated() {
      #expect(try [String: [Int]](from: kept.decoder) == ["a": [number, 500]])
    }
  }

  @Test func `a value may use a codec while it is being encoded or decoded`() throws {
    struct Nested: Codable, Equatable {
      var depth: Int
      var inner: [UInt8] = []

      init(depth: Int) { self.depth = depth }

      func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        try container.encode(depth)
        if depth > 0 {
          try container.encode(BinaryCodec().encode(Nested(depth: depth - 1)))
        }
      }

      init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        depth = try container.decode(Int.self)
        guard depth > 0 else { return }
        let bytes = try container.decode([UInt8].self)
        let inner = try BinaryCodec().decode(Nested.self, from: bytes)
        #expect(inner.depth == depth - 1)
      }
    }
    let bytes = try codec.encode(Nested(depth: 3))
    #expect(bytes.hex == "820348" + "820245" + "8201428100")
    #expect(try codec.decode(Nested.self, from: bytes).depth == 3)
  }

  @Test func `an error leaves nothing behind`() throws {
    struct Deep: Codable { var a = [[[1]]] }
    for _ in 0..<3 {
      #expect(throws: CodecError.self) { try BinaryCodec(maximumDepth: 2).encode(Deep()) }
      #expect(try codec.encode(Deep()).hex == "a1616181818101")
      #expect(throws: CodecError.self) { try codec.decode([Int].self, from: [0x82, 0x01, 0x61]) }
      #expect(throws: CodecError.self) { try codec.decode([Int].self, from: [0x82, 0x01, 0xF6]) }
      #expect(try codec.decode([Int].self, from: [0x82, 0x01, 0x02]) == [1, 2])
    }
  }

  @Test func `many threads encode and decode at the same time`() throws {
    let expected = try (0..<8 as Range<UInt64>).map { seed in
      var generator = SplitMix64(seed: seed)
      return try codec.encode(Sample(&generator, depth: 0))
    }
    let wrong = Mistakes()
    DispatchQueue.concurrentPerform(iterations: 400) { index in
      let bytes = expected[index % 8]
      let value = try? codec.decode(Sample.self, from: bytes)
      if value == nil || (try? codec.encode(value)) != bytes { wrong.add(index) }
    }
    #expect(wrong.all == [])
  }

  private final class Mistakes: @unchecked Sendable {
    private let lock = NSLock()
    private var list: [Int] = []

    var all: [Int] { lock.withLock { list } }

    func add(_ index: Int) { lock.withLock { list.append(index) } }
  }
}
