//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Why a command line cannot be carried out: one line, and the exit code of `sysexits.h`.
package struct Refusal: Error {
  package let message: String
  package let exitCode: Int32

  /// The command line cannot be understood.
  package static func usage(_ message: String) -> Refusal {
    Refusal(message: oneLine(message), exitCode: 64)
  }

  /// What should be read is not there.
  package static func noInput(_ message: String) -> Refusal {
    Refusal(message: oneLine(message), exitCode: 66)
  }
}

/// `text` in quotation marks, whatever it contains, and not too long.
package func quoted(_ text: String) -> String {
  text.count <= 60 ? "'\(text)'" : "'\(text.prefix(59))…'"
}

/// `text` with every control character and line break escaped.
package func oneLine(_ text: String) -> String {
  var line = ""
  for scalar in text.unicodeScalars {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator:
      line += scalar.escaped(asASCII: true)
    default:
      line.unicodeScalars.append(scalar)
    }
  }
  return line
}
