//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// `tidy:allow(rule) reason` in a comment: lets one finding stand, on its line or the line below.
struct Allowance {
  let line: Int
  let name: String
  let reason: String

  private static let marker = "tidy:allow("
  /// Kept by a list with reasons instead (`LongFiles`), or not to be waived at all.
  private static let unwaivable: Set<RuleName> = [.allowance, .fileLength]

  static func all(in file: SourceFile) -> [Allowance] {
    file.comments.compactMap { comment in
      // Documentation may describe the marker in code voice.
      guard let range = comment.text.firstRange(of: marker),
        range.lowerBound == comment.text.startIndex
          || comment.text[comment.text.index(before: range.lowerBound)] != "`"
      else { return nil }
      let rest = comment.text[range.upperBound...]
      let close = rest.firstIndex(of: ")") ?? rest.endIndex
      let reason = close == rest.endIndex ? "" : String(rest[rest.index(after: close)...])
      return Allowance(
        line: comment.line, name: String(rest[..<close]),
        reason: reason.trimming(while: { " */".contains($0) }))
    }
  }

  func covers(_ finding: Finding) -> Bool {
    finding.rule.rawValue == name && (finding.line == line || finding.line == line + 1)
  }

  func defect(in file: SourceFile) -> Finding? {
    guard let rule = RuleName(rawValue: name), !Allowance.unwaivable.contains(rule) else {
      return finding("no rule '\(name)' that can be allowed", in: file)
    }
    return reason.isEmpty ? finding("allows '\(name)' without a reason", in: file) : nil
  }

  func unused(in file: SourceFile) -> Finding {
    finding("allows '\(name)', but nothing here breaks that rule", in: file)
  }

  private func finding(_ message: String, in file: SourceFile) -> Finding {
    Finding(rule: .allowance, path: file.path, line: line, message: message)
  }
}

extension String {
  /// Without the leading and trailing characters that satisfy a predicate.
  fileprivate func trimming(while predicate: (Character) -> Bool) -> String {
    let head = drop(while: predicate)
    return String(String(head.reversed()).drop(while: predicate).reversed())
  }
}
