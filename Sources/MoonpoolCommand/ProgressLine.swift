//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import MoonpoolRunner

/// How far a campaign is, in one line that replaces itself; nothing where there is no terminal.
struct ProgressLine {
  private static let barWidth = 20

  private let count: UInt64
  private let first: UInt64
  private let began = ContinuousClock.now
  private let isShown = Terminal.showsProgress
  /// Without escape sequences blanks must cover what was there before.
  private let takesSequences = Terminal.takesSequences
  private var shownAt: ContinuousClock.Instant?
  private var shownLength = 0

  /// - Parameter first: How many had been run before.
  init(count: UInt64, from first: UInt64 = 0) {
    self.count = count
    self.first = first
  }

  /// Shows what there is, a few times a second.
  mutating func show(_ report: CampaignReport) {
    guard isShown else { return }
    let now = ContinuousClock.now
    if let shownAt, now - shownAt < .milliseconds(200) { return }
    shownAt = now
    var text = Self.text(report, of: count, from: first, elapsed: now - began)
    // What doesn't fit would go on in lines that nobody takes away.
    if let width = Terminal.width { text = String(text.prefix(max(1, width - 1))) }
    replace(by: text)
  }

  /// Takes the line away.
  mutating func clear() {
    if shownAt != nil { replace(by: "") }
  }

  private mutating func replace(by text: String) {
    let length = text.count
    defer { shownLength = length }
    if takesSequences { return StandardError.write("\r\u{1b}[K\(text)") }
    let blanks = String(repeating: " ", count: max(0, shownLength - length))
    StandardError.write("\r\(text)\(blanks)" + (text.isEmpty ? "\r" : ""))
  }

  /// `kv  [█████▌    ] 67,412/100,000 · 8,310 seeds/s · assertions seen 12/14 · 2 failures (1 kind)
  /// · ETA 4 s`.
  static func text(
    _ report: CampaignReport, of count: UInt64, from first: UInt64, elapsed: Duration
  ) -> String {
    let done = report.seedCount
    let seconds = max(elapsed / .seconds(1), 0.001)
    let rate = Double(done - first) / seconds
    var parts = ["\(UInt64(rate).grouped) seeds/s"]
    if report.coverage.wanted > 0 {
      parts.append("assertions seen \(report.coverage.seen)/\(report.coverage.wanted)")
    }
    if report.failedCount > 0 {
      let kinds = report.failures.count
      parts.append(
        "\(report.failedCount.grouped) \(report.failedCount == 1 ? "failure" : "failures")"
          + " (\(kinds) \(kinds == 1 ? "kind" : "kinds"))")
    }
    guard count < .max else {
      return "\(report.scenario)  \(done.grouped) · \(parts.joined(separator: " · "))"
    }
    if rate > 0 {
      parts.append("ETA \(Duration.seconds(Double(count - done) / rate).rounded)")
    }
    let filled = Int(Double(done) / Double(max(count, 1)) * Double(barWidth))
    let bar =
      String(repeating: "█", count: filled) + String(repeating: " ", count: barWidth - filled)
    return "\(report.scenario)  [\(bar)] \(done.grouped)/\(count.grouped) · "
      + parts.joined(separator: " · ")
  }
}
