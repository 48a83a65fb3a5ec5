//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What is said in colours where these can be seen.
package struct TextStyle: Sendable {
  private let isColoured: Bool

  /// Without any.
  package static let plain = TextStyle(isColoured: false)
  /// With the terminal's own.
  package static let coloured = TextStyle(isColoured: true)

  package func failure(_ text: String) -> String { coloured(text, "31;1") }
  package func success(_ text: String) -> String { coloured(text, "32;1") }
  func warning(_ text: String) -> String { coloured(text, "33") }
  func title(_ text: String) -> String { coloured(text, "1") }
  func dim(_ text: String) -> String { coloured(text, "2") }

  private func coloured(_ text: String, _ code: String) -> String {
    isColoured && !text.isEmpty ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
  }
}

extension String {
  /// With pictures of control characters instead of these, but for ends of lines and tabs: what a
  /// program says must not steer the reader's terminal.
  package var withoutControls: String {
    let isClean = unicodeScalars.allSatisfy {
      $0.controlPicture == nil || $0 == "\n" || $0 == "\t"
    }
    if isClean { return self }
    var result = ""
    for scalar in unicodeScalars {
      let isKept = scalar == "\n" || scalar == "\t"
      result.unicodeScalars.append(isKept ? scalar : scalar.controlPicture ?? scalar)
    }
    return result
  }

  /// The same with pictures for ends of lines, too.
  package var inOneLine: String { replacing("\n", with: "␊").withoutControls }
}
