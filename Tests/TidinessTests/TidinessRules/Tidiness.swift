//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// The rules together, and the escape hatch around them.
enum Tidiness {
  /// Folders whose Swift and C the rules are for.
  static let codeAreas: Set<Substring> = ["Sources", "Tests", "Examples", "Benchmarks", "Plugins"]

  /// All findings of a tree, in the order of its files and lines.
  static func findings(in tree: SourceTree) -> [Finding] {
    staleListEntries(in: tree) + tree.files.flatMap { findings(in: $0, of: tree) }
  }

  /// The findings of one file that no allowance covers, and what is wrong with its allowances.
  static func findings(in file: SourceFile, of tree: SourceTree) -> [Finding] {
    var open = check(file, in: tree)
    var result: [Finding] = []
    for allowance in Allowance.all(in: file) {
      if let defect = allowance.defect(in: file) {
        result.append(defect)
        continue
      }
      let before = open.count
      open.removeAll { allowance.covers($0) }
      if open.count == before { result.append(allowance.unused(in: file)) }
    }
    return (open + result).sorted { ($0.line, $0.message) < ($1.line, $1.message) }
  }

  private static func check(_ file: SourceFile, in tree: SourceTree) -> [Finding] {
    var result = whitespace(file)
    if file.language == .markdown { result += links(file, in: tree) }
    if file.language == .script || codeAreas.contains(file.area) { result += leftovers(file) }
    if file.language == .page { return result + columns(file) + header(file) + fileLength(file) }
    guard file.language == .swift || file.language == .c else { return result }
    result += columns(file)
    // The first line of a manifest is SwiftPM's.
    guard codeAreas.contains(file.area), !file.path.hasSuffix("Package.swift") else {
      return result
    }
    result += header(file) + fileLength(file) + functionLength(file)
    guard file.language == .swift else { return result }
    result += ambient(file) + forceTry(file)
    if file.area == "Sources" { result += unordered(file) + documentation(file, in: tree) }
    return result
  }
}
