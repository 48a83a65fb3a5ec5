//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation

/// Colour on a terminal, plain text everywhere else.
package struct Style: Sendable {
  private let isColoured: Bool

  /// Colours only a terminal, and not if `NO_COLOR` is set to something.
  package static func forStandardOutput() -> Style {
    let environment = ProcessInfo.processInfo.environment
    let refused = !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
    return Style(isColoured: isatty(STDOUT_FILENO) == 1 && !refused)
  }

  package func title(_ text: String) -> String { coloured(text, "1") }
  package func failure(_ text: String) -> String { coloured(text, "31;1") }
  package func success(_ text: String) -> String { coloured(text, "32") }
  package func highlighted(_ text: String) -> String { coloured(text, "33;1") }
  package func dim(_ text: String) -> String { coloured(text, "2") }

  private func coloured(_ text: String, _ code: String) -> String {
    isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
