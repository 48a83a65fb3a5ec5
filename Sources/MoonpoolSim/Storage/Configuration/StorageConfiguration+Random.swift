//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolRuntime

extension StorageConfiguration {
  /// Draws a speed: a fixed number of decisions. Every eighth disk each has very few operations, or
  /// very few bytes, a second, or a queue of one.
  public mutating func drawSpeed(from stream: DecisionStream) {
    iops = stream.int(in: 10_000...99_999)
    bandwidth = stream.int(in: 50_000_000...500_000_000)
    queueDepth = stream.int(in: 1...64)
    readLatency = stream.microseconds(from: 20...99, to: 100...499)
    writeLatency = stream.microseconds(from: 50...199, to: 200...999)
    syncLatency = stream.microseconds(from: 500...1_999, to: 2_000...9_999)
    metadataLatency = stream.microseconds(from: 1...1, to: 1...19)
    let fewOperations = stream.int(in: 100...4_999)
    if stream.bool(probability: 0.125) { iops = fewOperations }
    let fewBytes = stream.int(in: 1_000_000...20_000_000)
    if stream.bool(probability: 0.125) { bandwidth = fewBytes }
    if stream.bool(probability: 0.125) { queueDepth = 1 }
  }

  /// The configuration of one disk.
  func drawn(_ stream: @autoclosure () -> DecisionStream) -> StorageConfiguration {
    guard speed == .random else { return self }
    var result = self
    result.drawSpeed(from: stream())
    return result
  }
}

extension DecisionStream {
  fileprivate func microseconds(
    from low: ClosedRange<Int>, to high: ClosedRange<Int>
  ) -> ClosedRange<Duration> {
    Duration.microseconds(int(in: low))...Duration.microseconds(int(in: high))
  }
}
