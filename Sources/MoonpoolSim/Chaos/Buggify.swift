//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Lets the `buggify` sites of the code under test fire: `Chaos(for: .seconds(30)) { Buggify() }`.
///
/// Each site tosses two coins: a seed arms it or not, and once armed some of its visits fire it.
/// Sites fire only while the chaos phase lasts, in all code of the run: processes, clients and
/// injectors. Without this part none does.
///
/// Both are 0.25 unless set, which is what FoundationDB uses (`P_BUGGIFIED_SECTION_ACTIVATED` and
/// `P_BUGGIFIED_SECTION_FIRES` in its flow library).
public struct Buggify: Sendable, Hashable {
  /// Whether any site fires at all.
  public var isEnabled: Bool
  /// The probability, in `0...1`, that a site is armed in a run.
  public var armed: Double
  /// The probability, in `0...1`, that an armed site fires when it is visited.
  public var fired: Double

  /// No site ever fires.
  public static let off = Buggify(isEnabled: false)

  /// Makes options.
  public init(isEnabled: Bool = true, armed: Double = 0.25, fired: Double = 0.25) {
    self.isEnabled = isEnabled
    self.armed = armed
    self.fired = fired
  }

  /// Refuses probabilities outside of `0...1`.
  ///
  /// - Parameter field: The path to these options, for the error.
  public func validate(_ field: String) throws(InvalidConfiguration) {
    try InvalidConfiguration.check(probability: armed, "\(field).armed")
    try InvalidConfiguration.check(probability: fired, "\(field).fired")
  }
}

extension Buggify: ChaosPart {
  /// Sets the options of a chaos phase.
  public func add(to chaos: inout Chaos) { chaos.buggify = self }
}
