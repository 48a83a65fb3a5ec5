//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import CMoonpoolAssertions

extension Assertions {
  /// The assertions that were compiled into this program, whether or not anything ever gets there,
  /// each once, by place in the source.
  ///
  /// The linker knows them, in optimised builds on x86-64 Linux: elsewhere there are none. One
  /// whose message is no literal where it stands, as in a function that passes it on and isn't
  /// inlined, is not among them; nor is one of a dynamic library that has its own copy of this
  /// module.
  public static let compiled: [AssertionSite] = {
    var count = 0
    let records = UnsafeBufferPointer(start: mp_compiled_sites(&count), count: count)
    // A function that was inlined in several places has left as many records.
    var sites: Set<AssertionSite> = []
    for index in records.indices {
      let record = records.baseAddress! + index
      guard let kind = AssertionKind(rawValue: UInt8(truncatingIfNeeded: record.pointee.kind))
      else {
        continue
      }
      sites.insert(
        AssertionSite(
          kind, text(record, \.message, \.message_length),
          file: text(record, \.file, \.file_length),
          line: Int(record.pointee.line)))
    }
    return sites.sorted()
  }()

  /// A text that is as far from its field as the field says.
  private static func text(
    _ record: UnsafePointer<mp_compiled_site>, _ field: KeyPath<mp_compiled_site, Int32>,
    _ length: KeyPath<mp_compiled_site, Int32>
  ) -> String {
    let start = UnsafeRawPointer(record) + MemoryLayout<mp_compiled_site>.offset(of: field)!
    let bytes = UnsafeRawBufferPointer(
      start: start + Int(record.pointee[keyPath: field]),
      count: Int(record.pointee[keyPath: length]))
    return String(decoding: bytes, as: UTF8.self)
  }
}
