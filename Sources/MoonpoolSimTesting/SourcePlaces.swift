//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import Glibc
internal import MoonpoolRunner
internal import Testing

/// Finds the source files that assertions know by module and name, in the package of a test.
struct SourcePlaces {
  /// Where everything is that has no place in the package.
  private let fallback: SourceLocation
  /// Reading it takes a while, so only who fails does it.
  private lazy var tree = Self.tree(around: fallback.filePath)

  init(besides fallback: SourceLocation) { self.fallback = fallback }

  /// The location of `Module/File.swift:12`.
  mutating func location(of place: String?) -> SourceLocation {
    guard let place, let found = tree?.find(place), found.line > 0,
      let colon = place.lastIndex(of: ":")
    else { return fallback }
    return SourceLocation(
      fileID: String(place[..<colon]), filePath: found.file, line: found.line, column: 1)
  }

  /// The files of the package that a source file is in; none if it is in none.
  private static func tree(around path: String) -> SourceTree? {
    var folder = path[...]
    while let slash = folder.lastIndex(of: "/") {
      folder = folder[..<slash]
      if access("\(folder)/Package.swift", F_OK) == 0 {
        return SourceTree(String(folder), prefix: "\(folder)/")
      }
    }
    return nil
  }
}
