//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import CMoonpoolAssertions

/// Where a call of `buggify` stands: a line of a file, or a name.
@usableFromInline
struct BuggifyPlace {
  /// The file, or the name.
  @usableFromInline let text: StaticString
  /// One more than the line; 0 for a name.
  @usableFromInline let line: UInt64

  @inlinable @inline(__always)
  init(_ text: StaticString, _ line: UInt?) {
    self.text = text
    self.line = line.map { UInt64($0) &+ 1 } ?? 0
  }

  /// Its site in the calling run: never nil, but that needs no check on the way.
  @inlinable @inline(__always)
  func site(_ buggify: UnsafePointer<mp_buggify>) -> UnsafeMutablePointer<mp_buggify_site>? {
    mp_buggify_find(buggify, text.text, text.utf8CodeUnitCount, line)
  }

  /// Whether it fires at this visit.
  @inlinable @inline(__always)
  func fires(_ buggify: UnsafePointer<mp_buggify>, _ probability: Double) -> Bool {
    mp_buggify_visit(buggify, site(buggify), probability)
  }

  /// A number below a bound (0: any of 64 bits) if it fires at this visit.
  func draw(below bound: UInt64) -> UInt64? {
    guard let buggify = mp_buggify_here() else { return nil }
    let site = site(buggify)
    guard mp_buggify_visit(buggify, site, .nan) else { return nil }
    return buggify.pointee.draw(site, bound)
  }
}
