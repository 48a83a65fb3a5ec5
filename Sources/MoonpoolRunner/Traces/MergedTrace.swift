//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolRuntime
public import MoonpoolSim

/// All that is known of what happened in one run: its trace and its timeline, in one order.
public struct MergedTrace: Sendable, Hashable {
  /// The scenario's name.
  public var scenario: String
  /// What the run was of.
  public var recipe: Recipe
  /// How it ended: `PASSED seed=3 at sim_time=1.2s`.
  public var outcome: String
  /// The events, in order.
  public var events: [MergedEvent]
  /// Whether none was left out.
  public var isComplete = true
  /// The longest virtual time that a job takes.
  var longestJob = Duration.microseconds(10)

  /// Version of ``jsonLines``: changes when a member changes its meaning or goes away.
  public static let schema = "moonpool.events/1"

  /// Runs a recipe, and blocks the calling thread until the verdict.
  ///
  /// - Throws: ``ReportFileError``, if the scenario cannot be run.
  public init(of scenario: Scenario, _ recipe: Recipe) throws(ReportFileError) {
    self = try Self.recorded(scenario, recipe, decisions: false).trace
  }

  /// The same, with the log of decisions if that is wanted.
  package static func recorded(
    _ scenario: Scenario, _ recipe: Recipe, decisions: Bool
  ) throws(ReportFileError) -> (trace: MergedTrace, decisions: DecisionLog?) {
    var scenario = scenario
    scenario.options.trace = .full
    scenario.options.recordsDecisions = decisions
    let report = scenario.run(recipe)
    if case .refused(let reason) = report.run.verdict {
      throw ReportFileError("'\(scenario.name)' cannot be run: \(reason)")
    }
    return (MergedTrace(report, scenario.options.jobCost.upperBound), report.run.decisions)
  }

  /// Puts together what the report of a run with a full trace has.
  private init(_ report: SimulationReport, _ longestJob: Duration) {
    scenario = report.scenario
    recipe = report.run.recipe
    outcome = report.line
    self.longestJob = longestJob
    // Those before the first have not been kept.
    isComplete = (report.timeline.first?.number ?? 0) == 0
    events = []
    var told = report.timeline[...]
    for (count, event) in (report.run.trace?.events ?? []).enumerated() {
      while let next = told.first, next.traceCount <= count {
        events.append(MergedEvent(next, number: events.count))
        told = told.dropFirst()
      }
      events.append(MergedEvent(event, number: events.count))
    }
    for event in told { events.append(MergedEvent(event, number: events.count)) }
  }
}

// MARK: Text

extension MergedTrace {
  /// One line for each event, in columns, and how the run ended.
  public var text: String {
    let table = TextTable(rows: events.map(\.cells), rightAligned: [0, 1], cutsCells: false)
    return (table.lines + [outcome.inOneLine]).map { "\($0)\n" }.joined()
  }

  /// One JSON object a line: a header with `schema`, `scenario`, `recipe`, `outcome`, the count of
  /// `events` and whether they are `complete`; then each event.
  public var jsonLines: String {
    let header = Header(
      schema: Self.schema, scenario: scenario, recipe: "\(recipe)", outcome: outcome,
      events: events.count, complete: isComplete)
    return JSONText.lines([header]) + JSONText.lines(events)
  }

  /// Reads ``jsonLines``. Members that this version doesn't know are ignored.
  ///
  /// - Throws: ``ReportFileError``, if it is something else.
  public init(jsonLines: String) throws(ReportFileError) {
    let lines = jsonLines.split(whereSeparator: \.isNewline)
    let advice = "'trace --format json --output FILE' saves one"
    guard let first = lines.first,
      let header = try? JSONText.decodePlain(Header.self, String(first)),
      header.schema?.hasPrefix("moonpool.events/") == true
    else { throw ReportFileError("it is no trace of this program; \(advice)") }
    guard header.schema == Self.schema else {
      throw ReportFileError(
        "its schema is \(header.schema ?? ""), and this version reads \(Self.schema); \(advice)")
    }
    guard let count = header.events, let scenario = header.scenario,
      let recipe = header.recipe.flatMap({ try? Recipe(parsing: $0) })
    else { throw ReportFileError("its first line is not whole; \(advice)") }
    guard lines.count == count + 1 else {
      throw ReportFileError("it has \(lines.count - 1) of its \(count) events; save it again")
    }
    self.scenario = scenario
    self.recipe = recipe
    outcome = header.outcome ?? ""
    isComplete = header.complete ?? false
    events = []
    for (index, line) in lines.dropFirst().enumerated() {
      do throws(ReportFileError) {
        events.append(try JSONText.decodePlain(MergedEvent.self, String(line)))
      } catch {
        throw ReportFileError("line \(index + 2): \(error)")
      }
    }
  }

  /// Reads a file with ``jsonLines``.
  ///
  /// - Throws: ``ReportFileError``, which names the file.
  public init(contentsOf path: String) throws(ReportFileError) {
    let text = try TextFile.read(path)
    do throws(ReportFileError) {
      try self.init(jsonLines: text)
    } catch {
      throw error.naming(path)
    }
  }

  private struct Header: Codable {
    var schema: String?
    var scenario: String?
    var recipe: String?
    var outcome: String?
    var events: Int?
    var complete: Bool?
  }
}
