//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Command lines that a shell reads as they are meant.
package enum Shell {
  /// A command of an executable, with arguments; without an executable, what comes after it.
  package static func command(
    _ executable: String, _ command: String, _ arguments: String...
  ) -> String {
    let isPlain = executable.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || "0"..."9" ~= $0 || "/._-+@".unicodeScalars.contains($0)
    }
    let words = [isPlain ? executable : quoted(executable), command] + arguments.map(quoted)
    return words.drop { $0.isEmpty }.joined(separator: " ")
  }

  private static func quoted(_ word: String) -> String {
    let parts = word.split(separator: "'", omittingEmptySubsequences: false)
    return "'\(parts.joined(separator: "'\\''"))'"
  }
}
