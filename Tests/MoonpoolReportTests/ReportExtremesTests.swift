//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import MoonpoolCore
import MoonpoolRunner
import MoonpoolRuntime
import MoonpoolSim
import Testing

/// Reports of what is unusual: much, hostile, narrow, empty.
extension ReportTests {
  @Suite struct ReportExtremesTests {
    private static let hostile =
      "</script><script>pwned=1</script><!--<img src=x onerror=pwned=1>\u{2028}'\"&"

    @Test func `no text is markup`() throws {
      let hostile = Self.hostile
      var scenario = Scenario(hostile) {
        Processes(named: hostile) { Silent() }
        Clients { node, _ in
          node.logger.warning("\(hostile)", metadata: ["\(hostile)": "\(hostile)"])
          Simulation.recordViolation(of: hostile, detail: hostile)
        }
      }
      let campaign = try Campaign(scenario, seeds: SeedPlan(Seeds(1...2))).run()
      scenario.spaceTime = SpaceTime.Limits()
      let run = try #require(scenario.run(seed: 1).spaceTime)
      let html = HTMLReport(
        campaigns: [.init(campaign, diagrams: [run])], runs: [run], executable: hostile)
      let page = try BrowserPage(html.text)
      defer { page.close() }
      for number in 0...1 { _ = try page.state(number) }
      try page.value("document.querySelector('.plot').focus()")
      try page.press("v")
      _ = try page.state()
      #expect(try page.isTrue("typeof pwned === 'undefined'"))
      #expect(try page.number("document.querySelectorAll('script').length") == 1)
      #expect(try page.number("document.querySelectorAll('img').length") == 0)
      #expect(try page.texts("h2").first == hostile)
      #expect(try page.texts(".details .title").first == "\(hostile) violated: \(hostile)")
      #expect(try page.texts(".chips:nth-child(2) .chip").first == hostile)
      #expect(try page.texts(".command pre").first?.hasPrefix(hostile) == true)
      #expect(page.troubles == [])
      try page.screenshot("hostile")
    }

    @Test func `a seed of 100,000 events loads and pans`() throws {
      let html = HTMLReport(runs: [SyntheticRun.make(messages: 60_000, events: 40_000)])
      let page = try BrowserPage(html.text)
      defer { page.close() }
      let loaded = try page.state()
      #expect(loaded["items"] as? Int == 100_004)
      try page.screenshot("many-whole")
      // Two seconds of panning, at three zooms: frames as the browser gives them, and their work.
      for zoom in [0, 4, 9] {
        try page.value("document.querySelector('.plot').focus()")
        try page.press("0")
        for _ in 0..<zoom { try page.press("+") }
        _ = try page.state()
        let script = """
          (async () => {
            const canvas = document.querySelector(".plot"), frames = [];
            const press = () => canvas.dispatchEvent(
              new KeyboardEvent("keydown", { key: "ArrowRight" }));
            let last = performance.now();
            const before = moonpool.diagrams["diagram-0"].paints.length;
            for (let i = 0; i < 40; i += 1) {
              press();
              await new Promise((go) => requestAnimationFrame(go));
              frames.push(performance.now() - last);
              last = performance.now();
            }
            const work = moonpool.diagrams["diagram-0"].paints.slice(before).sort((a, b) => a - b);
            frames.sort((a, b) => a - b);
            const at = (list, share) => list[Math.floor((list.length - 1) * share)].toFixed(1);
            return `frame ${at(frames, 0.5)} ms (95 %: ${at(frames, 0.95)}), ` +
              `painting ${at(work, 0.5)} ms (95 %: ${at(work, 0.95)})`;
          })()
          """
        let text = try page.text(script)
        let state = try page.state()
        let drawn = try #require(state["drawn"] as? [String: Int])
        let caps = try #require(state["caps"] as? [String: Int])
        #expect(try #require(drawn["messages"]) <= #require(caps["messages"]))
        #expect(try #require(drawn["events"]) <= #require(caps["events"]))
        #expect(try #require(drawn["messages"]) > 0)
        print("100,000 events, zoomed \(zoom) times: \(text), drawn \(drawn)")
        try page.screenshot("many-zoomed-\(zoom)")
      }
      let load = try #require(loaded["loadTime"] as? Double)
      print("100,000 events: \(html.text.utf8.count / 1_024) KiB, loaded in \(Int(load)) ms")
      #expect(page.troubles == [])
    }

    @Test func `a narrow window shows it all`() throws {
      var run = SyntheticRun.make(messages: 400, events: 100)
      run.droppedMessages = 1
      run.droppedEvents = 12_345
      let page = try BrowserPage(HTMLReport(runs: [run]).text, width: 420, height: 900)
      defer { page.close() }
      _ = try page.state()
      #expect(
        try page.texts(".note")
          == ["1 older message not recorded · 12,345 older events not recorded"])
      #expect(try page.isTrue("document.documentElement.scrollWidth <= innerWidth"))
      try page.screenshot("narrow")
      #expect(page.troubles == [])
    }

    @Test func `what passes is green, and several scenarios have a list`() throws {
      let scenario = Scenario("calm") {
        Clients { node, _ in try await node.clock.sleep(for: .seconds(1)) }
      }
      let report = try Campaign(scenario, seeds: SeedPlan(Seeds(1...3))).run()
      let page = try BrowserPage(HTMLReport(campaigns: [.init(report), .init(report)]).text)
      defer { page.close() }
      #expect(try page.texts(".masthead .pill") == ["Passed"])
      #expect(try page.texts("nav tbody tr").count == 2)
      #expect(try page.texts(".tiles").first?.contains("Seeds3") == true)
      #expect(page.troubles == [])
      try page.screenshot("passed")
    }

    @Test(arguments: [false, true])
    func `text has enough contrast`(isDark: Bool) throws {
      let html = HTMLReport(runs: [SyntheticRun.make(messages: 10, events: 10)])
      let page = try BrowserPage(html.text, isDark: isDark)
      defer { page.close() }
      let pairs = [
        "ink/page", "ink/row", "muted/page", "muted/row", "muted/grid", "faint/paper",
        "accent/paper",
        "ink/accent-soft", "good/good-soft", "good/paper", "bad/bad-soft", "bad/paper",
        "warn/paper",
        "warn/warn-soft", "network/row", "storage/row", "process/row", "clock/row", "ink/warn-soft",
        "muted/warn-soft", "paper/bad",
      ]
      let script = """
        (() => {
          const style = getComputedStyle(document.documentElement);
          const light = (name) => {
            const hex = style.getPropertyValue("--" + name).trim();
            const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
              .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          return \(pairs).filter((pair) => {
            const [a, b] = pair.split("/").map(light).sort((x, y) => y - x);
            return !((a + 0.05) / (b + 0.05) >= 4.5);
          });
        })()
        """
      #expect(try page.value(script) as? [String] == [])
    }

    private struct Silent: Program {
      func run(on node: Node) async throws { try await node.clock.sleep(for: .seconds(10)) }
    }
  }
}
