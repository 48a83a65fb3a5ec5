//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

/// Takes whatever there is, so that only the check of the whole can refuse it.
struct Anything: Decodable {
  init(from decoder: any Decoder) {}
}

/// All that bytes can say, read through containers in containers.
indirect enum Tree: Codable {
  case null
  case bool(Bool)
  case signed(Int128)
  case unsigned(UInt128)
  case float(Double)
  case text(String)
  case bytes([UInt8])
  case array([Tree])
  /// Not a dictionary: keys that are equal as text may have other bytes.
  case map([(Key, Tree)])

  struct Key: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(stringValue: String) {
      self.stringValue = stringValue
      intValue = nil
    }

    init(intValue: Int) {
      stringValue = "\(intValue)"
      self.intValue = intValue
    }
  }

  init(from decoder: any Decoder) throws {
    if let map = try? decoder.container(keyedBy: Key.self) {
      self = try Tree(map)
    } else if let array = try? decoder.unkeyedContainer() {
      self = try Tree(array)
    } else {
      self = try Tree(decoder.singleValueContainer())
    }
  }

  private init(_ map: KeyedDecodingContainer<Key>) throws {
    var members: [(Key, Tree)] = []
    for (index, key) in map.allKeys.enumerated() {
      switch index % 3 {
      case 0: members.append((key, try map.decode(Tree.self, forKey: key)))
      case 1: members.append((key, try Tree(from: map.superDecoder(forKey: key))))
      default:
        if let inner = try? map.nestedContainer(keyedBy: Key.self, forKey: key) {
          members.append((key, try Tree(inner)))
        } else if let inner = try? map.nestedUnkeyedContainer(forKey: key) {
          members.append((key, try Tree(inner)))
        } else {
          members.append((key, try map.decode(Tree.self, forKey: key)))
        }
      }
    }
    self = .map(members)
  }

  private init(_ array: any UnkeyedDecodingContainer) throws {
    var array = array
    var elements: [Tree] = []
    while !array.isAtEnd {
      switch array.currentIndex % 3 {
      case 0: elements.append(try array.decode(Tree.self))
      case 1: elements.append(try Tree(from: array.superDecoder()))
      default:
        if try array.decodeNil() {
          elements.append(.null)
        } else if let inner = try? array.nestedContainer(keyedBy: Key.self) {
          elements.append(try Tree(inner))
        } else if let inner = try? array.nestedUnkeyedContainer() {
          elements.append(try Tree(inner))
        } else {
          elements.append(try array.decode(Tree.self))
        }
      }
    }
    self = .array(elements)
  }

  private init(_ single: any SingleValueDecodingContainer) throws {
    if single.decodeNil() {
      self = .null
    } else if let value = try? single.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? single.decode(Int128.self) {
      self = .signed(value)
    } else if let value = try? single.decode(UInt128.self) {
      self = .unsigned(value)
    } else if let value = try? single.decode(Double.self) {
      self = .float(value)
    } else if let value = try? single.decode(String.self) {
      self = .text(value)
    } else {
      self = .bytes(try single.decode([UInt8].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    switch self {
    case .null:
      var single = encoder.singleValueContainer()
      try single.encodeNil()
    case .bool(let value): try value.encode(to: encoder)
    case .signed(let value): try value.encode(to: encoder)
    case .unsigned(let value): try value.encode(to: encoder)
    case .float(let value): try value.encode(to: encoder)
    case .text(let value): try value.encode(to: encoder)
    case .bytes(let value):
      var single = encoder.singleValueContainer()
      try single.encode(value)
    case .array(let elements):
      var array = encoder.unkeyedContainer()
      for element in elements { try array.encode(element) }
    case .map(let members):
      var map = encoder.container(keyedBy: Key.self)
      // From the last to the first: the encoder has to sort them.
      for (key, value) in members.reversed() { try map.encode(value, forKey: key) }
    }
  }
}

/// A message with members of most kinds. All may be absent, so that few bytes reach any of them.
struct Message: Codable {
  enum Color: String, Codable {
    case red, green
  }

  enum Shape: Codable {
    case point
    case circle(radius: Double)
    case path([Int16], closed: Bool?)
    indirect case group([Shape], name: String)
  }

  enum CodingKeys: Int, CodingKey {
    case tiny = 0
    case small, large, single, text, bytes, optionals, names, numbers, set
    case color, shape, duration, range, closedRange, endpoint, node, locality, children
    case flags = -1
    case next = -300
  }

  var tiny: Int8?
  var small: UInt16?
  var large: Int64?
  var single: Float?
  var text: String?
  var bytes: [UInt8]?
  var optionals: [Int?]?
  var names: [String: Int]?
  var numbers: [Int: [String]]?
  var set: Set<Int32>?
  var color: Color?
  var shape: Shape?
  var duration: Duration?
  var range: Range<Int>?
  var closedRange: ClosedRange<UInt8>?
  var endpoint: Endpoint?
  var node: NodeAddress?
  var locality: Locality?
  var children: [Message]?
  var flags: NetworkAddress.Flags?
  var next: [String: Message]?

  static let small = Message(tiny: -1, color: .red, shape: .group([.point], name: ""))

  static var large: Message {
    let address = NetworkAddress(ip: IPAddress(v6High: 1, low: 2), port: 3, flags: .tls)
    return Message(
      tiny: 1, small: 1_000, large: .min, single: 1.5, text: "é", bytes: [1, 2, 3],
      optionals: [1, nil], names: ["a": 1, "7": 2], numbers: [7: ["b"], -1: []], set: [3, 70_000],
      shape: .path([1, -300], closed: true), duration: .milliseconds(5), range: 1..<9,
      closedRange: 0...255, endpoint: Endpoint(address: address, wellKnown: .ping),
      node: NodeAddress(address: address, generation: 8), locality: Locality(zone: "z"),
      children: [small, Message(shape: .circle(radius: 0.1))], flags: [.tls, .public],
      next: ["x": small])
  }
}
