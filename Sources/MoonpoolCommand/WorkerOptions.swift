//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import ArgumentParser
internal import Glibc

/// How many processes run seeds.
struct WorkerOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Processes that run seeds; 0: this one does. By default one for each processor.",
      valueName: "count"))
  var workers: Int?

  /// Nil for none.
  func count() throws -> Int? {
    guard let workers else { return max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN))) }
    guard 0...1_024 ~= workers else { throw Refusal("--workers: from 0 to 1,024, not \(workers)") }
    return workers == 0 ? nil : workers
  }
}
