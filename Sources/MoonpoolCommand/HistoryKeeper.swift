//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import MoonpoolHistory
internal import MoonpoolRunner
internal import MoonpoolRuntime

/// Keeps campaigns in the history. Where that cannot be done it says so, once, and campaigns go on.
final class HistoryKeeper {
  private var history: CampaignHistory?
  private let surroundings: Surroundings?
  private var id: CampaignHistory.CampaignID?

  /// Opens the history, if there is to be one.
  ///
  /// - Parameter option: What cannot be done without it, such as `--resume`; nil: nothing.
  /// - Throws: ``Refusal``, if it cannot be had and `option` needs it.
  init(_ options: HistoryOptions, neededBy option: String?) throws {
    guard let file = options.file else {
      surroundings = nil
      if let option { throw Refusal("\(option) needs a history; leave out --no-history") }
      return
    }
    do {
      history = try CampaignHistory(file: file)
      surroundings = .current()
    } catch {
      surroundings = nil
      if option != nil { throw error }
      warn(error)
    }
  }

  // MARK: Before

  /// Every recipe that ever failed, the one that failed last first.
  func recipesThatFailed(in scenario: String) throws -> [Recipe] {
    guard let history, let surroundings else { return [] }
    return try history.recipesThatFailed(in: scenario, configuration: surroundings.configuration)
  }

  /// Takes over the last campaign that has not come to its end; nil: there is none.
  ///
  /// - Throws: ``Refusal``, if it cannot go on.
  func resume(_ scenario: String) throws -> UnfinishedCampaign? {
    guard let history, let surroundings else { return nil }
    switch try history.resume(scenario, surroundings) {
    case .campaign(let campaign):
      id = campaign.id
      return campaign
    case .nothing: return nil
    case .running(let pid):
      throw Refusal(
        "--resume: the campaign of '\(scenario)' is running as process \(pid); end that")
    case .otherExecutable:
      throw Refusal(
        "--resume: the executable has changed since the campaign of '\(scenario)', and seeds mean "
          + "something else now; begin another one, and --regressions runs what has failed")
    }
  }

  // MARK: While it runs

  /// - Throws: ``HistoryError``, if it wants what only a history has.
  func begin(_ start: CampaignCheckpoint, wantsRegressions: Bool) throws {
    guard let history, let surroundings else { return }
    do {
      id = try history.begin(start, surroundings, wantsRegressions: wantsRegressions)
    } catch {
      if wantsRegressions { throw error }
      warn(error)
    }
  }

  func save(_ checkpoint: CampaignCheckpoint) {
    attempt { history in if let id { try history.save(checkpoint, as: id) } }
  }

  func save(regressions outcomes: [SeedOutcome], of scenario: String) {
    attempt { history in
      if let id { try history.save(regressions: outcomes, of: scenario, in: id) }
    }
  }

  func finish(_ report: CampaignReport) {
    attempt { history in if let id { try history.finish(id, report) } }
    id = nil
  }

  private func attempt(_ body: (CampaignHistory) throws -> Void) {
    guard let history else { return }
    do { try body(history) } catch { warn(error) }
  }

  private func warn(_ error: any Error) {
    history = nil
    StandardError.write("warning: \(error); nothing more is kept of these campaigns\n")
  }
}
