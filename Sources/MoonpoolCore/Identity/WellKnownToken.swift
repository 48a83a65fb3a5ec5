//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// A token that is the same on every node, so that it can be used before anything was exchanged.
///
/// Tokens below ``firstAvailable`` belong to the transport. A program numbers its own from there to
/// the end of ``reserved``:
///
/// ```swift
/// extension WellKnownToken {
///   static let coordinator = WellKnownToken(rawValue: firstAvailable.rawValue)
/// }
/// ```
public struct WellKnownToken: RawRepresentable, Sendable, Hashable, Comparable, Codable {
  /// The number of the token.
  public var rawValue: UInt64

  /// Makes the token of a number.
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// Says that a message was for an endpoint that isn't there.
  public static let endpointNotFound = WellKnownToken(rawValue: 0)
  /// Asks whether the other side is alive.
  public static let ping = WellKnownToken(rawValue: 1)
  /// Says that a message was for an endpoint that its sender may not use.
  public static let unauthorizedEndpoint = WellKnownToken(rawValue: 2)
  /// The first token that the transport doesn't use itself.
  public static let firstAvailable = WellKnownToken(rawValue: 3)

  /// The numbers kept for well-known tokens: 64 of them, from 0.
  public static let reserved: Range<UInt64> = 0..<64

  /// Whether the number is one of those kept for well-known tokens.
  public var isReserved: Bool { Self.reserved.contains(rawValue) }

  public static func < (a: WellKnownToken, b: WellKnownToken) -> Bool { a.rawValue < b.rawValue }
}

extension WellKnownToken: CustomStringConvertible {
  /// The name of a token of the transport, else its number.
  public var description: String {
    switch self {
    case .endpointNotFound: "endpointNotFound"
    case .ping: "ping"
    case .unauthorizedEndpoint: "unauthorizedEndpoint"
    default: "token \(rawValue)"
    }
  }
}
