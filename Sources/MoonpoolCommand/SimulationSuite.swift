//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import ArgumentParser
internal import Glibc
internal import MoonpoolHistory
internal import MoonpoolRunner
public import MoonpoolSim

/// An executable that lists scenarios, and gets a command line to run them with.
///
/// ```swift
/// @main struct Simulations: SimulationSuite {
///   static let scenarios = [Scenario.kvSurvivesCrashes]
/// }
/// ```
///
/// ```
/// $ swift run -c release Simulations run --seeds 100000
/// $ swift run -c release Simulations replay 'kv survives crashes' 8839214571
/// ```
public protocol SimulationSuite {
  /// The scenarios. Their names differ.
  static var scenarios: [Scenario] { get }
}

extension SimulationSuite {
  /// Carries out the command line, or runs seeds for a campaign that has started this process.
  public static func main() {
    let scenarios = scenarios
    CampaignWorker.serve(scenarios)
    do {
      try Suite.install(scenarios)
      var command = try SuiteCommand.parseAsRoot()
      try command.run()
    } catch {
      leave(error)
    }
  }

  /// One line on the standard error, and an exit code; help goes to the standard output.
  private static func leave(_ error: any Error) -> Never {
    switch error {
    case let code as ExitCode: exit(code.rawValue)
    case let refusal as Refusal: refuse(refusal.message, refusal.exitCode)
    case let failure as RunnerError: refuse("\(failure)", SuiteCommand.unavailable)
    case let error as HistoryError: refuse("\(error)", SuiteCommand.historyUnusable)
    default:
      if SuiteCommand.exitCode(for: error).isSuccess { SuiteCommand.exit(withError: error) }
      refuse(SuiteCommand.message(for: error), SuiteCommand.usage)
    }
  }

  private static func refuse(_ message: String, _ code: CInt) -> Never {
    StandardError.write("error: \(message)\n")
    exit(code)
  }
}

/// Why a command line cannot be carried out: one line.
struct Refusal: Error {
  let message: String
  let exitCode: CInt

  init(_ message: String, exitCode: CInt = SuiteCommand.usage) {
    self.message = message
    self.exitCode = exitCode
  }

  /// Carries out what reads or writes files.
  static func forFiles(_ action: () throws(ReportFileError) -> Void) throws {
    do throws(ReportFileError) {
      try action()
    } catch {
      throw Refusal("\(error)", exitCode: SuiteCommand.cannotWrite)
    }
  }

  /// Carries out what may have been asked for in vain.
  static func forUse<Value>(_ action: () throws(ReportFileError) -> Value) throws -> Value {
    do throws(ReportFileError) {
      return try action()
    } catch {
      throw Refusal("\(error)")
    }
  }
}
