//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import FuzzTargets
import Testing

/// What `Scripts/fuzz` has found so far, read once more by every run of the tests.
@Suite struct FuzzCorpusTests {
  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fuzzing")

  /// The inputs of a target in one of the folders, by their paths in it.
  private func inputs(
    _ kind: String, of target: String
  ) throws -> [(name: String, bytes: [UInt8])] {
    let folder = Self.folder.appendingPathComponent("\(kind)/\(target)")
    guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { name in
      let data = try Data(contentsOf: folder.appendingPathComponent(name))
      return ("\(kind)/\(target)/\(name)", Array(data))
    }
  }

  private func check(_ target: FuzzTarget, _ name: String, _ bytes: [UInt8]) {
    do throws(BrokenProperty) {
      try target.check(bytes)
    } catch {
      Issue.record("\(name): \(error)")
    }
  }

  @Test(arguments: FuzzTarget.all.map(\.name))
  func `what must hold for every input holds for those that were kept`(name: String) throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    let corpus = try inputs("Corpus", of: name)
    #expect(!corpus.isEmpty)
    for (name, bytes) in corpus + (try inputs("Regressions", of: name)) {
      check(target, name, bytes)
    }
    for (index, bytes) in target.seeds.enumerated() { check(target, "seed \(index)", bytes) }
    check(target, "nothing", [])
  }

  @Test func `no folder is of a target that isn't there any more`() throws {
    let names = FuzzTarget.all.map(\.name).sorted()
    let folders = try ["Corpus", "Regressions"].map { kind in
      let path = Self.folder.appendingPathComponent(kind).path
      return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }
    #expect(folders[0] == names)
    #expect(folders[1].filter { !names.contains($0) && $0 != "README.md" } == [])
  }

  @Test func `the corpus stays small`() throws {
    var size = 0
    for target in FuzzTarget.all {
      size += try inputs("Corpus", of: target.name).reduce(0) { $0 + $1.bytes.count }
    }
    #expect(size < 500_000)
  }
}
