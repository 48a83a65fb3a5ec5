//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import MoonpoolRuntime

/// The streams of decisions of a disk's fault families, made at their first use.
struct FaultStreams {
  private let decisions: Decisions
  private let process: Int
  private var streams: [DecisionStream?]

  init(_ decisions: Decisions, process: Int) {
    self.decisions = decisions
    self.process = process
    streams = StorageFaultFamily.allCases.map { _ in nil }
  }

  subscript(family: StorageFaultFamily) -> DecisionStream {
    mutating get {
      if let stream = streams[family.rawValue] { return stream }
      let stream = decisions.stream(.faults("storage.\(family)/\(process)"))
      streams[family.rawValue] = stream
      return stream
    }
  }
}
