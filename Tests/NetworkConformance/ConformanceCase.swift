//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

@_exported public import ConformanceSupport
import MoonpoolCore

/// One thing that programs rely on in a kernel's TCP and UDP (Linux's where kernels differ).
///
/// Written against the provider protocols alone: what runs them decides whose network it is.
package struct ConformanceCase: Sendable, CustomStringConvertible {
  /// What holds.
  package let name: String
  /// What the testbed must be able to do.
  package let needs: Testbed.Capabilities
  /// Throws where it doesn't hold.
  package let body: @Sendable (Testbed) async throws -> Void

  init(
    _ name: String, needs: Testbed.Capabilities = [],
    _ body: @escaping @Sendable (Testbed) async throws -> Void
  ) {
    self.name = name
    self.needs = needs
    self.body = body
  }

  package var description: String { name }

  /// All cases.
  package static let all =
    connecting + accepting + finishing + closing + resets + bytes + pressure + cancellation
    + lifetimes + cuts + timeouts + keepAlive + datagrams + names
}

// MARK: Expectations

/// The operation fails with one of these codes.
@discardableResult
func requireFailure<Value>(
  _ codes: NetworkError.Code..., of what: String, _ operation: () async throws -> Value
) async throws -> NetworkError.Code {
  do {
    let value = try await operation()
    throw ConformanceFailure("\(what) succeeded with \(value), not \(codes)")
  } catch let error as NetworkError {
    if codes.contains(error.code) { return error.code }
    throw ConformanceFailure("\(what): \(error), not \(codes)")
  }
}

/// Lets what is under way arrive; then the operation fails with this code, with no other before.
func requireFailureOnceSettled<Value>(
  _ code: NetworkError.Code, of what: String, _ bed: Testbed,
  _ operation: () async throws -> Value
) async throws {
  for _ in 1..<bed.patience {
    try await bed.settle()
    do {
      _ = try await operation()
    } catch let error as NetworkError {
      return try requireEqual(error.code, code, what)
    }
  }
  try await bed.settle()
  try await requireFailure(code, of: what, operation)
}

/// The operation notices that its task was cancelled.
func requireCancellation<Value>(of what: String, _ task: Task<Value, any Error>) async throws {
  do {
    let value = try await task.value
    throw ConformanceFailure("\(what) succeeded with \(value) although cancelled")
  } catch is CancellationError {}
}

/// The stream is at its end, and stays there.
func requireEnd(_ connection: Connection, _ what: String) async throws {
  for _ in 0..<2 {
    if let bytes = try await connection.read() {
      throw ConformanceFailure("\(what): \(bytes.count) bytes, not the end of the stream")
    }
  }
}

// MARK: Bytes

/// Reads to the end of the stream.
func readAll(_ connection: Connection, atMost piece: Int = 65_536) async throws -> [UInt8] {
  var all: [UInt8] = []
  while let bytes = try await connection.read(atMost: piece) {
    try require(!bytes.isEmpty && bytes.count <= piece, "a read of \(piece) gave \(bytes.count)")
    all += bytes
  }
  return all
}
