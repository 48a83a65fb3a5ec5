//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import Testing

/// Starts one browser for all tests of a suite, and buries it afterwards.
struct BrowserTrait: SuiteTrait, TestScoping {
  let isRecursive = false

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    let browser = try Chromium()
    defer { browser.end() }
    try await BrowserPage.$browser.withValue(browser) { try await function() }
  }
}

extension SuiteTrait where Self == BrowserTrait {
  /// The tests use ``BrowserPage``s, one after the other.
  static var browser: BrowserTrait { BrowserTrait() }
}

/// A tab with a report in it, opened from disk.
final class BrowserPage {
  @TaskLocal static var browser: Chromium?

  private let browser: Chromium
  private let session: String
  private let target: String
  private let file: URL

  /// Opens a report, and waits until its diagrams that are in view are there.
  init(_ html: String, width: Int = 1_440, height: Int = 1_000, isDark: Bool = false) throws {
    browser = try #require(Self.browser)
    file = FileManager.default.temporaryDirectory
      .appending(path: "moonpool-report-\(UUID().uuidString).html")
    try Data(html.utf8).write(to: file)
    let created = try browser.call("Target.createTarget", ["url": "about:blank"])
    target = try #require(created["targetId"] as? String)
    let attached = try browser.call(
      "Target.attachToTarget", ["targetId": target, "flatten": true])
    session = try #require(attached["sessionId"] as? String)
    for domain in ["Page", "Runtime", "Log", "Network"] { try call("\(domain).enable") }
    try call(
      "Emulation.setDeviceMetricsOverride",
      ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": false])
    try setMedia(isDark: isDark)
    try call("Page.navigate", ["url": file.absoluteString])
    _ = try browser.wait(for: "Page.loadEventFired", in: session)
  }

  /// Closes the tab.
  func close() {
    _ = try? browser.call("Target.closeTarget", ["targetId": target])
    try? FileManager.default.removeItem(at: file)
  }

  /// Where pictures are put for people to look at.
  static let folder: URL = {
    let folder = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: ".build/report-screenshots")
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }()

  @discardableResult
  private func call(_ method: String, _ parameters: [String: Any] = [:]) throws -> [String: Any] {
    try browser.call(method, parameters, in: session)
  }

  func setMedia(isDark: Bool = false, isPrint: Bool = false) throws {
    try call(
      "Emulation.setEmulatedMedia",
      [
        "media": isPrint ? "print" : "",
        "features": [["name": "prefers-color-scheme", "value": isDark ? "dark" : "light"]],
      ])
  }

  // MARK: Looking

  /// What went wrong in the page: exceptions, errors on the console, requests that leave the disk.
  var troubles: [String] {
    browser.events.filter { $0.session == session }.compactMap { event in
      let text = "\(event.parameters)"
      switch event.name {
      case "Runtime.exceptionThrown": return text
      case "Runtime.consoleAPICalled":
        return event.parameters["type"] as? String == "error" ? text : nil
      case "Log.entryAdded":
        let entry = event.parameters["entry"] as? [String: Any]
        return entry?["level"] as? String == "error" ? text : nil
      case "Network.requestWillBeSent":
        let url = (event.parameters["request"] as? [String: Any])?["url"] as? String ?? ""
        return url.hasPrefix("file:") || url.hasPrefix("data:") ? nil : url
      default: return nil
      }
    }
  }

  /// The value of an expression; promises are waited for.
  @discardableResult
  func value(_ expression: String) throws -> Any {
    let result = try call(
      "Runtime.evaluate",
      ["expression": expression, "returnByValue": true, "awaitPromise": true])
    if let exception = result["exceptionDetails"] {
      throw Chromium.Failure(description: "\(expression): \(exception)")
    }
    return (result["result"] as? [String: Any])?["value"] ?? NSNull()
  }

  func number(_ expression: String) throws -> Double {
    try #require(
      try value(expression) as? Double ?? (try value(expression) as? Int).map(Double.init))
  }
  func text(_ expression: String) throws -> String {
    try #require(try value(expression) as? String)
  }
  func texts(_ selector: String) throws -> [String] {
    let list = "[...document.querySelectorAll('\(selector)')].map(e => e.textContent.trim())"
    return try #require(try value(list) as? [String])
  }
  func isTrue(_ expression: String) throws -> Bool {
    guard let answer = try value(expression) as? Bool else {
      throw Chromium.Failure(description: "\(expression) is neither true nor false")
    }
    return answer
  }

  /// The state of a diagram, once it is there and has been drawn anew.
  func state(_ number: Int = 0) throws -> [String: Any] {
    let script = """
      (async () => {
        const host = document.getElementById("diagram-\(number)");
        host.scrollIntoView({ block: "start" });
        for (;;) {
          await new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)));
          const state = moonpool.diagrams["diagram-\(number)"];
          if (state !== undefined) return state;
        }
      })()
      """
    return try #require(try value(script) as? [String: Any])
  }

  // MARK: Doing

  /// Presses keys one after the other: `Tab`, `n`, `Shift+ArrowLeft`.
  func press(_ keys: String...) throws {
    for name in keys {
      let isShifted = name.hasPrefix("Shift+")
      let key = isShifted ? String(name.dropFirst(6)) : name
      var parameters: [String: Any] = [
        "key": key, "modifiers": isShifted ? 8 : 0, "code": Self.codes[key]?.code ?? "",
        "windowsVirtualKeyCode": Self.codes[key]?.number ?? 0,
      ]
      if key.count == 1 { parameters["text"] = key }
      if key == "Enter" { parameters["text"] = "\r" }
      parameters["type"] = parameters["text"] == nil ? "rawKeyDown" : "keyDown"
      try call("Input.dispatchKeyEvent", parameters)
      parameters["type"] = "keyUp"
      parameters["text"] = nil
      try call("Input.dispatchKeyEvent", parameters)
    }
  }

  private static let codes: [String: (code: String, number: Int)] = [
    "Tab": ("Tab", 9), "Enter": ("Enter", 13), "Escape": ("Escape", 27), " ": ("Space", 32),
    "End": ("End", 35), "Home": ("Home", 36), "ArrowLeft": ("ArrowLeft", 37),
    "ArrowUp": ("ArrowUp", 38), "ArrowRight": ("ArrowRight", 39), "ArrowDown": ("ArrowDown", 40),
  ]

  func mouse(_ type: String, _ x: Double, _ y: Double, _ more: [String: Any] = [:]) throws {
    let base: [String: Any] = ["type": type, "x": x, "y": y]
    try call("Input.dispatchMouseEvent", base.merging(more) { $1 })
  }

  func click(_ x: Double, _ y: Double) throws {
    let button: [String: Any] = ["button": "left", "clickCount": 1]
    try mouse("mousePressed", x, y, button)
    try mouse("mouseReleased", x, y, button)
  }

  /// Takes a picture of the window, or of the whole page, and returns its bytes.
  @discardableResult
  func screenshot(_ name: String, isWhole: Bool = false) throws -> Data {
    let picture = try call(
      "Page.captureScreenshot", ["format": "png", "captureBeyondViewport": isWhole])
    let data = try #require(
      (picture["data"] as? String).flatMap { Data(base64Encoded: $0) })
    try data.write(to: Self.folder.appending(path: "\(name).png"))
    return data
  }
}
