//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension UInt64 {
  /// With commas: `8,839,214,571`.
  package var grouped: String {
    var text = ""
    for (index, digit) in String(self).reversed().enumerated() {
      if index > 0, index % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return String(text.reversed())
  }
}

extension Duration {
  /// As people say it, with one decimal: `12.3 ms`, `8.1 s`, `22.5 h`.
  package var rounded: String {
    let seconds = self / .seconds(1)
    let steps: [(limit: Double, unit: Double, name: String)] = [
      (1, 0.001, "ms"), (120, 1, "s"), (7_200, 60, "min"), (172_800, 3_600, "h"),
      (.infinity, 86_400, "days"),
    ]
    let step = steps.first { seconds < $0.limit } ?? steps[0]
    let tenths = Int64((seconds / step.unit * 10).rounded())
    return "\(tenths / 10).\(abs(tenths % 10)) \(step.name)"
  }
}
