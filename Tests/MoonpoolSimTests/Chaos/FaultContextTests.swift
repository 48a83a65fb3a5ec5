//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import MoonpoolCore
import MoonpoolSim
import Testing

/// What a fault injector can do, call by call.
@Suite struct FaultContextTests {
  @Test(arguments: faultCalls.indices)
  func `what a call does is seen`(index: Int) {
    let call = faultCalls[index]
    for report in call.scenario.reports(0..<3) {
      let complaints = report.passed ? call.complaints(FaultWitness(report: report)) : [report.line]
      #expect(complaints.isEmpty, "\(call), seed \(report.seed): \(complaints)")
    }
  }

  @Test func `what was not synchronised may be lost in a crash, and may not`() {
    let crash = FaultCall("crash") { faults in
      faults.reboot(faults.cluster.processes[0], .crash)
    } expect: { _ in
      []
    }
    let found = crash.scenario.reports(0..<16).map { report in
      report.timeline.last { $0.name == "booted" && $0.source == "store-0" }?["found"]
    }
    #expect(Set(found) == ["synchronized", "synchronized written"])
  }

  /// Takes no notice of being asked to end.
  private struct Stubborn: Program {
    func run(on node: Node) async throws {
      await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
    }
  }

  private struct Held: FaultInjector {
    func inject(with faults: FaultContext) async throws {
      faults.reboot(
        faults.cluster.processes[0], .graceful, grace: .seconds(5), recovery: nil)
    }
  }

  @Test func `one that is held down starts after the phase, even if it is still being asked`() {
    let scenario = Scenario("stubborn") {
      Processes(named: "stubborn") { Stubborn() }
      Clients { node, _ in try await node.clock.sleep(for: .seconds(10)) }
      Chaos(for: .seconds(1)) { Held() }
    }
    for report in scenario.reports(0..<5) {
      #expect(report.passed && report.starts == [2], "\(report.line)")
      let stopped = report.timeline.first { $0.name == "stopped" }?.time ?? .zero
      #expect((.seconds(5)...(.seconds(5.1))).contains(stopped), "\(stopped)")
    }
  }

  /// `name(label:label:)` of each public function in the sources that belongs to `FaultContext`.
  private static func publicCalls() throws -> Set<String> {
    let sources = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../Sources/MoonpoolSim").standardized
    let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
    var found: Set<String> = []
    for case let file as URL in files! where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      var isInside = false
      for (number, line) in text.split(separator: "\n").enumerated() {
        if line.hasPrefix("extension FaultContext") || line.hasPrefix("public struct FaultContext")
        {
          isInside = true
        } else if line == "}" {
          isInside = false
        }
        guard isInside, let start = line.range(of: "public func ") else { continue }
        let rest = text.split(separator: "\n")[(number + 1)...].joined(separator: " ")
        found.insert(signature(line[start.upperBound...] + " " + rest))
      }
    }
    return found
  }

  /// The name and labels of the declaration that the text begins with.
  private static func signature(_ text: some StringProtocol) -> String {
    let name = text.prefix { $0 != "(" && $0 != "<" }
    let list = text[text.firstIndex(of: "(")!...].dropFirst()
    var depth = 0
    var parameter = ""
    var labels: [String] = []
    for character in list {
      if character == ")" && depth == 0 { break }
      if "([{<".contains(character) { depth += 1 }
      if ")]}>".contains(character), !parameter.hasSuffix("-") { depth -= 1 }
      if character == ",", depth == 0 {
        labels.append(parameter)
        parameter = ""
      } else {
        parameter.append(character)
      }
    }
    labels.append(parameter)
    return name + "("
      + labels.compactMap { $0.split(whereSeparator: { " :".contains($0) }).first.map { "\($0):" } }
      .joined() + ")"
  }

  /// The calls that `StorageInjectionTests` tries by what programs see of their files, each with
  /// the name of its test.
  private static let storageCalls = [
    "setStorageFaults(_:of:)": "faults can be those of one process",
    "corrupt(file:of:bits:)": "flipped bits are found, and counted as corruption of what is read",
    "wipe(_:recovery:)": "a wiped disk is empty, whether its process runs or not",
    "fill(_:)": "a volume that is full has no room until it is freed",
    "free(_:)": "a volume that is full has no room until it is freed",
    "stall(_:for:)": "a stalled disk does nothing for as long as it is told",
    "throttle(_:for:by:)": "a throttled disk is slow for as long as it is told",
    "failNextSync(of:)": "the next sync fails, and no other",
  ]

  @Test func `every public call has a test, here or with the disks`() throws {
    let calls = try Self.publicCalls()
    #expect(calls.count >= 26)
    #expect(calls == Set(faultCalls.map(\.signature) + Self.storageCalls.keys))
  }

  @Test func `the tests with the disks make the calls that they stand for here`() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "StorageInjectionTests.swift")
    let tests = try String(contentsOf: file, encoding: .utf8).split(separator: "@Test")
    for (signature, name) in Self.storageCalls {
      let call = "faults." + signature.prefix { $0 != "(" } + "("
      let test = tests.first { $0.contains("func `\(name)`(") }
      #expect(test?.contains(call) == true, "`\(name)` doesn't call \(call)")
    }
  }
}
