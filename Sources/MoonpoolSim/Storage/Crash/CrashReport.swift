//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What a crash really did to the effects that weren't durable.
public struct CrashReport: Sendable, Hashable {
  /// Unsynced sectors that have their newest content.
  public var sectorsKept = 0
  /// Unsynced sectors that have an older content.
  public var sectorsLost = 0
  /// Unsynced sectors that are partly new and partly old.
  public var sectorsTorn = 0
  /// Lost sectors that hold arbitrary bytes.
  public var sectorsUninitialised = 0
  /// Unsynced sectors with a flipped bit.
  public var sectorsCorrupted = 0
  /// Files of which some unsynced sectors were kept and others not.
  public var filesTorn = 0
  /// Files that have their newest size, which wasn't durable.
  public var sizesKept = 0
  /// Files that have an older size.
  public var sizesLost = 0
  /// Creations, removals and renames that survived.
  public var namesKept = 0
  /// Creations, removals and renames that were undone.
  public var namesLost = 0

  /// Creates a report of nothing.
  public init() {}

  /// Whether anything at all was lost.
  public var hasLoss: Bool { sectorsLost + sectorsTorn + sizesLost + namesLost > 0 }

  /// What was lost, in words: `2 sectors, 1 name`.
  var lossText: String {
    func counted(_ count: Int, _ what: String) -> String? {
      count == 0 ? nil : "\(count) \(what)\(count == 1 ? "" : "s")"
    }
    return [
      counted(sectorsLost, "sector"), counted(sectorsTorn, "torn sector"),
      counted(sizesLost, "size"), counted(namesLost, "name"),
    ].compactMap(\.self).joined(separator: ", ")
  }

  /// Adds what another crash did.
  public static func += (a: inout CrashReport, b: CrashReport) {
    a.sectorsKept += b.sectorsKept
    a.sectorsLost += b.sectorsLost
    a.sectorsTorn += b.sectorsTorn
    a.sectorsUninitialised += b.sectorsUninitialised
    a.sectorsCorrupted += b.sectorsCorrupted
    a.filesTorn += b.filesTorn
    a.sizesKept += b.sizesKept
    a.sizesLost += b.sizesLost
    a.namesKept += b.namesKept
    a.namesLost += b.namesLost
  }
}
