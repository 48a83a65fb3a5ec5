//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import MatrixRows

/// `double-run FIRST COUNT`: runs the program of a thousand tasks twice under each seed, and
/// compares.
@main
struct DoubleRun {
  static func main() {
    let numbers = CommandLine.arguments.dropFirst().compactMap(UInt64.init)
    guard numbers.count == 2 else {
      print("usage: double-run FIRST-SEED COUNT")
      exit(2)
    }
    let end = numbers[0] + numbers[1]
    var runs = DoubleRuns()
    for start in stride(from: numbers[0], to: end, by: 250) {
      runs.run(.thousandTasks, seeds: start..<min(start + 250, end))
    }
    print(
      "seeds \(numbers[0])..<\(end): \(runs.count) double runs, "
        + "\(runs.mismatches.count) mismatches, \(runs.failures.count) failures, "
        + "\(runs.distinct.count) different traces, "
        + "\(runs.jobs) jobs, \(Growth.residentBytes() >> 20) MB resident")
    for seed in runs.mismatches.prefix(5) { print("  seed \(seed) differs") }
    for line in runs.failures.prefix(5) { print("  \(line)") }
    exit(runs.mismatches.isEmpty && runs.failures.isEmpty ? 0 : 1)
  }
}
