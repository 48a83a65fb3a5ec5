//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension NetworkAddress {
  /// Reads `ip:port` or `[ip]:port`, the latter for IPv6 alone, and flags after it.
  ///
  /// The flags are `:tls`, `:public` or `:tls:public`. The port is a decimal number without zeros
  /// at the front.
  public init(parsing text: String) throws(NetworkAddressParseError) {
    let (ip, rest) =
      text.utf8.first == UInt8(ascii: "[") ? try Self.bracketed(text) : try Self.plain(text)
    var scanner = ByteScanner(rest)
    guard scanner.take(":") else { throw .missingPort(text) }
    guard let port = scanner.number(upTo: UInt64(UInt16.max)) else { throw .invalidPort(text) }
    guard scanner.isAtEnd || scanner.next == UInt8(ascii: ":") else { throw .invalidPort(text) }
    guard let flags = Self.flags(of: rest) else { throw .invalidFlags(text) }
    self.init(ip: ip, port: UInt16(port), flags: flags)
  }

  /// The address as it is read: `10.0.0.1:4500`, `[::1]:4500:tls`.
  public var description: String {
    ip.family == .v4 ? "\(ip):\(port)\(flags)" : "[\(ip)]:\(port)\(flags)"
  }

  /// Splits `[ip]rest`.
  private static func bracketed(
    _ text: String
  ) throws(NetworkAddressParseError) -> (IPAddress, Substring) {
    guard let end = text.utf8.firstIndex(of: UInt8(ascii: "]")) else {
      throw .unclosedBracket(text)
    }
    let ip = try self.ip(text[..<end].dropFirst(bytes: 1), in: text)
    guard ip.family == .v6 else { throw .bracketedIPv4(text) }
    let rest = text[end...].dropFirst(bytes: 1)
    guard rest.isEmpty || rest.utf8.first == UInt8(ascii: ":") else {
      throw .missingColon(text)
    }
    return (ip, rest)
  }

  /// Splits `ip:rest`.
  private static func plain(
    _ text: String
  ) throws(NetworkAddressParseError) -> (IPAddress, Substring) {
    let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) ?? text.endIndex
    do throws(NetworkAddressParseError) {
      return (try ip(text[..<colon], in: text), text[colon...])
    } catch {
      // What looks like IPv6, with a port or without, gets an answer that helps.
      let lastColon = text.utf8.lastIndex(of: UInt8(ascii: ":")) ?? text.endIndex
      for candidate in [text[...], text[..<lastColon]] {
        if let address = try? IPAddress(parsing: candidate), address.family == .v6 {
          throw .unbracketedIPv6(text)
        }
      }
      throw error
    }
  }

  private static func ip(
    _ part: Substring, in text: String
  ) throws(NetworkAddressParseError) -> IPAddress {
    do throws(IPAddressParseError) {
      return try IPAddress(parsing: part)
    } catch {
      throw .invalidIP(text, reason: error.reason)
    }
  }

  /// The flags at the end of `:port` and what follows; nil if that is nothing known.
  private static func flags(of rest: Substring) -> Flags? {
    let suffix = rest.utf8.dropFirst().drop { $0 != UInt8(ascii: ":") }
    let all: [Flags] = [[], .tls, .public, [.tls, .public]]
    return all.first { $0.description.utf8.elementsEqual(suffix) }
  }
}

/// Why a text is no network address. Each case holds the text as it was given.
public enum NetworkAddressParseError: Error, Sendable, Hashable {
  /// What stands before the port is no IP address, for the reason given.
  case invalidIP(String, reason: String)
  /// The port is no decimal number from 0 to 65535 without zeros at the front.
  case invalidPort(String)
  /// There is no port.
  case missingPort(String)
  /// An IPv6 address isn't in brackets, so that nobody could tell where its port begins.
  case unbracketedIPv6(String)
  /// An IPv4 address is in brackets.
  case bracketedIPv4(String)
  /// A bracket is opened and not closed.
  case unclosedBracket(String)
  /// What follows the closing bracket is no colon.
  case missingColon(String)
  /// What follows the port is neither `:tls` nor `:public` nor `:tls:public`.
  case invalidFlags(String)

  /// The text as it was given.
  public var text: String {
    switch self {
    case .invalidIP(let text, _), .invalidPort(let text), .missingPort(let text),
      .unbracketedIPv6(let text), .bracketedIPv4(let text), .unclosedBracket(let text),
      .missingColon(let text), .invalidFlags(let text):
      text
    }
  }

  /// What is wrong with the text.
  public var reason: String {
    switch self {
    case .invalidIP(_, let reason): reason
    case .invalidPort: "the port is no decimal number from 0 to 65535 without zeros at the front"
    case .missingPort: "it has no port; write ip:port"
    case .unbracketedIPv6: "IPv6 goes in brackets; write [ip]:port"
    case .bracketedIPv4: "IPv4 goes without brackets; write ip:port"
    case .unclosedBracket: "the bracket is not closed; write [ip]:port"
    case .missingColon: "a colon follows the bracket; write [ip]:port"
    case .invalidFlags: "':tls', ':public' or ':tls:public' may follow the port, nothing else"
    }
  }
}

extension NetworkAddressParseError: CustomStringConvertible {
  /// One line: the text, and what is wrong with it.
  public var description: String { "malformed network address \(text.quoted): \(reason)" }
}
