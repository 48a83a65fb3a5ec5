//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import MoonpoolRuntime

/// How a process stands.
enum ProcessStatus {
  /// Its program runs.
  case up
  /// It has been asked to end.
  case stopping
  /// It has been killed, and will be started again by whoever killed it.
  case down
  /// Its program has ended by itself.
  case exited
}

/// One process of a run.
struct ProcessState {
  let reference: ProcessReference
  let group: Int
  let host: Int32
  var status = ProcessStatus.down
  /// The tasks of its present or last incarnation.
  var tasks: SimulatedNode?
  var startCount = 0
  /// Its machine is down, too, or has been since the process ran.
  var isMachineDown = false
  /// It stays down until somebody says otherwise.
  var isHeld = false
  /// Counts the kills: a restart that was planned before another kill is void.
  var kills = 0
  /// How long after it has been stopped it starts again; nil: when told to. For one that is being
  /// stopped.
  var recovery: Duration?
  /// Ends when it has been stopped.
  var stop: Task<Void, Never>?
  /// What makes it stand still at times.
  var standstill = Standstill()

  /// Its program may still do something.
  var isRunning: Bool { status == .up || status == .stopping }
}

/// What was done to processes.
public struct ProcessEffects: Sendable, Hashable {
  /// Reboots, by kind.
  public internal(set) var reboots: [RebootKind: Int] = [:]
  /// Times that a process was stopped where it stood, one that made a pause longer included.
  public package(set) var pauses = 0
  /// Times of slowness for which a process has really stood still.
  public package(set) var slowdowns = 0
  /// How long processes stood still, paused or slow: virtual time, all processes together.
  public internal(set) var stoodStill = Duration.zero
  /// Jobs that have run, and later, because their process stood still.
  public package(set) var delayedJobs = 0

  /// Nothing was done.
  public init() {}
}

/// What a reboot does before the process starts again.
public enum RebootKind: Sendable, Hashable, CaseIterable {
  /// The program is asked to end, gets time for it, and is killed then.
  case graceful
  /// The process dies at once, as by SIGKILL. Its machine lives: the operating system closes what
  /// it had open, and nothing that was written is lost. It is as unsynchronised as it was.
  case kill
  /// The machine's kernel dies, and starts again by itself: what was written to files but not
  /// synchronised may be lost. Nobody closes the connections: peers that send are reset, others
  /// hear nothing. Connects are refused until the process starts.
  case crash
  /// The machine loses power: as a crash, but it is off until the process starts. Peers that send
  /// or connect hear nothing until then.
  case powerLoss
  /// As a crash, and the disk is empty afterwards.
  case crashAndWipe

  /// Whether the machine goes down, not its process alone.
  var stopsMachine: Bool {
    switch self {
    case .graceful, .kill: false
    case .crash, .powerLoss, .crashAndWipe: true
    }
  }
}
