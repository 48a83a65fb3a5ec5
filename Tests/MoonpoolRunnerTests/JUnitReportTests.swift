//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import FoundationXML
import MoonpoolAssertions
import MoonpoolRunner
import MoonpoolRuntime
import Testing

@Suite struct JUnitReportTests {
  /// An element as a reader of JUnit XML sees it.
  private final class Element {
    let name: String
    let attributes: [String: String]
    var children: [Element] = []
    var text = ""

    init(_ name: String, _ attributes: [String: String]) {
      self.name = name
      self.attributes = attributes
    }

    func all(_ name: String) -> [Element] { children.filter { $0.name == name } }
    func number(_ name: String) -> Int? { attributes[name].flatMap { Int($0) } }
  }

  private final class Reader: NSObject, XMLParserDelegate {
    var stack = [Element("", [:])]

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      let element = Element(name, attributes)
      stack.last?.children.append(element)
      stack.append(element)
    }

    func parser(
      _ parser: XMLParser, didEndElement name: String, namespaceURI: String?,
      qualifiedName: String?
    ) { stack.removeLast() }

    func parser(_ parser: XMLParser, foundCharacters text: String) { stack.last?.text += text }
  }

  private func suites(_ reports: [CampaignReport]) throws -> [Element] {
    let xml = CampaignReports(reports).junit(executable: "my tool")
    let parser = XMLParser(data: Data(xml.utf8))
    let reader = Reader()
    parser.delegate = reader
    try #require(parser.parse(), "\(String(describing: parser.parserError))\n\(xml)")
    let root = try #require(reader.stack.first?.children.first)
    #expect(root.name == "testsuites")
    let suites = root.all("testsuite")
    for name in ["tests", "failures"] {
      #expect(root.number(name) == suites.reduce(0) { $0 + ($1.number(name) ?? 0) })
    }
    for suite in suites {
      let cases = suite.all("testcase")
      #expect(suite.number("tests") == cases.count)
      #expect(suite.number("failures") == cases.filter { !$0.all("failure").isEmpty }.count)
      #expect(suite.attributes["time"] == "1.500")
      #expect(cases.allSatisfy { $0.attributes["classname"] == suite.attributes["name"] })
    }
    return suites
  }

  @Test func aGreenCampaignIsOneCase() throws {
    let suite = try #require(try suites([SampleReports.green()]).first)
    let cases = suite.all("testcase")
    #expect(cases.map { $0.attributes["name"] } == ["planted, fixed"])
    #expect(cases[0].children.isEmpty)
  }

  @Test func eachKindOfFailureIsACase() throws {
    let report = try SampleReports.broken()
    let suites = try suites([report, SampleReports.green()])
    #expect(suites.count == 2)
    let cases = suites[0].all("testcase")
    let titles = report.failures.map { "\($0.signature)" }
    #expect(
      cases.map { $0.attributes["name"] ?? "" }
        == titles
        + report.assertions.filter { $0.status != .passed }.map { "\($0.site)" }
        + (report.unrepeatable.isEmpty ? [] : ["a second run of a seed is the same"]))
    #expect(cases.count > titles.count)
    for (element, group) in zip(cases, report.failures) {
      let failure = try #require(element.all("failure").first)
      #expect(failure.attributes["message"] == group.line)
      #expect(failure.attributes["type"] == group.signature.verdict)
      #expect(
        failure.text.contains("\nreplay: 'my tool' replay 'planted, broken' '\(group.first)'\n"))
      for event in group.details.lastEvents.suffix(10) { #expect(failure.text.contains(event)) }
    }
    let trap = try #require(cases.first { $0.attributes["name"]?.contains("gave up") == true })
    #expect(trap.attributes["file"] == "CampaignScenarios/Defect.swift")
    #expect(trap.number("line") == 47)
  }

  @Test func anyTextCanBeInIt() throws {
    let report = try SampleReports.chaotic()
    let suite = try #require(try suites([report]).first)
    #expect(suite.attributes["name"] == "chaotic <& more>")
    let names = suite.all("testcase").compactMap { $0.attributes["name"] }
    #expect(names.contains { $0.contains("say \"no\" to ␛[31mthree␇") })
    let text = suite.all("testcase").flatMap { $0.all("failure") }.map(\.text).joined()
    #expect(text.contains("line 1\nline 2\t␀]]>"))
    #expect(text.contains("\n  faults before it"))
    // An attribute keeps its ends of lines.
    let messages = suite.all("testcase").flatMap { $0.all("failure") }
      .compactMap { $0.attributes["message"] }
    #expect(messages.contains { $0.contains("line 1\nline 2\t␀]]>") })
  }

  @Test func whatElseIsNotGreenIsACase() throws {
    var report = CampaignReport(scenario: "nothing")
    report.wallTime = .milliseconds(1_500)
    let types = { (report: CampaignReport) throws in
      try suites([report])[0].all("testcase").flatMap { $0.all("failure") }
        .compactMap { $0.attributes["type"] }
    }
    #expect(try types(report) == ["empty"])
    report = try SampleReports.green()
    report.stopReason = .interrupted
    report.unrepeatable = [.init(seed: 7), .init(seed: 9)]
    #expect(try types(report) == ["unrepeatable", "interrupted"])
  }
}
