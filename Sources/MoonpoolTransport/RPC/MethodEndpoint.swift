//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolCore

/// A method that a node serves: where it is, what it takes, what it answers.
///
/// It can be sent as data, alone or in an interface of several, and be called by whoever gets it:
///
/// ```swift
/// struct WorkerInterface: Codable, Sendable {
///   var run: MethodEndpoint<Job, Outcome>
///   var stop: MethodEndpoint<Stop, Nothing>
/// }
/// let outcome = try await transport.bind(worker.run).getReply(job)
/// ```
public struct MethodEndpoint<Request, Reply>: Sendable, Hashable, Codable {
  /// Where it is.
  public var endpoint: Endpoint

  /// Names a method at an endpoint. Nobody checks that it takes and answers what is claimed.
  public init(_ endpoint: Endpoint) { self.endpoint = endpoint }

  /// Reads what an endpoint is encoded as.
  public init(from decoder: any Decoder) throws { endpoint = try Endpoint(from: decoder) }

  public func encode(to encoder: any Encoder) throws { try endpoint.encode(to: encoder) }
}

/// A method whose answer is a stream of elements; see ``MethodEndpoint``.
public struct StreamEndpoint<Request, Element>: Sendable, Hashable, Codable {
  /// Where it is.
  public var endpoint: Endpoint

  /// Names a method at an endpoint. Nobody checks that it takes and answers what is claimed.
  public init(_ endpoint: Endpoint) { self.endpoint = endpoint }

  /// Reads what an endpoint is encoded as.
  public init(from decoder: any Decoder) throws { endpoint = try Endpoint(from: decoder) }

  public func encode(to encoder: any Encoder) throws { try endpoint.encode(to: encoder) }
}

/// An answer, or a request, that says nothing.
public struct Nothing: Sendable, Hashable, Codable {
  /// Makes it.
  public init() {}
}

extension UID {
  /// The id of a well-known service: `.wellKnown(7)`.
  ///
  /// - Parameter number: From 3 to 63: the transport has the first three for itself, and the others
  ///   are no well-known tokens.
  public static func wellKnown(_ number: UInt64) -> UID {
    let token = WellKnownToken(rawValue: number)
    precondition(
      token >= .firstAvailable && token.isReserved,
      "a well-known service has a number from 3 to 63, not \(number)")
    return UID(token)
  }
}
