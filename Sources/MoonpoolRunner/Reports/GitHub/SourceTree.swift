//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// The source files below a folder, to find those that assertions know by module and name alone.
package struct SourceTree {
  /// So that nobody waits for somebody's home folder.
  private static let mostEntries = 200_000

  /// Paths by name of the file, each list in order. Only looked up: no order follows from it.
  private var paths: [String: [String]] = [:]

  /// Reads a tree. Folders with a dot before their name don't count.
  ///
  /// - Parameters:
  ///   - folder: Where it begins.
  ///   - prefix: What comes before all paths, with a slash at its end; may be empty.
  package init(_ folder: String, prefix: String = "") {
    var waiting = [""]
    var count = 0
    while let path = waiting.popLast(), count < Self.mostEntries {
      let place = path.isEmpty ? folder : "\(folder)/\(path)"
      guard let names = try? FileManager.default.contentsOfDirectory(atPath: place) else {
        continue
      }
      for name in names.sorted() where !name.hasPrefix(".") {
        count += 1
        let inner = path.isEmpty ? name : "\(path)/\(name)"
        if name.hasSuffix(".swift") {
          paths[name, default: []].append(prefix + inner)
        } else if !name.contains(".") || name.hasSuffix(".docc") {
          waiting.append(inner)
        }
      }
    }
  }

  /// The path and line of `Module/File.swift:12`; nil if there is no such file, or several.
  package func find(_ place: String) -> (file: String, line: Int)? {
    let parts = place.split(separator: ":")
    guard parts.count == 2, let line = Int(parts[1]) else { return nil }
    let components = parts[0].split(separator: "/")
    guard let name = components.last, let found = paths[String(name)] else { return nil }
    // A module's folder usually has its name.
    let own = found.filter { $0.split(separator: "/").dropLast().contains(components[0]) }
    let candidates = own.isEmpty ? found : own
    return candidates.count == 1 ? (candidates[0], line) : nil
  }
}
