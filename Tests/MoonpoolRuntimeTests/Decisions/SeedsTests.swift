//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct SeedsTests {
  @Test(arguments: [
    ("7", [7] as [UInt64]),
    ("0x1f", [31]),
    ("1...4", [1, 2, 3, 4]),
    ("1 ..< 4", [1, 2, 3]),
    ("3, 1...2,0x10", [3, 1, 2, 16]),
    ("5...5", [5]),
    ("18446744073709551614...18446744073709551615", [18_446_744_073_709_551_614, .max]),
  ])
  func seedsAreRead(text: String, expected: [UInt64]) throws {
    let seeds = try Seeds(parsing: text)
    #expect(seeds.map(\.seed) == expected)
    #expect(seeds.allSatisfy { $0.isPlainSeed })
    #expect(seeds.count == UInt64(expected.count))
    #expect(try Seeds(parsing: seeds.description) == seeds)
  }

  @Test func hugeRangesCostNothing() throws {
    let seeds = try Seeds(parsing: "0...0xffffffffffffffff, 1")
    #expect(seeds.count == .max)
    #expect(seeds.prefix(3).map(\.seed) == [0, 1, 2])
  }

  @Test func aRecipeIsOneRun() throws {
    let text = "8839214571: 151@8837201; #17=2, #40=0"
    #expect(try Seeds(parsing: text).map(\.description) == [text])
  }

  @Test(arguments: [
    ("", "column 1: found the end instead of a seed"),
    ("a", "column 1: found 'a' instead of a seed"),
    ("1,", "column 3: found the end instead of a seed"),
    ("1-5", "column 2: found '-' instead of ',' or the end; a range is FIRST...LAST"),
    ("1...", "column 5: found the end instead of the other end of the range"),
    ("5...1", "column 5: the range 5...1 is empty"),
    ("5..<5", "column 5: the range 5..<5 is empty"),
  ])
  func mistakesAreNamed(text: String, reason: String) {
    let error = #expect(throws: SeedsError.self) { try Seeds(parsing: text) }
    #expect(error?.message.hasPrefix("malformed seeds \"\(text)\", \(reason)") == true, "\(error!)")
    #expect(error?.exitCode == 64)
  }

  @Test func listsHaveComments() throws {
    let text = """
      # Found by the nightly run.
      7

      0x10...0x12   # a range
        # indented
      8839214571: 151@8837201; #17=2  # an edit is no comment
      9, 10 #
      """
    let seeds = try Seeds(parsingList: text, named: "list")
    let expected = ["7", "16", "17", "18", "8839214571: 151@8837201; #17=2", "9", "10"]
    #expect(seeds.map(\.description) == expected)
    #expect(
      try Seeds(parsingList: seeds.description, named: "again").map(\.description) == expected)
    #expect(try Seeds(parsingList: "1\r\n2\r\n", named: "dos").map(\.seed) == [1, 2])
  }

  @Test func listsNameTheFileAndTheLine() throws {
    let error = #expect(throws: SeedsError.self) {
      try Seeds(parsingList: "1\n\n# two\n7: 3@\n", named: "seeds.txt")
    }
    #expect(error?.message.hasPrefix("seeds.txt:4: malformed recipe") == true, "\(error!)")
    #expect(error?.exitCode == 65)
    let empty = #expect(throws: SeedsError.self) {
      try Seeds(parsingList: "# nothing\n", named: "seeds.txt")
    }
    #expect(empty?.message.hasPrefix("seeds.txt names no seeds") == true)
    #expect(empty?.exitCode == 65)
  }

  @Test func filesAreRead() throws {
    var template = Array("/tmp/moonpool-seeds-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    defer { unlink(path) }
    let text = "1...3\n"
    #expect(write(descriptor, text, text.utf8.count) == text.utf8.count)
    close(descriptor)
    #expect(try Seeds(file: path).map(\.seed) == [1, 2, 3])
  }

  @Test(arguments: ["/nowhere/seeds.txt", "/tmp"])
  func unreadableFilesAreNoInput(path: String) {
    let error = #expect(throws: SeedsError.self) { try Seeds(file: path) }
    #expect(error?.message.hasPrefix("cannot read the seeds in \(path): ") == true)
    #expect(error?.code == .unreadableFile)
    #expect(error?.exitCode == 66)
  }
}
