//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// `text` with spaces after it, at least `width` characters.
package func padded(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}

/// 20000 as 20,000.
package func grouped(_ number: UInt64) -> String {
  var digits = Array(String(number))
  for index in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: index) }
  return String(digits)
}

/// `text` in lines of at most `width` characters, each after `indent`.
package func wrapped(_ text: String, width: Int, indent: String) -> String {
  var lines: [String] = []
  var line = indent
  for word in text.split(separator: " ") {
    if line.count + word.count >= width, line != indent {
      lines.append(line)
      line = indent
    }
    line += (line == indent ? "" : " ") + word
  }
  return (lines + [line]).joined(separator: "\n")
}
