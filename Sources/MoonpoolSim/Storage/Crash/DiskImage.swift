//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// All files and directories of a file system, as a value that can be compared.
package struct DiskImage: Hashable, Sendable, CustomStringConvertible {
  /// A file or directory.
  package struct Node: Hashable, Sendable {
    /// The names from the root on, with `/` between them.
    package var path: String
    /// What is in the file; nil for a directory.
    package var contents: [UInt8]?

    /// Creates a node.
    package init(path: String, contents: [UInt8]?) {
      self.path = path
      self.contents = contents
    }
  }

  /// Sorted by the bytes of the paths.
  package private(set) var nodes: [Node]

  /// Creates an image; the order of the nodes doesn't matter.
  package init(_ nodes: [Node]) {
    self.nodes = nodes.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  package var description: String {
    let parts = nodes.map { node in
      guard let contents = node.contents else { return "\(node.path)/" }
      return "\(node.path): \(Self.summary(contents))"
    }
    return "[\(parts.joined(separator: ", "))]"
  }

  /// Runs of equal bytes, so that a page of one letter is short: `a×4096 0×512`.
  private static func summary(_ bytes: [UInt8]) -> String {
    var parts: [String] = []
    var start = 0
    while start < bytes.count {
      var end = start
      while end < bytes.count, bytes[end] == bytes[start] { end += 1 }
      let byte = bytes[start]
      let name = (33..<127).contains(byte) ? String(UnicodeScalar(byte)) : String(byte)
      parts.append(end - start == 1 ? name : "\(name)×\(end - start)")
      start = end
    }
    return parts.isEmpty ? "empty" : parts.joined(separator: " ")
  }
}
