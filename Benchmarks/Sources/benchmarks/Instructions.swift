//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import Glibc
internal import Measurement

/// Instructions per operation, as `Scripts/instructions` has counted them: lines of workload, side,
/// instructions, separated by tabs.
struct Instructions {
  private var perOperation: [String: [Side: Double]] = [:]

  /// Reads a file; an absent one is a mistake in the command line.
  init(path: String) {
    guard let file = fopen(path, "r") else { Arguments.fail("\(path) cannot be read") }
    defer { fclose(file) }
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(line) }
    while getline(&line, &capacity, file) >= 0, let text = line.map({ String(cString: $0) }) {
      let fields = text.split { $0 == "\t" || $0 == "\n" }
      guard fields.count == 3, let side = Side(rawValue: String(fields[1])),
        let count = Double(fields[2])
      else { continue }
      perOperation[String(fields[0]), default: [:]][side] = count
    }
  }

  subscript(workload: String) -> [Side: Double] { perOperation[workload] ?? [:] }
}
