//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolSim
import Testing

/// What a validation says about one bad value.
struct Refusal: Sendable, CustomTestStringConvertible {
  let field: String
  let validate: @Sendable () throws(InvalidConfiguration) -> Void

  init(_ field: String, _ validate: @escaping @Sendable () throws(InvalidConfiguration) -> Void) {
    self.field = field
    self.validate = validate
  }

  var testDescription: String { field }

  /// Records an issue unless the field, and no other, is refused.
  func check(sourceLocation: SourceLocation = #_sourceLocation) {
    do throws(InvalidConfiguration) {
      try validate()
      Issue.record("\(field) was accepted", sourceLocation: sourceLocation)
    } catch {
      #expect(error.field == field, "\(error)", sourceLocation: sourceLocation)
    }
  }
}
