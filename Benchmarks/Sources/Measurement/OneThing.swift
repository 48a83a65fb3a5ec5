//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import Dispatch
internal import Glibc
public import Workloads

/// The mode in which an executable runs exactly one workload, and nothing else: for the report,
/// which starts one process per workload and side, and for callgrind.
///
/// Prints one line for each repetition: processor time and wall time in nanoseconds, and the peak
/// of resident memory in KiB.
public struct OneThing {
  public var workload: Workload
  public var side: String
  public var count: Int
  public var repetitions: Int

  /// Reads `--workload NAME --side SIDE [--count N] [--repetitions N]`.
  public init(_ arguments: Arguments) {
    let name = arguments.value("--workload") ?? ""
    guard let workload = Workload.all.first(where: { $0.name == name }) else {
      Arguments.fail("there is no workload '\(name)'; one of \(Workload.all.map(\.name))")
    }
    self.workload = workload
    side = arguments.value("--side") ?? "stock"
    count = arguments.number("--count") ?? workload.count
    repetitions = arguments.number("--repetitions") ?? 1
    guard count > 0, count % workload.granularity == 0 else {
      Arguments.fail("--count of \(name) must be a multiple of \(workload.granularity)")
    }
  }

  /// Runs and prints. `work` runs so many operations, and returns when they are done.
  public func run(_ work: (_ count: Int) -> Void) {
    for _ in 0..<repetitions {
      let sample = Sample.measuring { work(count) }
      print(sample.processor, sample.wall, sample.resident)
    }
  }

  /// Runs the workload on the global executor of this process, and waits for it.
  public func runOnGlobalExecutor() {
    guard let body = workload.body else {
      Arguments.fail("\(workload.name) exists only in a simulation")
    }
    run { count in
      let done = DispatchSemaphore(value: 0)
      Task.detached {
        await body(count)
        done.signal()
      }
      done.wait()
    }
  }
}
