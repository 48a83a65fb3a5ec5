//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CampaignScenarios
import Foundation
import MoonpoolSimTesting
import Testing

/// Tests that are meant to fail. They run only in a process that `ScenarioOutputTests` starts.
private let enabled = ProcessInfo.processInfo.environment["MOONPOOL_FIXTURES"] == "1"

@Suite(.enabled(if: enabled)) struct ScenarioFixtures {
  @Test(.scenario(PlantedScenarios.planted(.broken), seeds: 20)) func clusterFails() {
    print("the body saw \(CampaignReport.current!.seedCount) seeds")
  }

  @Test(.simulated(seeds: 2)) func isSimulatedTwice() async throws {
    try await PlantedScenarios.trivial.test(seeds: 2)
    print("the body goes on")
  }

  @Test(arguments: [PlantedScenarios.trivial, PlantedScenarios.planted(.broken)])
  func clustersFail(_ scenario: Scenario) async throws {
    try await scenario.test(seeds: 3, requiresAll: false)
  }
}

/// What a person sees of a scenario that fails: fixtures run in a process of their own.
@Suite struct ScenarioOutputTests {
  @Test func aFailureIsPrintedAndItsFilesAreThere() throws {
    let output = try run("clusterFails")
    #expect(output.status != 0)
    #expect(output.text.contains("FAILED seed=1 — "), "\(output.text)")
    #expect(output.text.contains("replay: MOONPOOL_SEED=1 swift test --filter clusterFails"))
    #expect(output.text.components(separatedBy: "recorded an issue").count == 2)
    #expect(output.text.contains("the body saw 1 seeds"))
    let name = "planted-broken"
    #expect(
      output.files == [
        "\(name)-seed-1.html", "\(name)-seed-1.recipe.txt", "\(name)-seed-1.report.txt",
        "\(name)-seed-1.timeline.txt", "\(name).report.txt",
      ])
  }

  @Test func theSeedOfTheEnvironmentIsTheOnlyOne() throws {
    let failing = try run("clusterFails", seed: "8: #1000000=0")
    #expect(failing.status != 0)
    #expect(failing.text.contains("FAILED seed=8: #1000000=0 — never thirteen"), "\(failing.text)")
    // It sees nothing of what the other seeds would.
    let passing = try run("clusterFails", seed: "18")
    #expect(passing.status == 0, "\(passing.text)")
    #expect(passing.files.isEmpty && passing.text.contains("the body saw 1 seeds"))
    let none = try run("clusterFails", seed: "banana")
    #expect(none.status != 0 && none.text.contains("MOONPOOL_SEED: "), "\(none.text)")
    #expect(!none.text.contains("the body saw"))
  }

  @Test func theTraceIsPrintedOnDemand() throws {
    let scenario = PlantedScenarios.planted(.broken)
    let traces = try [18, 8, 7].map { try MergedTrace(of: scenario, Recipe(seed: $0)).text }
    #expect(traces[0].contains("PASSED seed=18") && traces[1].contains("FAILED seed=8"))
    // One after the other, up to the failure that ends the campaign.
    let output = try run("clusterFails", seed: "18,8,7", trace: "1")
    #expect(output.text.contains(traces[0] + traces[1]), "\(output.text)")
    #expect(!output.text.contains(traces[2]) && output.text.contains("the body saw 2 seeds"))
    let quiet = try run("clusterFails", seed: "18", trace: "0")
    #expect(quiet.status == 0 && !quiet.text.contains("PASSED seed=18"))
  }

  @Test func aSimulatedTestHasNoScenario() throws {
    let output = try run("isSimulatedTwice")
    #expect(output.status != 0)
    #expect(output.text.contains("cannot be run inside a simulation; take .simulated from"))
    #expect(!output.text.contains("the body goes on"))
  }

  @Test func argumentsAreNamed() throws {
    let output = try run("clustersFail")
    #expect(output.status != 0)
    #expect(output.text.contains("argument scenario → planted, broken"), "\(output.text)")
    #expect(output.text.components(separatedBy: "recorded an issue").count == 2)
    #expect(output.text.contains("swift test --filter clustersFail"))
    #expect(output.files.count == 5)
  }

  private func run(
    _ fixture: String, seed: String? = nil, trace: String? = nil
  ) throws -> (text: String, status: Int32, files: [String]) {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("moonpool-attachments-\(UUID())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
    process.arguments = [
      "--testing-library", "swift-testing", "--filter", "ScenarioFixtures/\(fixture)",
      "--attachments-path", folder,
    ]
    var variables = ProcessInfo.processInfo.environment
    variables["MOONPOOL_FIXTURES"] = "1"
    variables["MOONPOOL_SEED"] = seed
    variables["MOONPOOL_TRACE"] = trace
    variables["NO_COLOR"] = "1"
    process.environment = variables
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    return (String(decoding: data, as: UTF8.self), process.terminationStatus, files)
  }
}
