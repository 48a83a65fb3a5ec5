//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Why a network operation failed.
public struct NetworkError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What went wrong, named after the POSIX error that a real socket reports.
  public enum Code: String, Sendable, Hashable, CaseIterable {
    /// Nobody listens there (ECONNREFUSED).
    case connectionRefused
    /// The other end closed the connection forcibly (ECONNRESET).
    case connectionReset
    /// No answer in time (ETIMEDOUT).
    case timedOut
    /// The other end does not read any more, or this end has finished writing (EPIPE).
    case brokenPipe
    /// Something else listens there (EADDRINUSE).
    case addressInUse
    /// The address is not this node's, or no port is free (EADDRNOTAVAIL).
    case addressNotAvailable
    /// No way leads there (EHOSTUNREACH).
    case hostUnreachable
    /// The name stands for nothing (EAI_NONAME).
    case nameNotFound
    /// A datagram of more than 65,507 bytes (EMSGSIZE).
    case messageTooLarge
    /// Too many sockets are open (EMFILE).
    case tooManyConnections
    /// This end has been closed (EBADF).
    case closed
    /// An argument is out of range (EINVAL).
    case invalidArgument
  }

  /// What went wrong.
  public var code: Code
  /// The operation, such as `connect`.
  public var operation: String
  /// The other end, as far as known.
  public var address: String

  /// Creates an error.
  public init(_ code: Code, _ operation: String, _ address: String = "") {
    self.code = code
    self.operation = operation
    self.address = address
  }

  public var description: String {
    address.isEmpty
      ? "\(operation): \(code.rawValue)" : "\(operation) \(address): \(code.rawValue)"
  }
}
