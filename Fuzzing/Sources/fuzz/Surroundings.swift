//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import FuzzTargets

/// What `Scripts/fuzz` says through the environment.
///
/// Not through arguments: libFuzzer starts itself again with its own, when it merges.
enum Surroundings {
  /// The target whose name is in `FUZZ_TARGET`.
  static let target: FuzzTarget = {
    let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
    guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
      let names = FuzzTarget.all.map(\.name).joined(separator: ", ")
      fatalError("FUZZ_TARGET is '\(name)', and should be one of \(names); start Scripts/fuzz")
    }
    return target
  }()

  /// Where seeds are to be written, from `FUZZ_SEEDS`.
  static var seedFolder: URL? {
    ProcessInfo.processInfo.environment["FUZZ_SEEDS"].map { URL(fileURLWithPath: $0) }
  }

  static func write(_ seeds: [[UInt8]], to folder: URL) {
    do {
      for (index, seed) in seeds.enumerated() {
        try Data(seed).write(to: folder.appendingPathComponent("seed-\(index)"))
      }
    } catch {
      fatalError("the seeds can't be written: \(error)")
    }
  }
}
