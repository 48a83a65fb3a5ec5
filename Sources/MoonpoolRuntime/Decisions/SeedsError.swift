//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What is wrong with the seeds that a run or a campaign was given.
public struct SeedsError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kinds of errors; new ones may be added.
  public struct Code: Hashable, Sendable {
    private enum Raw { case malformed, malformedFile, unreadableFile }
    private let raw: Raw

    /// A text that names no seeds.
    public static var malformed: Code { Code(raw: .malformed) }
    /// A seed list with a line that names no seeds.
    public static var malformedFile: Code { Code(raw: .malformedFile) }
    /// A seed list that does not exist or cannot be read.
    public static var unreadableFile: Code { Code(raw: .unreadableFile) }

    /// The exit status that sysexits.h has for this: 64 (usage), 65 (data) or 66 (no input).
    public var exitCode: Int32 {
      switch raw {
      case .malformed: 64
      case .malformedFile: 65
      case .unreadableFile: 66
      }
    }
  }

  /// What kind of error this is.
  public var code: Code
  /// One line: what, where, and what to write instead.
  public var message: String

  /// The exit status that a command should end with because of this error.
  public var exitCode: Int32 { code.exitCode }

  /// The message.
  public var description: String { message }
}
