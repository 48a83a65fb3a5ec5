//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import Glibc
internal import MoonpoolRunner

/// What the terminals of this process can show.
enum Terminal {
  /// How the standard output is written: in colours on a terminal, unless somebody objects.
  static var style: TextStyle {
    isatty(STDOUT_FILENO) == 1 && !isDumb && !refusesColour ? .coloured : .plain
  }

  /// Whether there is a terminal behind the standard error that can write a line again.
  static var showsProgress: Bool { isatty(STDERR_FILENO) == 1 && !isDumb }

  /// Whether escape sequences may be sent.
  static var takesSequences: Bool { !isDumb && !refusesColour }

  /// How many columns the standard error has; nil: nobody knows.
  static var width: Int? {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  private static var isDumb: Bool { environment("TERM") == "dumb" }
  /// As <https://no-color.org> says.
  private static var refusesColour: Bool { !(environment("NO_COLOR") ?? "").isEmpty }

  static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}
