//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolAssertions
import MoonpoolRuntime
import MoonpoolSim

/// One campaign of an ``HTMLReport``.
struct CampaignMarkup {
  private let report: CampaignReport
  private let diagrams: [SpaceTime]
  private let number: Int
  private let executable: String

  init(_ section: HTMLReport.Section, number: Int, executable: String) {
    report = section.report
    diagrams = section.diagrams
    self.number = number
    self.executable = executable
  }

  func add(to page: inout HTMLPage) {
    page.add("<section id=\"campaign-\(number)\">")
    page.add("<h2>\(report.scenario.escapedForHTML)</h2>")
    addTiles(to: &page)
    if !report.unrepeatable.isEmpty {
      let seeds = report.unrepeatable.prefix(10).map { "<code>\("\($0)".escapedForHTML)</code>" }
      page.add(
        "<p><span class=\"pill warn\">Not repeatable</span> A second run of the same seed was "
          + "another: \(seeds.joined(separator: ", ")).</p>")
    }
    if let regressions = report.regressions {
      page.add("<p>\(regressions.line.escapedForHTML)</p>")
    }
    if !report.allFailures.isEmpty {
      page.add("<h3>Failures</h3>")
      for (index, group) in report.allFailures.enumerated() { add(group, index, to: &page) }
    }
    addAssertions(to: &page)
    addFaults(to: &page)
    page.add("</section>")
  }

  private func addTiles(to page: inout HTMLPage) {
    let seconds = report.wallTime / .seconds(1)
    let rate = seconds > 0 ? UInt64(Double(report.seedCount) / seconds) : 0
    let missed = report.missed.count
    let tiles: [(String, String, isBad: Bool)] = [
      ("Result", report.passed ? "passed" : "failed", !report.passed),
      ("Seeds", report.seedCount.grouped, false),
      ("Failed", report.failedCount.grouped, report.failedCount > 0),
      ("Kinds of failures", "\(report.failures.count)", !report.failures.isEmpty),
      ("Assertions missed", "\(missed)", missed > 0),
      ("Virtual time", report.virtualTime.rounded, false),
      ("Real time", report.wallTime.rounded, false), ("Seeds per second", rate.grouped, false),
      ("Ended", report.stopReason.words, report.stopReason == .interrupted),
    ]
    page.add("<dl class=\"tiles\">")
    for tile in tiles {
      page.add(
        "<div\(tile.isBad ? " class=\"bad\"" : "")><dt>\(tile.0)</dt><dd>\(tile.1)</dd></div>")
    }
    page.add("</dl>")
  }

  // MARK: Failures

  private func add(_ group: FailureGroup, _ index: Int, to page: inout HTMLPage) {
    let details = group.details
    let summary = details.summary.escapedForHTML
    page.add(
      """
      <article class="card failure" id="failure-\(number)-\(index)">
      <header><h3>\(summary)</h3>\
      <span class="pill bad">\(group.signature.verdict.escapedForHTML)</span></header>
      """)
    addFacts(of: group, to: &page)
    page.replay(
      "\(group.first)", of: report.scenario, by: executable, id: "command-\(number)-\(index)")
    page.violations(details.violations)
    if !details.lastEvents.isEmpty {
      let lines = details.lastEvents.map(\.escapedForHTML).joined(separator: "\n")
      page.add(
        "<details><summary>The last \(details.lastEvents.count) events before it</summary>"
          + "<pre tabindex=\"0\">\(lines)</pre></details>")
    }
    addDiagram(of: group, to: &page)
    page.add("</article>")
  }

  private func addFacts(of group: FailureGroup, to page: inout HTMLPage) {
    let again =
      switch group.details.isConfirmed {
      case true: "the same"
      case false: "<span class=\"mark bad\">another</span>"
      case nil: "not tried"
      }
    let first = "\(group.first)".escapedForHTML
    let fastest = "\(group.fastest)".escapedForHTML
    let facts = [
      ("Seeds", group.count.grouped),
      ("First", "<code>\(first)</code> at \(group.firstTime.secondsText)"),
      ("Soonest", "<code>\(fastest)</code> at \(group.fastestTime.secondsText)"),
      ("A second run was", again),
    ]
    page.add("<dl class=\"facts\">")
    for (name, value) in facts { page.add("<div><dt>\(name)</dt><dd>\(value)</dd></div>") }
    page.add("</dl>")
  }

