//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// One breach of one rule, at one place.
struct Finding: Hashable, CustomStringConvertible {
  var rule: RuleName
  var path: String
  var line: Int
  var message: String

  /// In the form that editors and terminals make a link of.
  var description: String { "\(path):\(line): [\(rule.rawValue)] \(message)" }
}

/// The rules by the names that `tidy:allow(name)` uses.
enum RuleName: String, CaseIterable {
  case fileLength = "file-length"
  case functionLength = "function-length"
  case header
  case ambient
  case unordered
  case forceTry = "force-try"
  case leftover
  case documentation
  case link
  case whitespace
  case columns
  /// About the escape hatch itself; cannot be allowed.
  case allowance
}
