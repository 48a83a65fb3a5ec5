//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import GRDB

/// A history cannot be used: what, where, and what to do, in one line.
public struct HistoryError: Error, Sendable, CustomStringConvertible {
  /// What kind of trouble it is.
  public enum Code: Sendable, Hashable {
    /// The file is damaged, or no database.
    case damaged
    /// Another process keeps it to itself.
    case locked
    /// It cannot be opened, made or written.
    case unavailable
    /// A later version has written it.
    case newer
    /// It is a database of another program.
    case foreign
  }

  /// What kind of trouble it is.
  public let code: Code
  /// What, where and what to do.
  public let description: String

  init(_ code: Code, _ file: String, _ detail: String = "") {
    self.code = code
    let reason =
      detail.isEmpty ? "" : " (\(detail.split(whereSeparator: \.isNewline).joined(separator: " ")))"
    description =
      switch code {
      case .damaged:
        "the history \(file) is damaged\(reason); move it away, and the next campaign makes "
          + "a new one"
      case .locked:
        "the history \(file) is kept locked by another process\(reason); end that, or give another "
          + "file with --history"
      case .unavailable:
        "the history \(file) cannot be used\(reason); give another file with --history, or none "
          + "with --no-history"
      case .newer:
        "the history \(file) is of a later version of Moonpool\(reason); use that, or give another "
          + "file with --history"
      case .foreign:
        "\(file) is a database of another program; give another file with --history"
      }
  }

  init(_ error: any Error, _ file: String) {
    switch error {
    case let error as HistoryError: self = error
    case let error as DatabaseError:
      let code: Code =
        switch error.resultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT: .damaged
        case .SQLITE_BUSY, .SQLITE_LOCKED: .locked
        default: .unavailable
        }
      self.init(code, file, error.message ?? "\(error.resultCode)")
    default: self.init(.unavailable, file, "\(error)")
    }
  }
}