  private func addDiagram(of group: FailureGroup, to page: inout HTMLPage) {
    guard let run = diagrams.first(where: { $0.recipe == "\(group.first)" }) else {
      if group.signature.verdict == "died" {
        page.add("<p class=\"quiet\">Its process dies, so there is no diagram of it.</p>")
      }
      return
    }
    if run.verdict != group.signature.verdict {
      page.add(
        "<p><span class=\"pill warn\">Another run</span> The diagram is of a run that ended "
          + "otherwise: \(run.summary.escapedForHTML).</p>")
    }
    page.diagram(run)
  }

  // MARK: Tables

  private func addAssertions(to page: inout HTMLPage) {
    guard !report.assertions.isEmpty else { return }
    page.add("<h3>Assertions</h3>")
    page.table(
      ["Assertion", "Kind", "Result", "Held", "Evaluated", "Seeds", "Place"], numbers: [3, 4, 5],
      classes: [6: "place"], id: "assertions-\(number)",
      report.assertions.map { record in
        HTMLPage.Row(
          [
            record.site.message.escapedForHTML, "\(record.site.kind)",
            record.status.markup, record.rateMarkup, (record.passes + record.fails).grouped,
            record.runs.grouped, "\(record.site.file):\(record.site.line)".escapedForHTML,
          ], mark: record.status.rowClass)
      })
  }

  private func addFaults(to page: inout HTMLPage) {
    guard !report.faults.isEmpty else { return }
    page.add("<h3>Faults</h3>")
    page.table(
      ["Family", "Struck", "Effects", "Per strike"], numbers: [1, 2, 3], classes: [2: "effect"],
      id: "faults-\(number)",
      report.faults.map { fault in
        let isIdle = fault.effective == 0
        let each = fault.fired > 0 ? Double(fault.effective) / Double(fault.fired) : 0
        let tenths = UInt64((each * 10).rounded())
        return HTMLPage.Row(
          [
            fault.family.escapedForHTML, fault.fired.grouped,
            isIdle ? "no effect" : fault.effective.grouped,
            isIdle ? "" : "\((tenths / 10).grouped).\(tenths % 10)",
          ], mark: isIdle ? "warn" : "")
      })
  }
}

extension AssertionRecord {
  /// How much of the time it held, or what was met of what it counts.
  fileprivate var rateMarkup: String {
    switch site.kind {
    case .sometimesEach: return "\(UInt64(buckets.count).grouped) met"
    case .sometimesAll: return "\(best ?? 0) of \(names.count)"
    case .unreachable: return fails == 0 ? "never reached" : "reached \(fails.grouped) times"
    default: break
    }
    let evaluations = passes + fails
    guard evaluations > 0 else { return "never evaluated" }
    let share = Double(passes) / Double(evaluations)
    // 99.97 % is not 100 %, and one in a million isn't nothing.
    let tenths = min(max(share * 1_000, passes > 0 ? 1 : 0), fails > 0 ? 999 : 1_000)
    let rounded = UInt64(tenths.rounded(fails > 0 ? .down : .toNearestOrEven))
    let text = "\(rounded / 10).\(rounded % 10) %"
    return
      "<span class=\"rate\"><i aria-hidden=\"true\"><b style=\"width:\(rounded / 10)%\"></b></i>"
      + "\(text)</span>"
  }
}

extension AssertionStatus {
  fileprivate var markup: String {
    switch self {
    case .failed: "<span class=\"mark bad\">✗ failed</span>"
    case .missed: "<span class=\"mark warn\">○ missed</span>"
    case .passed: "<span class=\"mark good\">✓ passed</span>"
    }
  }

  fileprivate var rowClass: String {
    switch self {
    case .failed: "bad"
    case .missed: "warn"
    case .passed: ""
    }
  }
}

extension StopReason {
  fileprivate var words: String {
    switch self {
    case .done: "all seeds run"
    case .wallTime: "time was over"
    case .failures: "enough failures"
    case .allSeen: "all was seen"
    case .quiet: "nothing new"
    case .interrupted: "interrupted"
    }
  }
}
