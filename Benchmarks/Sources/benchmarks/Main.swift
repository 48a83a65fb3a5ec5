//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import Glibc
internal import Measurement
internal import Workloads

/// Two modes. With `--workload`, exactly one workload on one side. Otherwise the report on all of
/// them.
@main
struct Main {
  static func main() {
    let arguments = Arguments()
    if arguments.contains("--help") {
      print(usage)
    } else if arguments.contains("--lengths") {
      printLengths()
    } else if arguments.contains("--workload") {
      runOneThing(arguments)
    } else {
      Report(arguments).run()
    }
  }

  /// For `Scripts/instructions`: each workload, its two lengths, and the sides that it has.
  private static func printLengths() {
    for workload in Workload.all {
      let (short, long) = workload.instructionCounts
      let sides = Side.allCases.filter { $0.runs(workload) }.map(\.rawValue)
      print(workload.name, short, long, sides.joined(separator: " "))
    }
  }

  private static func runOneThing(_ arguments: Arguments) {
    let thing = OneThing(arguments)
    guard let side = Side(rawValue: thing.side) else {
      Arguments.fail("there is no side '\(thing.side)'; one of \(Side.allCases.map(\.rawValue))")
    }
    switch side {
    case .sim: thing.runInSimulation(hops: false)
    case .hops: thing.runInSimulation(hops: true)
    case .routed: thing.runOnGlobalExecutor()
    case .stock: becomeStockExecutable()
    }
  }

  /// Goes on as the executable that does not contain Moonpool, with the same arguments.
  private static func becomeStockExecutable() -> Never {
    let executable = Child.executable(named: "benchmarks-stock")
    execv(executable, CommandLine.unsafeArgv)
    Arguments.fail("\(executable) cannot be executed: errno \(errno)")
  }

  private static let usage = """
    benchmarks [--only NAME[,NAME]] [--sides SIDE[,SIDE]] [--repetitions N] [--cpu N|any]
               [--instructions FILE] [--json | --markdown]
      Runs every workload on every side, in processes of their own, and prints a table.
    benchmarks --workload NAME --side sim|hops|stock|routed [--count N] [--repetitions N]
      Runs exactly one workload on one side; prints processor and wall time of each repetition,
      in nanoseconds, and the peak of resident memory in KiB.
    benchmarks --lengths
      Prints the lengths at which instructions are counted: workload, short, long, sides.
    """
}
