//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation

/// The text files of the package, and the names of all of them.
struct SourceTree {
  /// Sorted by path, so that findings come in one order.
  var files: [SourceFile]
  /// Every file and folder, relative to the package.
  var paths: Set<String>

  /// A tree in memory, for the tests of the rules.
  init(_ texts: [String: String]) {
    files = texts.sorted { $0.key < $1.key }.map { SourceFile(path: $0.key, text: $0.value) }
    paths = []
    for path in texts.keys.sorted() { insert(path) }
  }

  /// The tree on disk under a folder.
  init(root: URL) throws {
    files = []
    paths = []
    let base = root.standardizedFileURL.path
    guard let found = FileManager.default.enumerator(atPath: base) else {
      throw CocoaError(.fileReadNoSuchFile)
    }
    var names: [String] = []
    while let name = found.nextObject() as? String {
      if SourceTree.isBuildProduct(name) {
        found.skipDescendants()
      } else {
        names.append(name)
      }
    }
    for name in names.sorted() {
      insert(name)
      var isFolder: ObjCBool = false
      let exists = FileManager.default.fileExists(atPath: base + "/" + name, isDirectory: &isFolder)
      guard exists, !isFolder.boolValue, SourceTree.isText(name) else { continue }
      let data = try Data(contentsOf: URL(fileURLWithPath: base + "/" + name))
      files.append(SourceFile(path: name, text: String(decoding: data, as: UTF8.self)))
    }
  }

  private mutating func insert(_ path: String) {
    let components = path.split(separator: "/")
    for count in components.indices {
      paths.insert(components[...count].joined(separator: "/"))
    }
  }

  private static func isBuildProduct(_ name: String) -> Bool {
    let last = name.split(separator: "/").last ?? ""
    return last == ".git" || last == ".swiftpm" || last.hasPrefix(".build")
  }

  private static func isText(_ name: String) -> Bool {
    name.hasPrefix("Scripts/") || name == ".ci/run"
      || ["swift", "c", "h", "def", "md", "sh", "py", "js", "css"].contains {
        name.hasSuffix("." + $0)
      }
  }
}
