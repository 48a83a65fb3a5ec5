//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import MoonpoolRuntime
public import MoonpoolSim

/// Campaigns and runs as one HTML file that needs no network: tables, and for failing seeds an
/// interactive space-time diagram.
///
/// ```swift
/// let report = HTMLReport(campaigns: [.init(report, diagrams: [spaceTime])])
/// try report.text.write(to: file, atomically: true, encoding: .utf8)
/// ```
///
/// Text from runs is data in it, never markup.
public struct HTMLReport: Sendable {
  /// A campaign, and what was recorded of some of its seeds.
  public struct Section: Sendable {
    /// What the campaign found.
    public var report: CampaignReport
    /// Runs of seeds that failed; each is shown with the failure whose first seed it ran.
    public var diagrams: [SpaceTime]

    /// Creates a section.
    public init(_ report: CampaignReport, diagrams: [SpaceTime] = []) {
      self.report = report
      self.diagrams = diagrams
    }
  }

  /// How many kinds of failures of a campaign get a diagram.
  public static let diagramLimit = 5

  /// Campaigns, in order.
  public var campaigns: [Section]
  /// Runs that belong to no campaign.
  public var runs: [SpaceTime]
  /// The command that replay commands begin with: the path of an executable.
  public var executable: String
  /// The command that runs what ``runs`` has again; nil: that of ``executable``.
  package var replayCommand: String?

  /// Creates a report.
  public init(campaigns: [Section] = [], runs: [SpaceTime] = [], executable: String = "") {
    self.campaigns = campaigns
    self.runs = runs
    self.executable = executable
  }

  /// The file's contents.
  public var text: String {
    var page = HTMLPage()
    page.add(
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
      style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="generator" content="Moonpool">
      <link rel="icon" href="data:,">
      <title>\(title.escapedForHTML)</title>
      <style>
      \(Self.style)</style>
      </head>
      <body>
      <a class="skip" href="#content">To the content</a>
      """)
    addMasthead(to: &page)
    page.add("<main id=\"content\">")
    for (number, section) in campaigns.enumerated() {
      CampaignMarkup(section, number: number, executable: executable).add(to: &page)
    }
    for (number, run) in runs.enumerated() { addRun(run, number, to: &page) }
    page.add("<footer>Made by Moonpool. Everything in here is in this one file.</footer>\n</main>")
    page.add("<script>\n\"use strict\";\n(() => {\n\(Self.script)})();\n</script>")
    page.add("</body>\n</html>")
    return page.text
  }

  private var title: String {
    let names = campaigns.map(\.report.scenario) + runs.map { "\($0.scenario), seed \($0.recipe)" }
    return names.count == 1 ? "\(names[0]) – Moonpool" : "\(names.count) simulations – Moonpool"
  }

  private func addMasthead(to page: inout HTMLPage) {
    let isFine = campaigns.allSatisfy(\.report.passed) && runs.allSatisfy(\.passed)
    let words: String
    if campaigns.isEmpty, runs.count == 1 {
      words = "One run of “\(runs[0].scenario)”"
    } else {
      let seeds = campaigns.reduce(0) { $0 + $1.report.seedCount }
      let failed = campaigns.reduce(0) { $0 + $1.report.failedCount }
      words =
        "\(campaigns.count == 1 ? "1 scenario" : "\(campaigns.count) scenarios") · "
        + "\(seeds.grouped) \(seeds == 1 ? "seed" : "seeds") · \(failed.grouped) failed"
    }
    page.add(
      """
      <header class="masthead"><div>
      <div class="words"><h1>Simulation report</h1><p>\(words.escapedForHTML)</p></div>
      <span class="pill\(isFine ? "" : " bad")">\(isFine ? "Passed" : "Failed")</span>
      </div></header>
      """)
    guard campaigns.count > 1 else { return }
    page.add("<nav class=\"page\" aria-label=\"Scenarios\"><h2>Scenarios</h2>")
    page.table(
      ["Scenario", "Seeds", "Failed", "Kinds", "Result"], numbers: [1, 2, 3],
      campaigns.enumerated().map { number, section in
        let report = section.report
        let name = report.scenario.escapedForHTML
        return HTMLPage.Row([
          "<a href=\"#campaign-\(number)\">\(name)</a>", report.seedCount.grouped,
          report.failedCount.grouped, "\(report.failures.count)",
          report.passed
            ? "<span class=\"mark good\">passed</span>" : "<span class=\"mark bad\">failed</span>",
        ])
      })
    page.add("</nav>")
  }

  private func addRun(_ run: SpaceTime, _ number: Int, to page: inout HTMLPage) {
    let mark =
      run.passed
      ? "<span class=\"pill\">passed</span>"
      : "<span class=\"pill bad\">\(run.verdict.escapedForHTML)</span>"
    page.add(
      """
      <section><h2>\(run.scenario.escapedForHTML), seed \
      <code>\(run.recipe.escapedForHTML)</code></h2>
      <article class="card failure"><header><h3>\(run.summary.escapedForHTML)</h3>\(mark)</header>
      """)
    let id = "command-run-\(number)"
    if let replayCommand {
      page.command(replayCommand, id: id)
    } else {
      page.replay(run.recipe, of: run.scenario, by: executable, id: id)
    }
    page.violations(
      run.violations.map { violation in
        let lane = Int(violation.lane)
        return FailureDetails.PropertyFailure(
          description: violation.description, place: violation.place,
          node: run.lanes.indices.contains(lane) ? run.lanes[lane].name : "root",
          time: Duration(nanoseconds: violation.time), decisionCount: violation.decisionCount,
          jobCount: violation.jobCount)
      })
    page.diagram(run)
    page.add("</article></section>")
  }

  // MARK: Resources

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private static let style = text(PackageResources.report_css) + text(PackageResources.diagram_css)

  private static let script = [
    PackageResources.model_js, PackageResources.view_js, PackageResources.paint_js,
    PackageResources.paint_items_js, PackageResources.map_js, PackageResources.diagram_js,
    PackageResources.controls_js, PackageResources.page_js,
  ].map { text($0) }.joined()
}
