//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime

extension CampaignReports {
  /// The reports as JUnit XML, which most continuous integration services read.
  ///
  /// Each campaign is a suite. Its cases are what is wrong: kinds of failures, assertions that
  /// failed or were missed; or one for the scenario if all is well. `time` is seconds of real time
  /// of a suite.
  ///
  /// - Parameter executable: What commands for a replay begin with.
  public func junit(executable: String) -> String {
    let suites = campaigns.map { JUnitSuite($0, executable) }
    var xml = XMLText()
    xml.open(
      "testsuites",
      [
        ("name", "moonpool"), ("tests", "\(suites.reduce(0) { $0 + $1.cases.count })"),
        ("failures", "\(suites.reduce(0) { $0 + $1.failureCount })"), ("errors", "0"),
        ("time", campaigns.reduce(.zero) { $0 + $1.wallTime }.decimalSeconds),
      ])
    for suite in suites { suite.write(to: &xml) }
    xml.close("testsuites")
    return xml.text
  }
}

/// A campaign as a suite of test cases.
private struct JUnitSuite {
  let report: CampaignReport
  /// What is wrong, or nil for the scenario itself.
  let cases: [Finding?]

  init(_ report: CampaignReport, _ executable: String) {
    self.report = report
    let findings = report.findings(executable)
    cases = findings.isEmpty ? [nil] : findings
  }

  var failureCount: Int { cases.count { $0 != nil } }

  func write(to xml: inout XMLText) {
    xml.open(
      "testsuite",
      [
        ("name", report.scenario), ("tests", "\(cases.count)"), ("failures", "\(failureCount)"),
        ("errors", "0"), ("skipped", "0"), ("time", report.wallTime.decimalSeconds),
      ])
    xml.open("properties", [])
    for (name, value) in properties {
      xml.empty("property", [("name", name), ("value", value)])
    }
    xml.close("properties")
    for finding in cases { write(finding, to: &xml) }
    xml.close("testsuite")
  }

  private var properties: [(String, String)] {
    [
      ("seeds", "\(report.seedCount)"), ("seeds.failed", "\(report.failedCount)"),
      ("stop_reason", report.stopReason.rawValue),
      ("virtual_time", report.virtualTime.secondsText),
    ]
  }

  private func write(_ finding: Finding?, to xml: inout XMLText) {
    guard let finding else {
      xml.empty(
        "testcase",
        [
          ("classname", report.scenario), ("name", report.scenario),
          ("time", report.wallTime.decimalSeconds),
        ])
      return
    }
    var attributes = [
      ("classname", report.scenario), ("name", finding.title), ("time", "0"),
    ]
    if let place = finding.place {
      let parts = place.split(separator: ":")
      attributes += [("file", "\(parts[0])"), ("line", "\(parts[parts.count - 1])")]
    }
    xml.open("testcase", attributes)
    var lines = [finding.message]
    if let place = finding.place { lines.append("at \(place)") }
    if let replay = finding.replay { lines.append("replay: \(replay)") }
    lines += finding.details
    xml.element(
      "failure", [("message", finding.message), ("type", finding.type)],
      lines.joined(separator: "\n"))
    xml.close("testcase")
  }
}

/// XML 1.0, element by element.
struct XMLText {
  private(set) var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
  private var depth = 0

  typealias Attributes = [(name: String, value: String)]

  mutating func open(_ name: String, _ attributes: Attributes) {
    line("<\(name)\(Self.list(attributes))>")
    depth += 1
  }

  mutating func close(_ name: String) {
    depth -= 1
    line("</\(name)>")
  }

  mutating func empty(_ name: String, _ attributes: Attributes) {
    line("<\(name)\(Self.list(attributes))/>")
  }

  mutating func element(_ name: String, _ attributes: Attributes, _ content: String) {
    line("<\(name)\(Self.list(attributes))>\(Self.escaped(content))</\(name)>")
  }

  private mutating func line(_ line: String) {
    text += String(repeating: "  ", count: depth) + line + "\n"
  }

  private static func list(_ attributes: Attributes) -> String {
    attributes.map { " \($0.name)=\"\(escaped($0.value, inAttribute: true))\"" }.joined()
  }

  /// XML has no way at all to write most control characters, so their pictures stand for them.
  static func escaped(_ text: String, inAttribute: Bool = false) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += inAttribute ? "&quot;" : "\""
      // A reader would make blanks of them.
      case "\n", "\t": if inAttribute { fallthrough } else { result.unicodeScalars.append(scalar) }
      case "\r", "\u{7f}"..."\u{9f}":
        result += "&#\(scalar.value);"
      case "\u{fffe}", "\u{ffff}": result += "\u{fffd}"
      default: result.unicodeScalars.append(scalar.controlPicture ?? scalar)
      }
    }
    return result
  }
}

extension Unicode.Scalar {
  /// What shows a control character: `␛`; nil of all others.
  var controlPicture: Unicode.Scalar? {
    switch value {
    case 0..<0x20: Unicode.Scalar(0x2400 + value)
    case 0x7f: "\u{2421}"
    case 0x80..<0xa0: "\u{fffd}"
    default: nil
    }
  }
}

extension Duration {
  /// Seconds with three decimals: `8.103`.
  fileprivate var decimalSeconds: String {
    let milliseconds = clampedNanoseconds / 1_000_000
    let decimals = String(milliseconds % 1_000)
    return "\(milliseconds / 1_000)."
      + String(repeating: "0", count: 3 - decimals.count) + decimals
  }
}
