//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// A number as the tables show it: three digits or so that mean something, thousands separated.
public func figure(_ value: Double?) -> String {
  guard let value else { return "–" }
  if value >= 100 { return grouped(Int(value.rounded())) }
  return decimal(value, places: value >= 10 ? 1 : 2)
}

/// A number with a fixed count of decimal places, rounded half away from zero.
public func decimal(_ value: Double, places: Int) -> String {
  var scale = 1
  for _ in 0..<places { scale *= 10 }
  let scaled = Int((value * Double(scale)).rounded())
  guard places > 0 else { return String(scaled) }
  let digits = String(scaled.magnitude % UInt(scale))
  let fraction = String(repeating: "0", count: places - digits.count) + digits
  return (scaled < 0 ? "-" : "") + "\(scaled.magnitude / UInt(scale)).\(fraction)"
}

private func grouped(_ value: Int) -> String {
  var result = ""
  let digits = String(value)
  for (index, digit) in digits.enumerated() {
    if index > 0 && (digits.count - index) % 3 == 0 { result.append(",") }
    result.append(digit)
  }
  return result
}
