//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Something that reads bytes from anyone, and what must hold whatever they are.
///
/// The same checks serve libFuzzer (`Scripts/fuzz`) and the test that replays what it found.
public struct FuzzTarget: Sendable {
  /// The name, by which the target's folders of inputs are called.
  public let name: String
  /// Inputs to begin with: what is valid, so that little changes lead to much.
  public let seeds: [[UInt8]]
  private let body: @Sendable ([UInt8]) throws(BrokenProperty) -> Void

  init(
    _ name: String, seeds: [[UInt8]],
    _ body: @escaping @Sendable ([UInt8]) throws(BrokenProperty) -> Void
  ) {
    self.name = name
    self.seeds = seeds
    self.body = body
  }

  /// All targets.
  public static let all = [packets, preamble, frame, codec, address, recipe]

  /// Reads an input and looks at what came of it.
  ///
  /// - Throws: ``BrokenProperty``
  public func check(_ input: [UInt8]) throws(BrokenProperty) { try body(input) }
}

/// Something that should hold for every input, and didn't for this one.
public struct BrokenProperty: Error, CustomStringConvertible {
  /// What didn't hold.
  public let description: String

  init(_ description: String) { self.description = description }
}

/// Says what doesn't hold.
func require(
  _ holds: Bool, _ property: @autoclosure () -> String
) throws(BrokenProperty) {
  if !holds { throw BrokenProperty(property()) }
}

/// Says which two are not the same.
func requireEqual<Value: Equatable>(
  _ one: Value, _ other: Value, _ property: @autoclosure () -> String
) throws(BrokenProperty) {
  if one != other { throw BrokenProperty("\(property()): \(one) and \(other)") }
}
