//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import Testing

/// `--html FILE` of the command line. What is in the file is for MoonpoolReportTests.
@Suite struct HTMLCommandTests {
  private let file = FileManager.default.temporaryDirectory
    .appending(path: "moonpool-\(UUID().uuidString).html")

  private func output(_ arguments: String..., code: CInt) throws -> String {
    let program = try HostProgram(arguments + ["--html", file.path])
    let output = try program.output()
    #expect(program.exitCode == code)
    return output
  }

  /// The file's text; the file is gone then.
  private func text() throws -> String {
    defer { try? FileManager.default.removeItem(at: file) }
    return try String(contentsOf: file, encoding: .utf8)
  }

  @Test func `a campaign is written, with a diagram of each kind of failure up to a limit`() throws
  {
    _ = try output("run", "planted, broken", "--seeds", "0...39", "--workers", "1", code: 1)
    let text = try text()
    #expect(text.hasPrefix("<!doctype html>") && text.hasSuffix("</html>\n"))
    #expect(text.ranges(of: "<article class=\"card failure\"").count == 9)
    #expect(text.ranges(of: "<script type=\"application/json\"").count == 5)
    #expect(text.contains("never thirteen violated"))
  }

  @Test func `a seed that ends its process is not run in the reporting one`() throws {
    let said = try output("run", "deadly", "--seeds", "6...8", "--workers", "1", code: 1)
    #expect(said.contains("FAILED: 1 of 3 seeds failed"))
    let text = try text()
    #expect(text.contains("Its process dies, so there is no diagram of it."))
    #expect(!text.contains("<script type=\"application/json\""))
  }

  @Test(arguments: ["planted, fixed", "planted, broken"])
  func `a replay is written whatever its verdict`(scenario: String) throws {
    _ = try output("replay", scenario, "0", code: scenario == "planted, broken" ? 1 : 0)
    let text = try text()
    #expect(text.ranges(of: "<script type=\"application/json\"").count == 1)
    #expect(text.contains("replay &#39;\(scenario)&#39; &#39;0&#39;"))
    #expect(text.contains("<span class=\"pill bad\">Failed") == (scenario == "planted, broken"))
  }

  @Test(arguments: [["run", "trivial"], ["replay", "trivial", "1"]])
  func `a path where nothing can be written is refused before anything runs`(
    arguments: [String]
  ) throws {
    let said = try HostProgram(arguments + ["--html", "/nowhere/report.html"]).output()
    #expect(
      said == "error: cannot write '/nowhere/report.html': No such file or directory; "
        + "make its folder first\n")
  }
}
