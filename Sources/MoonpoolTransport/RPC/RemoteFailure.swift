//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolCore

/// An error that a handler threw, as its caller gets it.
public struct RemoteFailure: Error, Sendable, Hashable, Codable, CustomStringConvertible {
  private enum CodingKeys: Int, CodingKey {
    case typeName = 0
    case message = 1
    case value = 2
  }

  /// The error's type: `OutOfStock`.
  public let typeName: String
  /// The error in words.
  public let message: String
  /// The error itself, in the codec of the transport; nil if its type isn't `Codable`.
  let value: [UInt8]?

  /// An error as it travels.
  init(_ error: any Error, _ codec: some MessageCodec) {
    typeName = "\(type(of: error))"
    message = "\(error)"
    value = (error as? any Encodable).flatMap { try? codec.encode($0) }
  }

  /// The error itself; nil if it was of another type, or isn't `Codable`.
  ///
  /// - Parameter codec: The one of both transports.
  public func error<Failure: Error & Decodable>(
    as type: Failure.Type, codec: some MessageCodec = BinaryCodec()
  ) -> Failure? {
    guard typeName == "\(type)", let value else { return nil }
    return try? codec.decode(type, from: value)
  }

  public var description: String { "\(typeName): \(message)" }
}
