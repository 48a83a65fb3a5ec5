//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// The address of one life of a node: after a restart it is the same address, one generation on.
///
/// The text is `10.0.0.1:4500@gen3`; it is also how it is coded.
public struct NodeAddress: Sendable, Hashable, Comparable, TextForm {
  /// Where the node can be reached.
  public var address: NetworkAddress
  /// Which life of the node is meant; a later one has a larger number.
  public var generation: UInt64

  /// Makes the address of one life.
  public init(address: NetworkAddress, generation: UInt64) {
    self.address = address
    self.generation = generation
  }

  /// Reads `address@genN`, where N is a decimal number of 64 bits without zeros at the front.
  public init(parsing text: String) throws(NodeAddressParseError) {
    guard let mark = text.utf8.lastIndex(of: UInt8(ascii: "@")) else {
      throw .missingGeneration(text)
    }
    let suffix = text[mark...].dropFirst(bytes: 1)
    guard suffix.utf8.starts(with: "gen".utf8) else { throw .missingGeneration(text) }
    var scanner = ByteScanner(suffix.dropFirst(bytes: 3))
    guard let generation = scanner.number(upTo: .max), scanner.isAtEnd else {
      throw .invalidGeneration(text)
    }
    do throws(NetworkAddressParseError) {
      self.init(
        address: try NetworkAddress(parsing: String(text[..<mark])), generation: generation)
    } catch {
      throw .invalidAddress(text, error)
    }
  }

  /// The address as it is read: `10.0.0.1:4500@gen3`.
  public var description: String { "\(address)@gen\(generation)" }

  /// Orders by address, and the lives of one address by age, the first one first.
  public static func < (a: NodeAddress, b: NodeAddress) -> Bool {
    a.address == b.address ? a.generation < b.generation : a.address < b.address
  }

  /// Reads the text form.
  public init(from decoder: any Decoder) throws { try self.init(textFrom: decoder) }

  public func encode(to encoder: any Encoder) throws { try encodeText(to: encoder) }
}

/// Why a text is no node address. Each case holds the text as it was given.
public enum NodeAddressParseError: Error, Sendable, Hashable {
  /// What stands before the generation is no network address.
  case invalidAddress(String, NetworkAddressParseError)
  /// There is no `@gen`.
  case missingGeneration(String)
  /// What follows `@gen` is no decimal number of 64 bits without zeros at the front.
  case invalidGeneration(String)

  /// The text as it was given.
  public var text: String {
    switch self {
    case .invalidAddress(let text, _), .missingGeneration(let text), .invalidGeneration(let text):
      text
    }
  }

  /// What is wrong with the text.
  public var reason: String {
    switch self {
    case .invalidAddress(_, let error): error.reason
    case .missingGeneration: "it has no generation; write ip:port@genN"
    case .invalidGeneration:
      "the generation is no decimal number of 64 bits without zeros at the front"
    }
  }
}

extension NodeAddressParseError: CustomStringConvertible {
  /// One line: the text, and what is wrong with it.
  public var description: String { "malformed node address \(text.quoted): \(reason)" }
}
