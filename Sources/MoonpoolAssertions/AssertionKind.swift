//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What an assertion claims, and with that what a campaign must have seen of it.
///
/// Two things can be wrong with an assertion. It *failed*: then the run fails, and with it the
/// campaign. Or it was *missed*: the campaign ended and what it asks for was never seen; each case
/// says when that is. The vocabulary is that of Antithesis.
public enum AssertionKind: UInt8, Sendable, Hashable, CaseIterable, Codable {
  /// Holds whenever it is evaluated. Failed by one `false`; missed if it was never evaluated.
  case always
  /// Holds whenever it is evaluated, if it ever is. Failed by one `false`; never missed.
  case alwaysOrUnreachable
  /// Holds at least once. Never failed; missed if it never held.
  case sometimes
  /// Is evaluated at least once. Never failed; missed if it never was.
  case reachable
  /// Is never evaluated. Failed by one evaluation; never missed.
  case unreachable
  /// A value that is always greater than another. As ``always``.
  case alwaysGreaterThan
  /// A value that is always at least another. As ``always``.
  case alwaysAtLeast
  /// A value that is always less than another. As ``always``.
  case alwaysLessThan
  /// A value that is always at most another. As ``always``.
  case alwaysAtMost
  /// A value that is greater than another at least once. As ``sometimes``.
  case sometimesGreaterThan
  /// A value that is at least another at least once. As ``sometimes``.
  case sometimesAtLeast
  /// A value that is less than another at least once. As ``sometimes``.
  case sometimesLessThan
  /// A value that is at most another at least once. As ``sometimes``.
  case sometimesAtMost
  /// All of several conditions hold at the same time at least once. Never failed; missed otherwise.
  case sometimesAll
  /// As many combinations of keys as can be had. Never failed, and missed only without any.
  case sometimesEach

  /// Whether a `false` fails the run.
  public var canFail: Bool {
    switch self {
    case .always, .alwaysOrUnreachable, .unreachable, .alwaysGreaterThan, .alwaysAtLeast,
      .alwaysLessThan, .alwaysAtMost:
      true
    case .sometimes, .reachable, .sometimesGreaterThan, .sometimesAtLeast, .sometimesLessThan,
      .sometimesAtMost, .sometimesAll, .sometimesEach:
      false
    }
  }

  /// Whether it asks for something to be seen.
  public var canBeMissed: Bool { self != .alwaysOrUnreachable && self != .unreachable }

  /// Of a numeric kind, whether the value worth knowing is the least that was seen, or the
  /// greatest: the one that came nearest to failing, or to holding.
  @inlinable @inline(__always)
  var keepsLeast: Bool {
    switch self {
    case .alwaysGreaterThan, .alwaysAtLeast, .sometimesLessThan, .sometimesAtMost: true
    default: false
    }
  }
}

/// An assertion in the source.
///
/// Two with the same words are two, if they are of different kinds or in different places.
public struct AssertionSite: Sendable, Hashable, Codable {
  /// What it claims.
  public var kind: AssertionKind
  /// Its words.
  public var message: String
  /// `Module/File.swift`.
  public var file: String
  /// The line, from 1.
  public var line: Int

  /// Creates the identity of an assertion.
  public init(_ kind: AssertionKind, _ message: String, file: String, line: Int) {
    self.kind = kind
    self.message = message
    self.file = file
    self.line = line
  }

  /// Its line and its kind tell it from most others; a campaign asks for it in each run, and its
  /// words are long.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(line)
    hasher.combine(kind)
  }
}

extension AssertionSite: Comparable {
  /// By file, line, message and kind.
  public static func < (one: AssertionSite, other: AssertionSite) -> Bool {
    (one.file, one.line, one.message, one.kind.rawValue)
      < (other.file, other.line, other.message, other.kind.rawValue)
  }
}

extension AssertionSite: CustomStringConvertible {
  /// `always "an acknowledged write survives" (Shop/Store.swift:12)`.
  public var description: String { "\(kind) \"\(message)\" (\(file):\(line))" }
}
