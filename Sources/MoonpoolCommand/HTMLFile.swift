//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import MoonpoolRunner
internal import MoonpoolSim

/// The file that `--html` names, and what goes into it.
struct HTMLFile {
  /// What is recorded of a seed for its diagram.
  private static let limits = SpaceTime.Limits(messages: 100_000, events: 50_000)

  /// How many diagrams a file has at most: each may be megabytes.
  private static let diagramLimit = 20

  private let path: String
  private var report = HTMLReport(executable: Suite.executable)
  private var scenarios: [Scenario] = []

  /// Makes sure that the file can be written, before anybody works for it.
  init(_ path: String) throws {
    self.path = path
    try Refusal.forFiles { () throws(ReportFileError) in try TextFile.check(path) }
  }

  /// Adds a campaign, and writes what there is, without diagrams.
  mutating func add(_ campaign: CampaignReport, of scenario: Scenario) throws {
    report.campaigns.append(HTMLReport.Section(campaign))
    scenarios.append(scenario)
    try write()
  }

  /// Runs the first seed of each kind of failure again for its diagram, and writes it all.
  ///
  /// It is done in this process: what fails by the simulation's own verdict leaves it standing. A
  /// seed that ended its worker is not run again. Should one end this process none the less, the
  /// report without diagrams is there.
  mutating func finish() throws {
    var room = Self.diagramLimit
    for (index, scenario) in scenarios.enumerated() {
      let failures = report.campaigns[index].report.allFailures.filter {
        $0.signature.verdict != "died"
      }
      for group in failures.prefix(min(HTMLReport.diagramLimit, room)) {
        let recorded = Self.recording(scenario)
        guard let spaceTime = recorded.run(group.first).spaceTime else { continue }
        report.campaigns[index].diagrams.append(spaceTime)
        room -= 1
      }
    }
    try write()
  }

  /// Writes a report of one run.
  func write(_ run: SpaceTime?) throws {
    var copy = self
    copy.report.runs = run.map { [$0] } ?? []
    try copy.write()
  }

  /// What a scenario needs for its runs to be reported here.
  static func recording(_ scenario: Scenario) -> Scenario {
    var recorded = scenario
    recorded.spaceTime = limits
    return recorded
  }

  private func write() throws {
    try Refusal.forFiles { () throws(ReportFileError) in
      try TextFile.write(report.text, to: path)
    }
  }
}
