//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension StorageConfiguration {
  /// Checks that all values make sense.
  ///
  /// - Parameter field: The path to this configuration, for the error.
  /// - Throws: ``InvalidConfiguration`` with the first field that doesn't.
  public func validate(_ field: String = "storage") throws(InvalidConfiguration) {
    func check(_ name: String, _ value: Int, atLeast minimum: Int) throws(InvalidConfiguration) {
      guard value >= minimum else {
        throw InvalidConfiguration("\(field).\(name)", "is \(value); must be at least \(minimum)")
      }
    }
    try check("iops", iops, atLeast: 1)
    try check("bandwidth", bandwidth, atLeast: 1)
    try check("queueDepth", queueDepth, atLeast: 1)
    for (name, latency) in [
      ("readLatency", readLatency), ("writeLatency", writeLatency), ("syncLatency", syncLatency),
      ("metadataLatency", metadataLatency),
    ] {
      // An hour is more than any disk takes, and leaves room for sums in 64 bits of nanoseconds.
      guard latency.lowerBound >= .zero, latency.upperBound <= .seconds(3_600) else {
        throw InvalidConfiguration(
          "\(field).\(name)", "is \(latency); must be in 0 s ... 3600 s")
      }
    }
    try check("limits.capacity", Int(limits.capacity), atLeast: 0)
    try check("limits.openFiles", limits.openFiles, atLeast: 1)
    try check("limits.fileSize", Int(limits.fileSize), atLeast: 1)
    try check("limits.unsyncedBytes", limits.unsyncedBytes, atLeast: 0)
    try check("limits.unsyncedNames", limits.unsyncedNames, atLeast: 0)
    // Above this, the sums of offsets and sizes might not fit their type.
    guard limits.fileSize <= 1 << 60 else {
      throw InvalidConfiguration(
        "\(field).limits.fileSize", "is \(limits.fileSize); must be at most 2^60")
    }
  }
}
