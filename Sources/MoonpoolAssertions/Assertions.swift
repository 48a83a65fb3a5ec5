//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import CMoonpoolAssertions

// Every assertion is inlined into its caller as far as counting goes that it held, which is all
// that happens a million times a second: one load of the thread's table, one look-up by the
// literal's address, one addition. Everything else is a call.

/// Claims that a condition holds whenever this line is reached, and that it is reached.
///
/// In a simulation a `false` fails the run, which goes on to its end. Elsewhere nothing happens,
/// unless somebody listens: ``Assertions/observe(_:)``.
///
/// - Parameters:
///   - message: What is claimed, in words that complete "… violated". A literal, since the words
///     are part of the assertion's identity; what varies goes into `detail`.
///   - detail: What was seen; evaluated on failure alone.
@inlinable @inline(__always)
public func assertAlways(
  _ condition: Bool, _ message: StaticString, _ detail: @autoclosure () -> String = "",
  file: StaticString = #fileID, line: UInt32 = #line
) {
  Assertions.check(.always, condition, message, detail, file, line)
}

/// Claims that a condition holds whenever this line is reached, if it ever is.
///
/// As ``assertAlways(_:_:_:file:line:)``, but a campaign may end without having been here.
@inlinable @inline(__always)
public func assertAlwaysOrUnreachable(
  _ condition: Bool, _ message: StaticString, _ detail: @autoclosure () -> String = "",
  file: StaticString = #fileID, line: UInt32 = #line
) {
  Assertions.check(.alwaysOrUnreachable, condition, message, detail, file, line)
}

/// Claims that this line is never reached.
///
/// - Parameters:
///   - message: What is claimed, in words that complete "… violated".
///   - detail: What was seen.
@inlinable @inline(__always)
public func assertUnreachable(
  _ message: StaticString, _ detail: @autoclosure () -> String = "",
  file: StaticString = #fileID, line: UInt32 = #line
) {
  Assertions.check(.unreachable, false, message, detail, file, line)
}

/// Claims that a condition holds at least once in a campaign: that its seeds get that far.
///
/// No single run fails because of it.
@inlinable @inline(__always)
public func assertSometimes(
  _ condition: Bool, _ message: StaticString, file: StaticString = #fileID, line: UInt32 = #line
) {
  Assertions.check(.sometimes, condition, message, { "" }, file, line)
}

/// Claims that this line is reached at least once in a campaign.
@inlinable @inline(__always)
public func assertReachable(
  _ message: StaticString, file: StaticString = #fileID, line: UInt32 = #line
) {
  Assertions.check(.reachable, true, message, { "" }, file, line)
}

extension Assertions {
  /// Counts an evaluation, and tells whom it concerns.
  @inlinable @inline(__always)
  static func check(
    _ kind: AssertionKind, _ holds: Bool, _ message: StaticString, _ detail: () -> String,
    _ file: StaticString, _ line: UInt32
  ) {
    if let site = find(kind, message, file, line) {
      if holds && site.pointee.run.passes > 0 {
        site.pointee.run.passes &+= 1
      } else {
        count(site, kind, holds, holds ? "" : detail())
      }
    } else if mp_assertions_are_observed() {
      tellObserver(kind, holds, message, file, line, holds ? "" : detail())
    }
  }

  /// The assertion in the calling thread's table; nil if there is none.
  @inlinable @inline(__always)
  static func find(
    _ kind: AssertionKind, _ message: StaticString, _ file: StaticString, _ line: UInt32
  ) -> UnsafeMutablePointer<mp_assertion_site>? {
    declare(kind, message, file, line)
    return mp_assertion_find(
      UInt32(kind.rawValue), message.text, message.utf8CodeUnitCount, file.text,
      file.utf8CodeUnitCount, line)
  }

  /// Leaves a record in an optimised program: see ``compiled``.
  @inlinable @inline(__always)
  static func declare(
    _ kind: AssertionKind, _ message: StaticString, _ file: StaticString, _ line: UInt32
  ) {
    mp_assertion_declare(
      UInt32(kind.rawValue), message.text, message.utf8CodeUnitCount, file.text,
      file.utf8CodeUnitCount, line)
  }

  /// What the inlined part leaves alone: the first pass of a run, and failures.
  @usableFromInline @inline(never)
  static func count(
    _ site: UnsafeMutablePointer<mp_assertion_site>, _ kind: AssertionKind, _ holds: Bool,
    _ detail: String
  ) {
    mp_assertion_count(site, holds)
    // Of a run's failures of one assertion the first says what there is to say.
    if !holds, kind.canFail, site.pointee.run.fails == 1 {
      AssertionHook.responder?.failed(AssertionSite(site.pointee), detail)
    }
  }

  @usableFromInline @inline(never)
  static func tellObserver(
    _ kind: AssertionKind, _ holds: Bool, _ message: StaticString, _ file: StaticString,
    _ line: UInt32, _ detail: String
  ) {
    guard let observer = AssertionHook.observer else { return }
    // Tasks that are left over after a simulation's verdict count nowhere.
    if AssertionHook.responder?.isSimulated == true { return }
    let site = AssertionSite(kind, "\(message)", file: "\(file)", line: Int(line))
    observer.observed(site, holds: holds, detail: detail)
  }
}

extension StaticString {
  /// Its UTF-8. A literal of a single Unicode scalar has none: that is no message.
  @inlinable @inline(__always)
  var text: UnsafePointer<CChar>? {
    UnsafeRawPointer(utf8Start).assumingMemoryBound(to: CChar.self)
  }
}

extension AssertionSite {
  /// What a table says of itself.
  init(_ site: mp_assertion_site) {
    self.init(
      AssertionKind(rawValue: UInt8(site.kind))!, Self.text(site.message, site.message_length),
      file: Self.text(site.file, site.file_length), line: Int(site.line))
  }

  private static func text(_ start: UnsafePointer<CChar>?, _ count: Int) -> String {
    String(
      decoding: UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count),
      as: UTF8.self)
  }
}
