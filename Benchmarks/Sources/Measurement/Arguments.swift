//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import Glibc

/// The command line: options with and without a value.
public struct Arguments {
  private let words: [String]

  public init() { words = Array(CommandLine.arguments.dropFirst()) }

  public func contains(_ option: String) -> Bool { words.contains(option) }

  /// The word after `option`.
  public func value(_ option: String) -> String? {
    guard let index = words.firstIndex(of: option) else { return nil }
    guard index + 1 < words.count else { Self.fail("\(option) needs a value") }
    return words[index + 1]
  }

  public func number(_ option: String) -> Int? {
    guard let value = value(option) else { return nil }
    guard let number = Int(value.filter { $0 != "_" }) else {
      Self.fail("\(option) needs a number")
    }
    return number
  }

  /// Ends the process with a message about how it was called.
  public static func fail(_ message: String) -> Never {
    say("benchmarks: \(message)")
    exit(64)
  }
}
