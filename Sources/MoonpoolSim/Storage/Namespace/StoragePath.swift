//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import MoonpoolCore

/// One name in a directory: bytes, as POSIX has it. (Strings that look alike compare equal.)
struct EntryName: Hashable, Comparable {
  var bytes: [UInt8]

  init(_ text: Substring.UTF8View) { bytes = Array(text) }

  var text: String { String(decoding: bytes, as: UTF8.self) }

  static func < (a: EntryName, b: EntryName) -> Bool {
    a.bytes.lexicographicallyPrecedes(b.bytes)
  }
}

/// A path that was checked: the names from the root on. Empty for the root, written `/` or `.`.
struct StoragePath {
  static let nameLimit = 255
  static let pathLimit = 4_095

  var names: [EntryName] = []
  /// The last of several names is `.`: the rest must be a directory, which is there already and
  /// can't be removed or renamed by this path.
  var endsInDot = false

  /// The name that an operation gives or takes; nil for the root and for what ends in a dot.
  var last: EntryName? { endsInDot ? nil : names.last }

  init(_ text: String, for operation: String) throws(StorageError) {
    func refuse() -> StorageError { StorageError(.invalidPath, operation, text) }
    var rest = text.utf8[...]
    guard !rest.isEmpty, rest.count <= Self.pathLimit, !rest.contains(0) else { throw refuse() }
    if rest.first == UInt8(ascii: "/") {
      rest = rest.dropFirst()
      if rest.isEmpty { return }
    }
    for name in rest.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      endsInDot = name.elementsEqual(".".utf8) && !names.isEmpty
      if name.elementsEqual(".".utf8) { continue }
      guard !name.isEmpty, name.count <= Self.nameLimit, !name.elementsEqual("..".utf8) else {
        throw refuse()
      }
      names.append(EntryName(name))
    }
  }
}
