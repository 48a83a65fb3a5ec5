//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import MoonpoolAssertions
import MoonpoolRunner
import Testing

@Suite struct AnnotationTests {
  private func annotations(_ report: CampaignReport, _ sources: SourceTree) -> [String] {
    CampaignReports([report]).annotations(executable: "tool", sources: sources)
      .split(separator: "\n").map(String.init)
  }

  private func tree(_ files: String..., prefix: String = "") throws -> SourceTree {
    let folder = try TemporaryFolder()
    for file in files {
      let path = URL(filePath: folder.file(file))
      try FileManager.default.createDirectory(
        at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data().write(to: path)
    }
    return SourceTree(folder.path, prefix: prefix)
  }

  @Test func eachProblemIsOneLine() throws {
    let report = try SampleReports.broken()
    let sources = try tree("Tests/CampaignScenarios/Defect.swift", prefix: "sub/")
    let lines = annotations(report, sources)
    let assertions = report.assertions.filter { $0.status != .passed }.count
    #expect(assertions > 0)
    #expect(
      lines.count == report.failures.count + assertions + (report.unrepeatable.isEmpty ? 0 : 1))
    let place = "file=sub/Tests/CampaignScenarios/Defect.swift,line=59"
    let check = try #require(lines.first { $0.contains("nothing was lost violated") })
    #expect(
      check.hasPrefix(
        "::error \(place),title=planted%2C broken%3A violated%3A nothing was lost "
          + "(CampaignScenarios/Defect.swift%3A59)::FAILED seed=0 — nothing was lost violated at "))
    #expect(check.hasSuffix("%0Areplay: tool replay 'planted, broken' '0'"))
    #expect(lines.contains { $0.hasPrefix("::error title=planted%2C broken%3A hung") })
    #expect(annotations(try SampleReports.green(), sources).isEmpty)
  }

  @Test func whateverIsSaidIsEscaped() throws {
    var report = try SampleReports.green()
    report.scenario = "100%, a: b"
    report.stopReason = .interrupted
    #expect(
      annotations(report, try tree()) == [
        "::error title=100%25%2C a%3A b%3A the campaign ends::"
          + "interrupted after 3 seeds; run it again"
      ])
    let texts = annotations(try SampleReports.chaotic(), try tree()).joined()
    #expect(texts.contains("line 1%0Aline 2␉␀]]>") && !texts.contains("\u{1b}"))
  }

  @Test func filesAreFoundByModuleAndName() throws {
    let sources = try tree(
      "Sources/Shop/Deep/Store.swift", "Sources/Bank/Store.swift", "Sources/Bank/A/Twice.swift",
      "Sources/Bank/B/Twice.swift", ".build/Shop/Store.swift", "Odd/Only.swift")
    let find = { (place: String) in sources.find(place).map { "\($0.file):\($0.line)" } }
    #expect(find("Shop/Store.swift:12") == "Sources/Shop/Deep/Store.swift:12")
    #expect(find("Bank/Store.swift:3") == "Sources/Bank/Store.swift:3")
    // A target may have another folder.
    #expect(find("Elsewhere/Only.swift:1") == "Odd/Only.swift:1")
    #expect(find("Bank/Twice.swift:1") == nil)
    #expect(find("Elsewhere/Store.swift:1") == nil)
    #expect(find("Shop/None.swift:1") == nil)
    #expect(find("nothing") == nil)
  }
}
