//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import CMoonpoolAssertions

/// Claims that all of several conditions hold at the same time, at least once in a campaign.
///
/// The report says how many held together at most, and which; an exploration goes on from where one
/// more does.
///
/// ```swift
/// assertSometimesAll("the cluster is as bad as it gets", [
///   "leader lost": leader == nil, "log full": log.isFull, "disk slow": disk.isSlow,
/// ])
/// ```
///
/// - Parameter conditions: By name, at least one and at most 64: of more, the first 64 are seen.
@inlinable @inline(__always)
public func assertSometimesAll(
  _ message: StaticString, _ conditions: KeyValuePairs<StaticString, Bool>,
  file: StaticString = #fileID, line: UInt32 = #line
) {
  Assertions.declare(.sometimesAll, message, file, line)
  sometimesAll(message, conditions, file, line)
}

@usableFromInline @inline(never)
func sometimesAll(
  _ message: StaticString, _ conditions: KeyValuePairs<StaticString, Bool>, _ file: StaticString,
  _ line: UInt32
) {
  let holds = !conditions.isEmpty && conditions.allSatisfy(\.value)
  guard let site = Assertions.find(.sometimesAll, message, file, line) else {
    if mp_assertions_are_observed() {
      Assertions.tellObserver(.sometimesAll, holds, message, file, line, "")
    }
    return
  }
  var mask: UInt64 = 0
  for (index, condition) in conditions.prefix(64).enumerated() where condition.value {
    mask |= 1 << UInt64(index)
  }
  if site.pointee.names == nil { AssertionNames.keep(conditions.map { "\($0.key)" }, of: site) }
  Assertions.count(site, .sometimesAll, holds, "")
  mp_assertion_note(site, Int64(mask.nonzeroBitCount), mask, false)
}

/// Counts combinations of keys, each of which is worth reaching: rooms of a maze, pairs of states.
///
/// The report says how many there were; an exploration goes on from each new one, and from those
/// reached with a better `quality`.
///
/// - Parameters:
///   - keys: By name, at most 8.
///   - quality: How good the state is with which the combination was reached, the most significant
///     value first, at most 4; more is better.
@inlinable @inline(__always)
public func assertSometimesEach(
  _ message: StaticString, _ keys: KeyValuePairs<StaticString, Int>, quality: [Int] = [],
  file: StaticString = #fileID, line: UInt32 = #line
) {
  Assertions.declare(.sometimesEach, message, file, line)
  sometimesEach(message, keys, quality, file, line)
}

@usableFromInline @inline(never)
func sometimesEach(
  _ message: StaticString, _ keys: KeyValuePairs<StaticString, Int>, _ quality: [Int],
  _ file: StaticString, _ line: UInt32
) {
  guard let site = Assertions.find(.sometimesEach, message, file, line) else {
    if mp_assertions_are_observed() {
      Assertions.tellObserver(.sometimesEach, true, message, file, line, "")
    }
    return
  }
  // Not preconditions: in release those say nothing.
  if keys.count > Int(MP_BUCKET_KEYS) {
    fatalError("assertSometimesEach takes at most \(MP_BUCKET_KEYS) keys, not \(keys.count)")
  }
  if quality.count > Int(MP_BUCKET_QUALITIES) {
    fatalError(
      "assertSometimesEach takes a quality of at most \(MP_BUCKET_QUALITIES) values, "
        + "not \(quality.count)")
  }
  if site.pointee.names == nil { AssertionNames.keep(keys.map { "\($0.key)" }, of: site) }
  Assertions.count(site, .sometimesEach, true, "")
  withUnsafeTemporaryAllocation(of: Int64.self, capacity: keys.count) { values in
    for (index, key) in keys.enumerated() {
      values.initializeElement(at: index, to: Int64(key.value))
    }
    withUnsafeTemporaryAllocation(of: Int64.self, capacity: max(1, quality.count)) { qualities in
      qualities.initialize(repeating: 0)
      for (index, value) in quality.enumerated() { qualities[index] = Int64(value) }
      mp_assertion_visit(
        site, values.baseAddress, UInt32(keys.count), qualities.baseAddress,
        UInt32(quality.count))
    }
  }
}

/// The names of an assertion's conditions or keys, as its first evaluation has them.
final class AssertionNames {
  let all: [String]

  private init(_ all: [String]) { self.all = all }

  /// Remembers them until the table of the site goes.
  static func keep(_ names: [String], of site: UnsafeMutablePointer<mp_assertion_site>) {
    site.pointee.names = UnsafeRawPointer(
      Unmanaged.passRetained(AssertionNames(names)).toOpaque())
  }

  static func of(_ site: mp_assertion_site) -> [String] {
    reference(site)?.takeUnretainedValue().all ?? []
  }

  /// Forgets them.
  static func release(_ site: mp_assertion_site) { reference(site)?.release() }

  private static func reference(_ site: mp_assertion_site) -> Unmanaged<AssertionNames>? {
    site.names.map { Unmanaged.fromOpaque($0) }
  }
}
