//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import Glibc

/// Something that a campaign needs cannot be had.
public struct RunnerError: Error, Sendable, CustomStringConvertible {
  /// What, and what to do, in one line.
  public let description: String

  init(_ description: String) { self.description = description }

  /// With what the system says.
  init(_ description: String, errno code: CInt) {
    self.init("\(description): \(String(cString: strerror(code)))")
  }
}
