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

/// The side of a campaign that runs seeds: a process of its own, started from the same executable.
public enum CampaignWorker {
  /// How a worker is told what to do.
  enum Variable {
    static let lane = "MOONPOOL_WORKER_LANE"
    static let first = "MOONPOOL_WORKER_FIRST"
    static let scenario = "MOONPOOL_WORKER_SCENARIO"
  }

  /// Where a worker finds the shared memory.
  static let descriptor: CInt = 198

  /// To be called first of all by an executable whose scenarios run in campaigns with workers.
  ///
  /// In a process that a campaign has started as its worker it runs seeds, and doesn't return;
  /// elsewhere it returns at once.
  public static func serve(_ scenarios: [Scenario]) {
    guard let lane = variable(Variable.lane).flatMap(Int.init) else { return }
    do {
      try serve(scenarios, lane: lane)
    } catch {
      let message = "moonpool worker: \(error)\n"
      write(STDERR_FILENO, message, message.utf8.count)
      exit(70)
    }
    exit(0)
  }

  /// What programs print, and the runtime's words on traps, are said in records or by a replay; a
  /// million seeds of them are no help to anybody.
  private static func silence() {
    let nowhere = open("/dev/null", O_WRONLY)
    guard nowhere >= 0 else { return }
    dup2(nowhere, STDOUT_FILENO)
    dup2(nowhere, STDERR_FILENO)
    close(nowhere)
  }

  /// Whether the calling process was started to be a worker.
  static var isRequested: Bool { variable(Variable.lane) != nil }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  private static func serve(_ scenarios: [Scenario], lane number: Int) throws {
    let memory = try SharedMemory(inherited: descriptor)
    guard let name = variable(Variable.scenario),
      let scenario = scenarios.first(where: { $0.name == name })
    else {
      throw RunnerError("this executable has no scenario of the campaign's name")
    }
    guard number < memory.laneCount else {
      throw RunnerError("there is no lane \(number) among \(memory.laneCount)")
    }
    let plan = try SeedPlan(parsing: memory.plan)
    silence()
    endWithCampaign(memory.owner)
    let first = variable(Variable.first)?.split(separator: ",").compactMap { UInt64($0) } ?? []
    let claims = Claims(memory: memory, lane: memory.lane(number), plan: plan, first: first[...])
    SeedRunner(scenario, plan).run(claims) { claims.finish($0) }
    claims.lane.write(WorkerRecord.finished.words)
  }

  /// Starts a thread that ends the process soon after the campaign's has, whatever it is at then.
  ///
  /// Not `PR_SET_PDEATHSIG`: the parent that it means is a thread, which may end earlier. And who
  /// adopts an orphan needn't be process 1.
  private static func endWithCampaign(_ owner: pid_t) {
    var thread = pthread_t()
    let argument = UnsafeMutableRawPointer(bitPattern: UInt(owner))
    pthread_create(
      &thread, nil,
      { owner in
        while getppid() == pid_t(UInt(bitPattern: owner)) { usleep(100_000) }
        _exit(0)
      }, argument)
    pthread_detach(thread)
  }
}

/// The places in the series that a worker takes, one after the other.
private final class Claims: Sequence, IteratorProtocol {
  let lane: Lane
  private let memory: SharedMemory
  private let plan: SeedPlan
  /// Places that others have taken and lost.
  private var first: ArraySlice<UInt64>

  init(memory: SharedMemory, lane: Lane, plan: SeedPlan, first: ArraySlice<UInt64>) {
    self.memory = memory
    self.lane = lane
    self.plan = plan
    self.first = first
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
