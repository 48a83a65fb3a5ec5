//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Where a node can be reached: an IP address, a port, and how to speak there.
///
/// The text is `10.0.0.1:4500` or `[::1]:4500`; the flags follow as in FoundationDB's cluster
/// files: `10.0.0.1:4500:tls`. It is also how an address is coded.
public struct NetworkAddress: Sendable, Hashable, Comparable, TextForm {
  /// What is special about an address.
  public struct Flags: OptionSet, Sendable, Hashable, Codable {
    /// The bits; those without a meaning are always 0.
    public let rawValue: UInt16

    /// Makes flags of bits; those without a meaning are dropped.
    public init(rawValue: UInt16) { self.rawValue = rawValue & 0b11 }

    /// Connections are encrypted. In the text, `:tls`.
    public static let tls = Flags(rawValue: 1)
    /// Others may connect to it, where a client's address is only good for replies: `:public`.
    public static let `public` = Flags(rawValue: 2)
  }

  /// The address of the node.
  public var ip: IPAddress
  /// The port; 0 stands for any, where one is chosen by the system.
  public var port: UInt16
  /// What is special about the address.
  public var flags: Flags

  /// Makes an address.
  public init(ip: IPAddress, port: UInt16, flags: Flags = []) {
    self.ip = ip
    self.port = port
    self.flags = flags
  }

  /// Whether connections are encrypted.
  public var isTLS: Bool { flags.contains(.tls) }

  /// Whether others may connect to the address.
  public var isPublic: Bool { flags.contains(.public) }

  public static func < (a: NetworkAddress, b: NetworkAddress) -> Bool {
    if a.ip != b.ip { return a.ip < b.ip }
    return (a.port, a.flags.rawValue) < (b.port, b.flags.rawValue)
  }

  /// Reads the text form.
  public init(from decoder: any Decoder) throws { try self.init(textFrom: decoder) }

  public func encode(to encoder: any Encoder) throws { try encodeText(to: encoder) }
}

extension NetworkAddress.Flags: CustomStringConvertible {
  /// The flags as they follow a port: empty, `:tls`, `:public` or `:tls:public`.
  public var description: String {
    (contains(.tls) ? ":tls" : "") + (contains(.public) ? ":public" : "")
  }
}
