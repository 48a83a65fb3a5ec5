//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Something at a network address that takes messages: a token tells it from its neighbours.
public struct Endpoint: Sendable, Hashable, Comparable, Codable {
  /// Where the node can be reached.
  public var address: NetworkAddress
  /// What is meant on that node.
  public var token: UID

  /// Makes the endpoint of a token.
  public init(address: NetworkAddress, token: UID) {
    self.address = address
    self.token = token
  }

  /// Makes an endpoint that everybody can name who knows the address.
  public init(address: NetworkAddress, wellKnown token: WellKnownToken) {
    self.init(address: address, token: UID(token))
  }

  /// The endpoint at an index in the family of this one; see ``UID/adjusted(by:)``.
  public func adjusted(by index: UInt32) -> Endpoint {
    Endpoint(address: address, token: token.adjusted(by: index))
  }

  /// Whether the token can name something.
  public var isValid: Bool { token.isValid }

  public static func < (a: Endpoint, b: Endpoint) -> Bool {
    a.address == b.address ? a.token < b.token : a.address < b.address
  }
}

extension Endpoint: CustomStringConvertible {
  /// The address and the token: `10.0.0.1:4500#` and 32 hexadecimal digits.
  public var description: String { "\(address)#\(token)" }
}
