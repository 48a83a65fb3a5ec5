//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public struct IPAddress: Sendable, Hashable, CustomStringConvertible {
  var value: UInt32
  public init(_ text: String) throws {
    let parts = text.split(separator: ".").compactMap { UInt32($0) }
    guard parts.count == 4 else { throw NetworkError(.invalidArgument, "parse", text) }
    value = parts.reduce(0) { $0 << 8 | $1 }
  }
  public var isLoopback: Bool { value >> 24 == 127 }
  public var isUnspecified: Bool { value == 0 }
  public var description: String { "\(value >> 24).\(value >> 16 & 255).\(value >> 8 & 255).\(value & 255)" }
}
public struct NetworkAddress: Sendable, Hashable, CustomStringConvertible {
  public var ip: IPAddress
  public var port: UInt16
  public init(ip: IPAddress, port: UInt16) {
    self.ip = ip
    self.port = port
  }
  public var description: String { "\(ip):\(port)" }
}
public struct Locality: Sendable, Hashable {
  public init() {}
}
