//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What a power failure leaves of the effects that no sync has made durable.
public enum CrashSurvival: String, Sendable, Hashable, CaseIterable {
  /// None: the disk is as the last syncs left it.
  case nothing
  /// Those before some instant, in the order in which they were made.
  case prefix
  /// Any that can: sectors of one write apart, later writes without earlier ones, sizes without
  /// data, names without files. A rename is there or not, never half.
  case anySubset
  /// All: the process was killed, the machine runs on. They stay unsynced.
  case everything
}
