//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Testing

@Suite struct AllowanceTests {
  private let bad = "let x = try! f()"

  @Test func `on the line or the line above`() {
    #expect(lines(of: .forceTry, in: "\(bad)  // tidy:allow(force-try) a constant\n").isEmpty)
    #expect(lines(of: .forceTry, in: "// tidy:allow(force-try) a constant\n\(bad)\n").isEmpty)
    #expect(lines(of: .forceTry, in: "// tidy:allow(force-try) a constant\n\n\(bad)\n") == [3])
    #expect(lines(of: .forceTry, in: "\(bad)\n// tidy:allow(force-try) a constant\n") == [1])
  }

  @Test func `only the rule it names`() {
    #expect(lines(of: .forceTry, in: "\(bad)  // tidy:allow(ambient) a constant\n") == [1])
  }

  @Test func `a reason is required`() {
    for text in ["\(bad)  // tidy:allow(force-try)\n", "\(bad)  /* tidy:allow(force-try) */\n"] {
      #expect(lines(of: .forceTry, in: text) == [1])
      #expect(lines(of: .allowance, in: text) == [1])
    }
  }

  @Test func `it must be of use`() {
    #expect(lines(of: .allowance, in: "// tidy:allow(force-try) a constant\nf()\n") == [1])
    #expect(lines(of: .allowance, in: "\(bad)  // tidy:allow(force-try) a constant\n").isEmpty)
  }

  @Test func `unknown rules and those without waiver`() {
    for name in ["no-such-rule", "file-length", "allowance", ""] {
      #expect(lines(of: .allowance, in: "f()  // tidy:allow(\(name)) because\n") == [1])
    }
    #expect(lines(of: .allowance, in: "/// Say `tidy:allow(rule) reason`.\n").isEmpty)
  }

  @Test func `a marker in a string is none`() {
    #expect(lines(of: .forceTry, in: "\(bad); g(\"// tidy:allow(force-try) no\")\n") == [1])
  }
}
