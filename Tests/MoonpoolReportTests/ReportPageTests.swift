//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import ClusterScenarios
import Foundation
import MoonpoolRunner
import MoonpoolRuntime
import MoonpoolSim
import Testing

/// Reports as people see them: in a browser, opened from disk.
extension ReportTests {
  @Suite struct ReportPageTests {
    /// A campaign of one failing seed of an example, and what was recorded of it.
    private static let example: (report: CampaignReport, run: SpaceTime)? = {
      guard var scenario = ClusterExample.named("replicated-register")?.buggy else { return nil }
      let plan = SeedPlan(Seeds(2...4))
      guard let report = try? Campaign(scenario, seeds: plan, recheckedSeeds: 0).run() else {
        return nil
      }
      scenario.spaceTime = SpaceTime.Limits()
      return scenario.run(seed: 4).spaceTime.map { (report, $0) }
    }()

    private func page(
      _ html: HTMLReport, width: Int = 1_440, height: Int = 1_000, isDark: Bool = false,
      _ body: (BrowserPage) throws -> Void
    ) throws {
      let page = try BrowserPage(html.text, width: width, height: height, isDark: isDark)
      defer { page.close() }
      try body(page)
      #expect(page.troubles == [])
    }

    private func exampleReport() throws -> (HTMLReport, CampaignReport) {
      let (report, run) = try #require(Self.example)
      let section = HTMLReport.Section(report, diagrams: [run])
      return (HTMLReport(campaigns: [section], executable: "./simulations"), report)
    }

