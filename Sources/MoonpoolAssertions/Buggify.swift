//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// True now and then in a simulation whose scenario says so; false everywhere else.
///
/// It marks a place where something rare but legal may be made likely: a cache that is dropped, a
/// timeout that fires early, a batch of one.
///
/// ```swift
/// if buggify() { try await node.clock.sleep(for: .seconds(1)) }
/// ```
///
/// A place is armed or not for a whole run, as its seed decides, and fires at some of its visits
/// while the chaos phase lasts. In production a call is one load of a global and a branch.
///
/// The place is the line. It moves when lines are added above it, and then the same seed means
/// another run; ``buggify(named:probability:)`` doesn't.
public func buggify(file: StaticString = #fileID, line: UInt = #line) -> Bool {
  BuggifyHook.responder?.fires(BuggifyPlace(file, line), probability: nil) ?? false
}

/// As ``buggify(file:line:)``, but fires with its own probability once it is armed.
///
/// - Parameter probability: From 0 to 1, per visit.
public func buggify(
  probability: Double, file: StaticString = #fileID, line: UInt = #line
) -> Bool {
  BuggifyHook.responder?.fires(BuggifyPlace(file, line), probability: probability) ?? false
}

/// As ``buggify(file:line:)``, for a place that keeps its name wherever it moves.
///
/// Places with the same name are one.
///
/// - Parameter probability: From 0 to 1, per visit, once it is armed; nil: as the scenario says.
public func buggify(named name: StaticString, probability: Double? = nil) -> Bool {
  BuggifyHook.responder?.fires(BuggifyPlace(name, nil), probability: probability) ?? false
}

/// A setting: `standard`, or any number of `range` where ``buggify(file:line:)`` would be true.
public func buggifyKnob(
  _ standard: Int, in range: ClosedRange<Int>, file: StaticString = #fileID, line: UInt = #line
) -> Int {
  BuggifyHook.responder?.knob(standard, in: range, BuggifyPlace(file, line)) ?? standard
}

/// A setting: `standard`, or any number of `range` where ``buggify(file:line:)`` would be true.
///
/// - Parameter range: Its ends are finite; in a simulation others are a programmer's error.
public func buggifyKnob(
  _ standard: Double, in range: ClosedRange<Double>, file: StaticString = #fileID,
  line: UInt = #line
) -> Double {
  BuggifyHook.responder?.knob(standard, in: range, BuggifyPlace(file, line)) ?? standard
}

/// A setting: `standard`, or any time of `range` where ``buggify(file:line:)`` would be true.
public func buggifyKnob(
  _ standard: Duration, in range: ClosedRange<Duration>, file: StaticString = #fileID,
  line: UInt = #line
) -> Duration {
  BuggifyHook.responder?.knob(standard, in: range, BuggifyPlace(file, line)) ?? standard
}
