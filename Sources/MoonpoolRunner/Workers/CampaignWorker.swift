//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import Glibc
internal import MoonpoolAssertions
internal import MoonpoolRuntime
public import MoonpoolSim

/// The side of a campaign that runs seeds: processes of their own, of the same executable.
public enum CampaignWorker {
  /// Tells a process that workers are to come from it, and of which scenario.
  static let variable = "MOONPOOL_WORKER_SCENARIO"
  /// Where such a process finds the shared memory.
  static let memory: CInt = 198
  /// Where it hears from the campaign.
  static let socket: CInt = 199

  /// To be called first of all by an executable whose scenarios run in campaigns with workers.
  ///
  /// In a process that a campaign has started for its workers it runs seeds, and doesn't return;
  /// elsewhere it returns at once.
  public static func serve(_ scenarios: [Scenario]) {
    guard let name = requestedScenario else { return }
    do {
      try serve(scenarios, name)
    } catch {
      NurseryMessage.sendUnable("\(error)", to: socket)
      exit(70)
    }
    exit(0)
  }

  /// What programs print, and the runtime's words on traps, are said in records or by a replay; a
  /// million seeds of them are no help to anybody. And what is typed is not for them.
  private static func silence() {
    let nowhere = open("/dev/null", O_RDWR)
    guard nowhere >= 0 else { return }
    dup2(nowhere, STDIN_FILENO)
    dup2(nowhere, STDOUT_FILENO)
    dup2(nowhere, STDERR_FILENO)
    close(nowhere)
  }

  /// Whether the calling process was started for workers.
  static var isRequested: Bool { requestedScenario != nil }

  private static var requestedScenario: String? { getenv(variable).map { String(cString: $0) } }

  private static func serve(_ scenarios: [Scenario], _ name: String) throws {
    let memory = try SharedMemory(inherited: memory)
    guard let scenario = scenarios.first(where: { $0.name == name }) else {
      throw RunnerError("this executable has no scenario of the campaign's name")
    }
    let plan = try SeedPlan(parsing: memory.plan)
    let nursery = try NurseryService(socket, laneCount: memory.laneCount)
    silence()
    let number = nursery.nextWorker()
    // From here on this is one worker of many.
    let claims = Claims(memory: memory, lane: memory.lane(number), plan: plan)
    SeedRunner(scenario, plan).run(claims) { claims.finish($0) }
    claims.lane.write(WorkerRecord.finished.words)
  }
}

/// The places in the series that a worker takes, one after the other.
private final class Claims: Sequence, IteratorProtocol {
  let lane: Lane
  private let memory: SharedMemory
  private let plan: SeedPlan
  /// Places that others have taken and lost.
  private var first: ArraySlice<UInt64>

  init(memory: SharedMemory, lane: Lane, plan: SeedPlan) {
    self.memory = memory
    self.lane = lane
    self.plan = plan
    first = lane.lost[...]
  }

  func next() -> UInt64? {
    if memory.isOver { return nil }
    let index = first.popFirst() ?? memory.takeIndex()
    guard index < plan.count else { return nil }
    lane.current = index
    // Not too far ahead of what the campaign has taken in: it keeps what comes too early.
    while index >= memory.claimLimit {
      if memory.isOver { return nil }
      usleep(100)
    }
    return index
  }

  /// Hands over records. Returns whether there may be more.
  func finish(_ records: [WorkerRecord]) -> Bool {
    for record in records { lane.write(record.words) }
    lane.current = nil
    return true
  }
}