    @Test func `a campaign is all there`() throws {
      let (html, report) = try exampleReport()
      try page(html) { page in
        #expect(try page.text("document.title") == "\(report.scenario) – Moonpool")
        #expect(try page.texts(".masthead .pill") == ["Failed"])
        #expect(try page.texts(".failure header h3") == report.failures.map(\.details.summary))
        #expect(
          try page.texts(".command pre") == ["./simulations replay '\(report.scenario)' '4'"])
        #expect(try page.texts("#faults-0 tbody th") == report.faults.map(\.family))
        let idle = report.faults.filter { $0.effective == 0 }.map(\.family)
        #expect(try page.texts("#faults-0 tr.warn th") == idle && !idle.isEmpty)
        #expect(
          try page.texts("#faults-0 tbody tr td:nth-child(2)") == report.faults.map(\.fired.grouped)
        )
        let violation = try #require(report.failures.first?.details.violations.first)
        let cells = try page.texts(".failure tbody tr:first-child td")
        #expect(
          cells == [
            violation.node, violation.time.secondsText, violation.decisionCount.grouped,
            violation.jobCount.grouped, "",
          ])
        #expect(
          try page.text(
            "document.querySelector('.failure pre + *, .failure details pre').textContent") != "")
        _ = try page.state()
        try page.value("scrollTo(0, 0)")
        try page.screenshot("campaign", isWhole: true)
      }
    }

    @Test func `the diagram of a failing seed is drawn, and the violation is found`() throws {
      let (html, _) = try exampleReport()
      let run = try #require(Self.example?.run)
      try page(html) { page in
        var state = try page.state()
        #expect(
          state["items"] as? Int
            == run.messages.count + run.events.count + run.violations.count + run.faults.count)
        #expect(try page.number(Self.colourCount) > 12)
        try page.screenshot("diagram")
        let blank = try page.text(Self.pixels)
        try page.value("document.querySelector('.bar .alarm').click()")
        state = try page.state()
        let selected = try #require(state["selected"] as? [String: Any])
        #expect(selected["type"] as? String == "violation")
        #expect(selected["time"] as? Double == Double(run.violations[0].time))
        #expect(try page.texts(".details .title") == [run.violations[0].description])
        #expect(try page.text(Self.pixels) != blank)
        try page.screenshot("violation")
      }
      try page(html, isDark: true) { page in
        _ = try page.state()
        try page.value("document.querySelector('.bar .alarm').click()")
        _ = try page.state()
        #expect(try page.number("\(Self.corner)[0]") < 60)
        try page.screenshot("diagram-dark")
        try page.value("document.querySelector('.bar .round').click()")
        try page.screenshot("help-dark")
        try page.setMedia(isPrint: true)
        #expect(
          try page.text("getComputedStyle(document.querySelector('.diagram')).display") == "none")
        try page.screenshot("print", isWhole: true)
      }
    }

    @Test func `all works by keyboard alone`() throws {
      try page(HTMLReport(runs: [SyntheticRun.make(messages: 400, events: 100)])) { page in
        let begin = try page.state()
        var stops: [String] = []
        while stops.last != "CANVAS plot", stops.count < 60 {
          try page.press("Tab")
          stops.append(
            try page.text("document.activeElement.tagName + ' ' + document.activeElement.className")
          )
          #expect(
            try page.text(Self.focusRing) != "none", "\(stops.last ?? "") shows no focus")
        }
        #expect(stops.last == "CANVAS plot" && stops.contains { $0.hasPrefix("INPUT") })
        try page.press("+")
        #expect(try span(page.state()) < span(begin) * 0.7)
        let zoomed = try page.state()
        try page.press("ArrowRight")
        #expect(try number("begin", page.state()) > number("begin", zoomed))
        try page.press("Shift+ArrowLeft")
        #expect(try number("begin", page.state()) < number("begin", zoomed))
        try page.press("0")
        #expect(try span(page.state()) == span(begin))
        try page.press("n", "n", "n")
        let third = try #require(page.state()["selected"] as? [String: Any])
        #expect(try page.texts(".details .title") == [third["title"] as? String])
        try page.press("p")
        let second = try #require(page.state()["selected"] as? [String: Any])
        #expect(second["title"] as? String != third["title"] as? String)
        #expect(
          try page.texts(".status").first?.hasSuffix(": \(second["title"] as? String ?? "")")
            == true)
        try page.press("v")
        let violation = try #require(page.state()["selected"] as? [String: Any])
        #expect(violation["type"] as? String == "violation")
        try page.press("Escape")
        #expect(try page.state()["selected"] is NSNull)
        try page.press("?")
        #expect(try page.isTrue("moonpool.isHelpOpen"))
        try page.press("Enter")  // on the button that closes it
        #expect(try page.isTrue("!moonpool.isHelpOpen"))
        #expect(try page.text("document.activeElement.className") == "plot")
      }
    }

    @Test func `filters by keyboard leave what they say`() throws {
      let run = SyntheticRun.make(messages: 400, events: 100)
      try page(HTMLReport(runs: [run])) { page in
        _ = try page.state()
        try page.value("document.querySelector('.plot').focus()")
        try page.press("/")
        #expect(try page.text("document.activeElement.type") == "search")
        for key in "lost" { try page.press("\(key)") }
        try page.press("Enter")
        let lost = run.messages.count { $0.fate == .lost }
        #expect(try page.state()["shown"] as? Int == lost + 1)  // and the violation
        #expect(try page.text("document.activeElement.className") == "plot")
        try page.press("/", "Escape")
        #expect(try page.state()["shown"] as? Int == page.state()["items"] as? Int)
        try page.value("document.querySelector('.kind-log').focus()")
        try page.press(" ")
        let logs = run.events.count { $0.kind == "log" }
        #expect(try hidden(page.state()) == logs)
        #expect(try page.text("document.activeElement.getAttribute('aria-pressed')") == "false")
        try page.press(" ")
        try page.value("document.querySelectorAll('.chips')[1].querySelector('button').focus()")
        try page.press(" ")
        let touching =
          run.messages.count { $0.from == 0 || $0.to == 0 } + run.events.count { $0.lane == 0 }
        #expect(try hidden(page.state()) == touching)
        try page.press(" ")
        try page.value("document.querySelector('.plot').focus()")
        while try (page.state()["selected"] as? [String: Any])?["type"] as? String != "message" {
          try page.press("n")
        }
        try page.press("c")
        let state = try page.state()
        #expect(state["connection"] as? Int == 0 && state["shown"] as? Int == 21)
        try page.screenshot("connection")
      }
    }

    @Test func `the mouse selects, zooms and pans`() throws {
      var run = SyntheticRun.make(messages: 0, events: 0)
      run.end = 1_000_000
      run.violations = []
      run.faults = []
      run.messages = [SpaceTime.Message(.data, from: 0, to: 4, sent: 200_000, bytes: 77)]
      run.messages[0].fate = .delivered
      run.messages[0].ended = 400_000
      run.events = [
        SpaceTime.Event(
          time: 700_000, lane: 2, kind: "log", level: "info", name: "here", detail: "k=1")
      ]
      try page(HTMLReport(runs: [run])) { page in
        let state = try page.state()
        let script = """
          (() => { const s = moonpool.diagrams["diagram-0"];
            const box = document.querySelector(".plot").getBoundingClientRect();
            const width = box.width - s.places.gutter - 14;
            const x = (t) => box.left + s.places.gutter + (t - s.begin) / (s.end - s.begin) * width;
            const y = (lane) => box.top + s.places.top + (lane + 0.5) * s.places.row;
            return [x(300000), y(2), x(700000), y(2), x(900000), y(6)]; })()
          """
        let places = try #require(page.value(script) as? [Double])
        try page.click(places[0], places[1])
        #expect(try page.texts(".details dd").contains("77"))
        try page.screenshot("selection")
        try page.click(places[2], places[3])
        #expect(try page.texts(".details .title") == ["node-2: here"])
        #expect(try page.texts(".details dd").last == "k=1")
        try page.click(places[4], places[5])
        #expect(try page.state()["selected"] is NSNull)
        try page.mouse("mouseWheel", places[2], places[3], ["deltaX": 0, "deltaY": -300])
        let zoomed = try page.state()
        #expect(try span(zoomed) < span(state) * 0.6)
        let button: [String: Any] = ["button": "left", "buttons": 1, "clickCount": 1]
        try page.mouse("mousePressed", places[2], places[3], button)
        for step in 1...5 {
          try page.mouse("mouseMoved", places[2] - Double(step) * 20, places[3], button)
        }
        try page.mouse("mouseReleased", places[2] - 100, places[3], button)
        let dragged = try page.state()
        #expect(try number("begin", dragged) > number("begin", zoomed))
        #expect(dragged["selected"] is NSNull)
      }
    }

    // MARK: Helpers

    private func number(_ name: String, _ state: [String: Any]) throws -> Double {
      try #require(state[name] as? Double)
    }
    private func span(_ state: [String: Any]) throws -> Double {
      try number("end", state) - number("begin", state)
    }
    private func hidden(_ state: [String: Any]) throws -> Int {
      try #require(state["items"] as? Int) - #require(state["shown"] as? Int)
    }

    private static let canvas = "document.querySelector('.plot')"
    private static let pixels = "\(canvas).toDataURL()"
    private static let corner = "\(canvas).getContext('2d').getImageData(2, 2, 1, 1).data"
    private static let colourCount = """
      new Set(new Uint32Array(\(canvas).getContext("2d")
        .getImageData(0, 0, \(canvas).width, \(canvas).height).data.buffer)).size
      """
    /// How the focus shows: on the element, or around the canvas.
    private static let focusRing = """
      (() => { const e = document.activeElement;
        const shown = e.classList.contains("plot") ? e.parentElement : e;
        return getComputedStyle(shown).outlineStyle; })()
      """
  }
}
