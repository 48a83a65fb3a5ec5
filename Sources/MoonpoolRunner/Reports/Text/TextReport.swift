//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolAssertions
import MoonpoolRuntime

extension CampaignReport {
  /// The report as text for people, with a line feed at the end of each line.
  public var text: String { text(.plain) }

  /// The same in a style.
  package func text(_ style: TextStyle) -> String {
    var lines = [style.title(headline.withoutControls), ""]
    if let regressions { lines += [regressions.line, ""] }
    for group in allFailures { lines += group.lines(style) + [""] }
    if !unrepeatable.isEmpty {
      lines += [
        style.failure("Not repeatable: a second run of the same seed was another.")
      ]
      lines += unrepeatable.prefix(10).map { "  seed=\($0)" } + [""]
    }
    if !assertions.isEmpty { lines += assertionTable(style) + [""] }
    if !faults.isEmpty { lines += faultTable(style) + [""] }
    lines.append(passed ? style.success(verdict) : style.failure(verdict))
    return lines.map { "\($0)\n" }.joined()
  }

  /// `kv: 67,412 seeds in 8.1 s (8,310 seeds/s), 22.5 h of virtual time`.
  private var headline: String {
    let seconds = wallTime / .seconds(1)
    let rate = seconds > 0 ? Int(Double(seedCount) / seconds) : 0
    return "\(scenario): \(seedCount.grouped) \(seedCount == 1 ? "seed" : "seeds")"
      + " in \(wallTime.rounded) (\(UInt64(rate).grouped) seeds/s),"
      + " \(virtualTime.rounded) of virtual time"
  }

  /// The last line: whether all is well, and if not, what isn't.
  private var verdict: String {
    if passed { return "PASSED\(stopReason.note)" }
    var problems: [String] = []
    if failedCount > 0 {
      let kinds = "\(failures.count) \(failures.count == 1 ? "kind" : "kinds")"
      problems.append("\(failedCount.grouped) of \(seedCount.grouped) seeds failed (\(kinds))")
    }
    if let count = regressions?.failedCount, count > 0 {
      problems.append(
        "\(count.grouped) \(count == 1 ? "regression fails" : "regressions fail") again")
    }
    if !missed.isEmpty {
      problems.append(
        missed.count == 1 ? "1 assertion was missed" : "\(missed.count) assertions were missed")
    }
    if !unrepeatable.isEmpty { problems.append("\(unrepeatable.count) not repeatable") }
    if problems.isEmpty { problems.append(seedCount == 0 ? "no seed was run" : "not finished") }
    return "FAILED: \(problems.joined(separator: ", "))\(stopReason.note)"
  }

  private func assertionTable(_ style: TextStyle) -> [String] {
    let rows = assertions.map { record in
      [
        record.status.mark, "\(record.site.kind)", record.site.message.withoutControls,
        record.measure, "\(record.site.file):\(record.site.line)",
      ]
    }
    return TextTable(
      heads: ["", "assertion", "", "held", "place"], rows: rows, rightAligned: [3]
    ).lines(head: style.dim) { row, line in
      switch assertions[row].status {
      case .failed: style.failure(line)
      case .missed: style.warning(line)
      case .passed: line
      }
    }
  }

  private func faultTable(_ style: TextStyle) -> [String] {
    let rows = faults.map { fault in
      [
        fault.effective == 0 ? "○" : " ", fault.family, fault.fired.grouped,
        fault.effective == 0 ? "no effect" : fault.effective.grouped,
      ]
    }
    return TextTable(
      heads: ["", "fault", "struck", "effects"], rows: rows, rightAligned: [2, 3]
    ).lines(head: style.dim) { row, line in
      faults[row].effective == 0 ? style.warning(line) : line
    }
  }
}

extension FailureGroup {
  /// The failure as text for people, with a line feed at the end of each line.
  package var text: String { lines(.plain).map { "\($0)\n" }.joined() }

  /// The failure as the report shows it.
  func lines(_ style: TextStyle) -> [String] {
    var lines = [style.failure(line.withoutControls), "  \(occurrences)"]
    if let violation = details.violations.first {
      let place = violation.place.map { "\($0), " } ?? ""
      lines.append(
        "  \(place)on \(violation.node), decision \(violation.decisionCount.grouped), "
          + "job \(violation.jobCount.grouped)")
    }
    for violation in details.violations.dropFirst() {
      lines.append(
        "  also: \(violation.description.withoutControls) at \(violation.time.secondsText)")
    }
    lines += faultLines(style)
    if !details.lastEvents.isEmpty {
      lines.append("  the last events before it:")
      lines += details.lastEvents.suffix(10).map { style.dim("    \($0.withoutControls)") }
    }
    return lines
  }

  /// `faults before it: network.clog 3 (12 effects), process.crash 1 (1 effect)`, and in a second
  /// line those that did nothing.
  private func faultLines(_ style: TextStyle) -> [String] {
    let effective = details.faults.filter { $0.effective > 0 }.map {
      let effects = "\($0.effective.grouped) \($0.effective == 1 ? "effect" : "effects")"
      return "\($0.family) \($0.fired.grouped) (\(effects))"
    }
    let others = details.faults.filter { $0.effective == 0 }.map {
      "\($0.family) \($0.fired.grouped)"
    }
    var lines: [String] = []
    if !effective.isEmpty {
      lines.append("  faults before it: \(effective.joined(separator: ", "))")
    }
    if !others.isEmpty {
      let list = others.joined(separator: ", ")
      lines.append(style.warning("  faults before it without effect: \(list)"))
    }
    return lines
  }

  private var occurrences: String {
    let number = count == 1 ? "one seed" : "\(count.grouped) seeds"
    let fast = fastest == first ? "" : "; soonest in seed=\(fastest) at \(fastestTime.secondsText)"
    let confirmed =
      switch details.isConfirmed {
      case true: "; a second run was the same"
      case false: "; a second run was ANOTHER"
      case nil: ""
      }
    return number + fast + confirmed
  }
}

extension AssertionRecord {
  /// How often it held, of how many evaluations.
  fileprivate var measure: String {
    if runs == 0 { return "never reached" }
    return switch site.kind {
    case .sometimesEach: "\(UInt64(buckets.count).grouped) met"
    case .sometimesAll: "\(best ?? 0) of \(names.count)"
    case .unreachable: fails == 0 ? "" : "reached \(fails.grouped)"
    default:
      fails == 0 ? passes.grouped : "\(passes.grouped) of \((passes + fails).grouped)"
    }
  }
}

extension AssertionStatus {
  fileprivate var mark: String {
    switch self {
    case .failed: "✗"
    case .missed: "○"
    case .passed: "✓"
    }
  }
}

extension StopReason {
  /// What to add to the verdict.
  fileprivate var note: String {
    switch self {
    case .done: ""
    case .wallTime: " (its time was over)"
    case .failures: " (stopped at the failures it was to find)"
    case .allSeen: " (all was seen that should be)"
    case .quiet: " (nothing new was seen any more)"
    case .interrupted: " (interrupted)"
    }
  }
}
