//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CampaignScenarios
import Foundation
import MoonpoolAssertions
import MoonpoolRunner
import MoonpoolRuntime
import MoonpoolSim
import Testing

@Suite struct JSONReportTests {
  @Test func reportsAreReadAsTheyWereWritten() throws {
    for report in [
      try SampleReports.broken(), try SampleReports.chaotic(), try SampleReports.green(),
    ] {
      let read = try CampaignReport(json: report.json)
      #expect("\(read)" == "\(report)")
      #expect(read.passed == report.passed && read.text == report.text)
    }
    // What the sample must have for this to say anything.
    let chaotic = try SampleReports.chaotic()
    #expect(!chaotic.faults.isEmpty && !chaotic.assertions.allSatisfy(\.buckets.isEmpty))
    #expect(chaotic.failures.contains { !$0.details.faults.isEmpty })
    #expect(chaotic.assertions.contains { $0.held == ["even"] })
    var strange = try SampleReports.green()
    strange.unrepeatable = [try Recipe(parsing: "18446744073709551615: 3@4; #17=2")]
    strange.stopReason = .interrupted
    #expect("\(try CampaignReport(json: strange.json))" == "\(strange)")
  }

  @Test func equalCampaignsHaveEqualTexts() throws {
    #expect(try SampleReports.chaotic().json == SampleReports.chaotic().json)
    var slower = try SampleReports.broken()
    let lines = slower.json.split(separator: "\n")
    slower.wallTime = .seconds(9)
    let other = slower.json.split(separator: "\n")
    #expect(zip(lines, other).filter { $0 != $1 }.count == 1)
    #expect(other.contains("      \"wall_time_ns\" : 9000000000"))
  }

  @Test func membersAreCalledAsTheSchemaSays() throws {
    let text = CampaignReports([try SampleReports.broken(), try SampleReports.chaotic()]).json
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(document["schema"] as? String == "moonpool.campaign/1")
    let campaigns = try #require(document["campaigns"] as? [[String: Any]])
    #expect(campaigns.map { $0["scenario"] as? String } == ["planted, broken", "chaotic <& more>"])
    #expect(
      campaigns[0].keys.sorted() == [
        "assertions", "failures", "faults", "passed", "scenario", "seeds", "stop_reason",
        "unrepeatable", "virtual_time_ns", "wall_time_ns",
      ])
    #expect(campaigns[0]["seeds"] as? [String: Int] == ["run": 40, "passed": 22, "failed": 18])
    let failures = try #require(campaigns[1]["failures"] as? [[String: Any]])
    #expect(
      failures[0].keys.sorted()
        == [
          "cause", "confirmed", "count", "faults", "fastest", "first", "last_events", "members",
          "summary",
          "verdict", "violations",
        ].sorted())
    let assertions = try #require(campaigns[1]["assertions"] as? [[String: Any]])
    let rates = assertions.map { $0["hit_rate"] as? Double ?? -1 }
    #expect(rates.contains(1) && rates.contains(5.0 / 6))
  }

  @Test(
    arguments: [
      ("{", "it is no JSON, or only a part of one; save it again"),
      ("{\"schema\": \"moonpool.trace/1\"}", "it is no report of a campaign, which begins"),
      ("{}", "it is no report of a campaign, which begins"),
      (
        "{\"schema\": \"moonpool.campaign/2\"}",
        "its schema is moonpool.campaign/2, and this version reads moonpool.campaign/1; "
          + "read it with the version that wrote it"
      ),
      ("{\"schema\": \"moonpool.campaign/1\"}", "it has no 'campaigns'; save it again"),
      (
        "{\"schema\": \"moonpool.campaign/1\", \"campaigns\": [{\"scenario\": 3}]}",
        "campaigns[0].scenario is of another type than it should be; save it again"
      ),
    ])
  func whatIsNoReportSaysSo(json: String, message: String) throws {
    let error = #expect(throws: ReportFileError.self) { try CampaignReports(json: json) }
    #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
  }

  @Test func whatDoesNotFitIsNamed() throws {
    let json = try SampleReports.broken().json
    let changes = [
      ("\"stop_reason\" : \"done\"", "\"stop_reason\" : \"tired\"", "no stop_reason 'tired'"),
      ("\"kind\" : \"always\"", "\"kind\" : \"never\"", "knows no kind 'never'"),
      ("\"passed\" : 22", "\"passed\" : 41", "more seeds have passed than were run"),
      ("\"passed\" : 22", "\"passed\" : -1", "a value in it is out of range; save it again"),
      ("\"recipe\" : \"1\"", "\"recipe\" : \"one\"", "a recipe that cannot be read"),
      ("\"fingerprint\" : \"", "\"fingerprint\" : \"x", "knows no fingerprint 'x"),
      // Of a version that had none.
      ("\"fingerprint\"", "\"fingerprints\"", ""),
      ("\"first_pass\"", "\"first_pass\" : null, \"x\"", ""),
    ]
    for (old, new, message) in changes {
      #expect(json.contains(old), "\(old)")
      let changed = json.replacingOccurrences(of: old, with: new)
      if message.isEmpty {
        _ = try CampaignReport(json: changed)
        continue
      }
      let error = #expect(throws: ReportFileError.self) { try CampaignReport(json: changed) }
      #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
      #expect(error?.description.contains("\n") == false)
    }
    let two = CampaignReports([try SampleReports.green(), try SampleReports.green()])
    #expect(throws: ReportFileError.self) { try CampaignReport(json: two.json) }
  }

  @Test func whatFailsAgainIsInAllReports() throws {
    let again = try SampleReports.broken().failures[0]
    var report = try SampleReports.green()
    var regressions = RegressionReport()
    regressions.count = 5
    regressions.failures = [again]
    report.regressions = regressions
    #expect(!report.passed && report.failures.isEmpty)

    let read = try CampaignReport(json: report.json)
    #expect(read.regressions == regressions && "\(read)" == "\(report)")
    #expect(report.text.contains("\nregressions: 5 seeds, "))
    #expect(report.text.contains(again.line))
    #expect(CampaignReports([report]).junit(executable: "x").contains(" failures=\"1\" "))
    let page = HTMLReport(campaigns: [.init(report)], executable: "x").text
    #expect(page.contains("<p>regressions: 5 seeds, "))
    #expect(page.ranges(of: "<article class=\"card failure\"").count == 1)
  }
}
