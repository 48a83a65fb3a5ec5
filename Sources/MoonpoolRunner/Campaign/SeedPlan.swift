//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolRuntime

/// Which seeds a campaign runs, in which order: each place in the series has one recipe.
public struct SeedPlan: Sendable, Hashable {
  private enum Kind: Hashable {
    case listed(Seeds)
    case derived(base: UInt64)
  }

  private let kind: Kind
  /// How many there are; `UInt64.max` of a plan without an end.
  public let count: UInt64

  /// Seeds that are named.
  public init(_ seeds: Seeds) {
    kind = .listed(seeds)
    count = seeds.count
  }

  /// Seeds that follow from a base seed: the same for each run of the same base, and all different.
  ///
  /// - Parameter count: How many; without an end unless it is given.
  public init(base: UInt64, count: UInt64 = .max) {
    kind = .derived(base: base)
    self.count = count
  }

  /// The recipe of a place in the series.
  ///
  /// - Parameter index: Less than ``count``.
  public func recipe(at index: UInt64) -> Recipe {
    precondition(index < count, "there are \(count) seeds")
    return switch kind {
    case .listed(let seeds): seeds.recipe(at: index)
    // One to one, so that no two places have the same seed (SplitMix64, Steele and others 2014).
    case .derived(let base): Recipe(seed: DecisionStream.mixed(base &+ index))
    }
  }

  /// The plan as text for another process: see ``init(parsing:)``.
  package var text: String {
    switch kind {
    case .listed(let seeds): "\(seeds)"
    case .derived(let base): "base \(base) \(count)"
    }
  }

  /// Reads ``text``.
  package init(parsing text: String) throws(SeedsError) {
    let words = text.split(separator: " ")
    if words.count == 3, words[0] == "base", let base = UInt64(words[1]),
      let count = UInt64(words[2])
    {
      self.init(base: base, count: count)
    } else {
      // Recipes with edits stand on lines of their own. Of none there is no line.
      self.init(text.isEmpty ? Seeds([]) : try Seeds(parsingList: text, named: "a campaign's plan"))
    }
  }
}

extension SeedPlan: Codable {
  /// Decodes the plan from text.
  public init(from decoder: any Decoder) throws {
    try self.init(parsing: String(from: decoder))
  }

  /// Encodes the plan as text.
  public func encode(to encoder: any Encoder) throws { try text.encode(to: encoder) }
}
