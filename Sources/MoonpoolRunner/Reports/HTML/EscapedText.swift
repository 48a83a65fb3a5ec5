//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension StringProtocol {
  /// The text as content or attribute of an HTML element. What HTML doesn't know becomes U+FFFD.
  var escapedForHTML: String {
    var result = ""
    result.reserveCapacity(utf8.count + 16)
    for scalar in unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      case "\u{0}"..<"\u{20}", "\u{7f}"..<"\u{a0}": result += "\u{fffd}"
      // What turns text round or hides it would let a log line look like another.
      case "\u{202a}"..."\u{202e}", "\u{2066}"..."\u{2069}": result += "\u{fffd}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

/// Writes JSON that is safe inside a `<script>` element: no text can end it, or begin a comment.
struct ScriptJSON {
  private(set) var text = ""

  mutating func raw(_ json: String) { text += json }

  mutating func number(_ value: some BinaryInteger) { text += "\(value)" }

  mutating func string(_ value: some StringProtocol) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\u{0}"..<"\u{20}", "<", ">", "&", "\u{7f}"..<"\u{a0}", "\u{2028}", "\u{2029}",
        "\u{202a}"..."\u{202e}", "\u{2066}"..."\u{2069}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }

  /// `[…]`, with a comma between any two.
  mutating func array<Element>(
    _ elements: some Sequence<Element>, _ each: (inout ScriptJSON, Element) -> Void
  ) {
    text += "["
    var isFirst = true
    for element in elements {
      if !isFirst { text += "," }
      isFirst = false
      each(&self, element)
    }
    text += "]"
  }

  mutating func numbers(_ values: some Sequence<some BinaryInteger>) {
    array(values) { $0.number($1) }
  }

  /// `"name":`, after a comma unless it is the first of its object.
  mutating func name(_ name: String) {
    if text.last != "{" { text += "," }
    string(name)
    text += ":"
  }
}
