//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import Testing

/// What types that are coded by hand may do with encoders and decoders.
@Suite struct CodableTests {
  private let codec = BinaryCodec()

  private class Base: Codable {
    var base = 1
  }

  private final class Derived: Base {
    var derived = "d"

    enum CodingKeys: CodingKey { case derived }

    override init() { super.init() }

    required init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      derived = try container.decode(String.self, forKey: .derived)
      try super.init(from: container.superDecoder())
    }

    override func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try super.encode(to: container.superEncoder())
      try container.encode(derived, forKey: .derived)
    }
  }

  @Test func `a superclass has a place of its own`() throws {
    let value = Derived()
    value.base = 7
    value.derived = "x"
    let bytes = try codec.encode([value, value])
    #expect(
      bytes.hex == "82"
        + String(repeating: "a2657375706572a16462617365076764657269766564" + "6178", count: 2))
    let decoded = try codec.decode([Derived].self, from: bytes)
    #expect(decoded.map(\.base) == [7, 7] && decoded.map(\.derived) == ["x", "x"])
  }

  /// Containers that are open at the same time and written to by turns.
  private struct Interleaved: Codable, Equatable {
    var values = [1, 2, 3, 4, 5, 6]

    enum CodingKeys: String, CodingKey { case array, map, last }

    init() {}

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      var array = container.nestedUnkeyedContainer(forKey: .array)
      var map = container.nestedContainer(keyedBy: CodingKeys.self, forKey: .map)
      try array.encode(values[0])
      try map.encode(values[1], forKey: .last)
      var inner = array.nestedUnkeyedContainer()
      try array.encode(values[2])
      try inner.encode(values[3])
      try array.encodeNil()
      let deferred = array.superEncoder()
      try inner.encode([values[4]])
      // The same container once more.
      var again = encoder.container(keyedBy: CodingKeys.self)
      try again.encode(values[5], forKey: .last)
      var single = deferred.singleValueContainer()
      try single.encode("late")
      #expect(array.count == 5 && inner.count == 2)
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      var array = try container.nestedUnkeyedContainer(forKey: .array)
      let map = try container.nestedContainer(keyedBy: CodingKeys.self, forKey: .map)
      #expect(array.count == 5 && container.allKeys.count == 3)
      values[0] = try array.decode(Int.self)
      values[1] = try map.decode(Int.self, forKey: .last)
      var inner = try array.nestedUnkeyedContainer()
      values[2] = try array.decode(Int.self)
      #expect(try array.decodeNil() == true)
      #expect(try array.decodeNil() == false)
      values[3] = try inner.decode(Int.self)
      values[4] = try inner.decode([Int].self)[0]
      values[5] = try container.decode(Int.self, forKey: .last)
      let late = try array.superDecoder()
      #expect(late.codingPath.map(\.stringValue) == ["array", "Index 4"])
      #expect(try late.singleValueContainer().decode(String.self) == "late")
      #expect(array.isAtEnd && inner.isAtEnd && array.currentIndex == 5)
      #expect(!map.contains(.array) && map.contains(.last))
    }
  }

  @Test func `containers may be written by turns`() throws {
    let bytes = try codec.encode(Interleaved())
    #expect(
      bytes.hex == "a3" + "636d6170a1646c61737402" + "646c61737406"
        + "656172726179" + "85" + "01" + "82048105" + "03" + "f6" + "646c617465")
    #expect(try codec.decode(Interleaved.self, from: bytes) == Interleaved())
  }

  private struct Paths: Codable {
    struct Inner: Codable {
      init() {}

      func encode(to encoder: any Encoder) throws {
        #expect(encoder.codingPath.map(\.stringValue) == ["list", "Index 2"])
        #expect(encoder.codingPath.map(\.intValue) == [nil, 2])
      }

      init(from decoder: any Decoder) throws {
        #expect(decoder.codingPath.map(\.stringValue) == ["list", "Index 2"])
        #expect(decoder.codingPath.map(\.intValue) == [nil, 2])
        let container = try decoder.container(keyedBy: CodingKeys.self)
        #expect(container.codingPath.count == 2)
      }
    }

    enum CodingKeys: CodingKey { case list }

    init() {}

    func encode(to encoder: any Encoder) throws {
      #expect(encoder.codingPath.isEmpty)
      var container = encoder.container(keyedBy: CodingKeys.self)
      var list = container.nestedUnkeyedContainer(forKey: .list)
      try list.encode(1)
      try list.encode(2)
      #expect(list.codingPath.map(\.stringValue) == ["list"])
      try list.encode(Inner())
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      var list = try container.nestedUnkeyedContainer(forKey: .list)
      #expect(try [list.decode(Int.self), list.decode(Int.self)] == [1, 2])
      #expect(list.codingPath.map(\.stringValue) == ["list"])
      _ = try list.decode(Inner.self)
    }
  }

  @Test func `encoders and decoders know where they are`() throws {
    _ = try codec.decode(Paths.self, from: codec.encode(Paths()))
  }

  @Test func `a key that is encoded twice is an error`() throws {
    struct Twice: Encodable {
      enum CodingKeys: CodingKey { case a, b }
      func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        for (key, value) in [(CodingKeys.a, 1), (.b, 2), (.a, 1)] {
          try container.encode(value, forKey: key)
        }
      }
    }
    let error = #expect(throws: CodecError.self) { try codec.encode(["x": [Twice()]]) }
    #expect(error?.description == "cannot encode x[0].a: the key is encoded twice")
  }

  private final class Node: Codable {
    var next: Node?
  }

  @Test func `values may be nested to the limit, and both sides keep it`() throws {
    func chain(_ length: Int) -> Node {
      let first = Node()
      var last = first
      for _ in 1..<length {
        let node = Node()
        last.next = node
        last = node
      }
      return first
    }
    let narrow = BinaryCodec(maximumDepth: 10)
    let bytes = try codec.encode(chain(10))
    #expect(try narrow.encode(chain(10)) == bytes)
    #expect(try narrow.decode(Node.self, from: bytes).next?.next != nil)
    let encoding = #expect(throws: CodecError.self) { try narrow.encode(chain(11)) }
    let message = "arrays and maps stand more than 10 deep in each other"
    let path = Array(repeating: "next", count: 10).joined(separator: ".")
    #expect(encoding?.description == "cannot encode \(path): \(message)")
    let tooDeep = try codec.encode(chain(11))
    let decoding = #expect(throws: CodecError.self) {
      try narrow.decode(Node.self, from: tooDeep)
    }
    #expect(decoding?.description == "cannot decode \(path) at byte 60: \(message)")
    // A value that contains itself ends, too.
    let loop = Node()
    loop.next = loop
    #expect(throws: CodecError.self) { try codec.encode(loop) }
    loop.next = nil
  }

  @Test func `a failed element is not gone past`() throws {
    struct Lossy: Decodable {
      var values: [String] = []
      init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        while !container.isAtEnd {
          if let number = try? container.decode(Int.self) {
            values.append("\(number)")
          } else {
            values.append(try container.decode(String.self))
          }
        }
        #expect(throws: DecodingError.self) { try container.decode(Int.self) }
        #expect(throws: DecodingError.self) { try container.decodeNil() }
        #expect(throws: DecodingError.self) { try container.superDecoder() }
      }
    }
    let item = Item.array([.text("a"), .integer(1), .text("b")])
    #expect(try codec.decode(Lossy.self, from: codec.encode(item)).values == ["a", "1", "b"])
  }

  @Test func `a value may write to the array around it while it is encoded`() throws {
    struct Talkative: Encodable {
      let around: any UnkeyedEncodingContainer

      func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(1)
        var around = around
        try around.encode([2])
      }
    }
    struct List: Encodable {
      func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        try container.encode(0)
        try container.encode(Talkative(around: container))
        try container.encode(3)
      }
    }
    #expect(try codec.encode(List()).hex == "840001810203")
  }

  @Test func `a decoder still works when the value that it was for is done`() throws {
    struct Kept: Decodable {
      let decoder: any Decoder
      init(from decoder: any Decoder) { self.decoder = decoder }
    }
    let kept = try codec.decode([String: Kept].self, from: codec.encode(["a": [1, 2]]))
    var array = try #require(try kept["a"]?.decoder.unkeyedContainer())
    #expect(try array.decode(Int.self) == 1)
    #expect(throws: DecodingError.self) { try array.decode(String.self) }
    #expect(try array.decode(Int.self) == 2)
  }

  @Test func `errors of a type itself are passed on in words`() throws {
    struct Failure: Error, CustomStringConvertible {
      var description: String { "no\n\u{2028}\u{2029}way" }
    }
    struct Picky: Codable {
      init() {}
      func encode(to encoder: any Encoder) throws { throw Failure() }
      init(from decoder: any Decoder) throws {
        _ = try decoder.singleValueContainer().decode(Int.self)
        throw Failure()
      }
    }
    let encoding = #expect(throws: CodecError.self) { try codec.encode([Picky()]) }
    #expect(encoding?.description == "cannot encode the value: no\\n\\u{2028}\\u{2029}way")
    let bytes = try codec.encode(["a": [5], "b": [6, 7]])
    let decoding = #expect(throws: CodecError.self) {
      try codec.decode([String: [Picky]].self, from: bytes)
    }
    // Which key a dictionary begins with is its own affair.
    let places = [
      "cannot decode a[0] at byte 4: no\\n\\u{2028}\\u{2029}way",
      "cannot decode b[0] at byte 8: no\\n\\u{2028}\\u{2029}way",
    ]
    #expect(places.contains(decoding?.description ?? ""))
    struct Verbose: Encodable {
      func encode(to encoder: any Encoder) throws {
        throw CodecError(.decode, String(repeating: "x", count: 10_000))
      }
    }
    let long = #expect(throws: CodecError.self) { try codec.encode(Verbose()) }
    #expect((long?.description.count ?? .max) < 400)
    struct Refusing: Encodable {
      func encode(to encoder: any Encoder) throws {
        let context = EncodingError.Context(codingPath: encoder.codingPath, debugDescription: "no")
        throw EncodingError.invalidValue(0, context)
      }
    }
    let refusal = #expect(throws: CodecError.self) { try codec.encode([[Refusing()]]) }
    #expect(refusal?.description == "cannot encode [0][0]: no")
  }
}
