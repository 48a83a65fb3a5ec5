//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import MoonpoolRuntime

extension Recipe {
  /// What somebody has written on a command line.
  ///
  /// - Throws: ``Refusal``, with the column.
  init(argument text: String) throws {
    do {
      try self.init(parsing: text)
    } catch {
      throw Refusal("\(error)")
    }
  }
}
