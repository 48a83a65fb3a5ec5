//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// A case does not hold: in one line, why.
package struct ConformanceFailure: Error, CustomStringConvertible {
  package var description: String

  package init(_ description: String) { self.description = description }
}

// MARK: Expectations

/// Something holds.
package func require(_ holds: Bool, _ what: @autoclosure () -> String) throws {
  if !holds { throw ConformanceFailure(what()) }
}

/// A value is the one that was expected.
package func requireEqual<Value: Equatable>(
  _ value: Value, _ expected: Value, _ what: @autoclosure () -> String
) throws {
  if value != expected { throw ConformanceFailure("\(what()): \(value), not \(expected)") }
}

/// The bytes that came are those that were sent; says where they differ, not what they are.
package func requireBytes(
  _ bytes: [UInt8]?, _ expected: [UInt8], _ what: @autoclosure () -> String
) throws {
  guard let bytes else { throw ConformanceFailure("\(what()): end of stream") }
  if bytes == expected { return }
  let place = zip(bytes, expected).enumerated().first { $1.0 != $1.1 }?.offset
  throw ConformanceFailure(
    "\(what()): \(bytes.count) bytes of \(expected.count), different from "
      + "\(place.map(String.init) ?? "the end") on")
}

// MARK: Bytes

/// Bytes that differ from place to place; the period is a prime, so that a piece that is missing,
/// doubled or swapped shows.
package func pattern(_ count: Int, seed: Int = 0) -> [UInt8] {
  let period = 4_093
  var word = UInt64(truncatingIfNeeded: seed) &+ 0x9e37_79b9_7f4a_7c15
  var block: [UInt8] = []
  block.reserveCapacity(period)
  for _ in 0..<period {
    word = word &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    block.append(UInt8(truncatingIfNeeded: word >> 56))
  }
  var bytes: [UInt8] = []
  bytes.reserveCapacity(count + period)
  while bytes.count < count { bytes += block }
  bytes.removeLast(bytes.count - count)
  return bytes
}
