//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension DecisionLog {
  /// The log as text for people: a header, then one line for each decision.
  ///
  ///     moonpool-decisions 1
  ///     recipe 8839214571
  ///     stream scheduling
  ///     stream workload/orders
  ///     #1 2/5 scheduling
  ///     #2 17/* task 3 workload/orders
  ///
  /// `2/5` is the value 2 of 5 choices and `*` stands for all 64-bit values. Control characters
  /// and `%` in names are written as `%` and two hexadecimal digits.
  public var text: String {
    var text = "moonpool-decisions \(Self.version)\nrecipe \(recipe)\n"
    let names = streams.map { Self.escape($0.description) }
    for name in names { text += "stream \(name)\n" }
    for (index, entry) in entries.enumerated() {
      text += "#\(index + 1) \(entry.value)/"
      text += entry.bound == 0 ? "* " : "\(entry.bound) "
      // A name that looks like a task must not be taken for one.
      if entry.task != 0 || names[entry.stream].hasPrefix("task ") { text += "task \(entry.task) " }
      text += names[entry.stream]
      text += "\n"
    }
    return text
  }

  /// Reads the text form. The order of the lines counts; the numbers after `#` may have gaps, so
  /// that lines can be deleted by hand.
  ///
  /// - Throws: ``DecisionLogError`` that names the line and what belongs there.
  public init(parsing text: some StringProtocol) throws(DecisionLogError) {
    var lines = text.numberedLines[...]
    guard let first = lines.popFirst() else {
      throw DecisionLogError(line: 1, reason: "the text is empty; a log has at least a header")
    }
    var scanner = TextScanner(first.text)
    guard scanner.take("moonpool-decisions "), case .value(let version) = scanner.number() else {
      let reason = "found no header; the first line is \"moonpool-decisions \(Self.version)\""
      throw DecisionLogError(line: first.number, reason: reason)
    }
    try Self.check(version: version, line: first.number)
    guard let second = lines.popFirst(), second.text.hasPrefix("recipe ") else {
      let reason = "found no recipe; the second line is \"recipe \" and a seed or a recipe"
      throw DecisionLogError(line: first.number + 1, reason: reason)
    }
    let recipe = try Self.recipe(second.text.dropFirst("recipe ".count), line: second.number)
    self.init(recipe: recipe, streams: [])
    var index = StreamIndex()
    for line in lines {
      if line.text.hasPrefix("stream ") {
        let name = Self.unescape(line.text.dropFirst("stream ".count))
        _ = self.index(of: StreamKey(name: name), &index)
      } else {
        try appendLine(line.text, number: line.number, &index)
      }
    }
  }

  private mutating func appendLine(
    _ line: some StringProtocol, number: Int, _ index: inout StreamIndex
  ) throws(DecisionLogError) {
    var scanner = TextScanner(line)
    let form = "a decision is #NUMBER VALUE/BOUND [task TASK] STREAM, as in #17 2/5 scheduling"
    func malformed(_ expected: String) -> DecisionLogError {
      var copy = scanner
      let found = copy.found()
      return DecisionLogError(
        line: number,
        reason: "column \(copy.column): found \(found) instead of \(expected); \(form)")
    }
    guard scanner.take("#"), case .value = scanner.number() else { throw malformed("'#NUMBER'") }
    guard case .value(let value) = scanner.number() else { throw malformed("a 64-bit value") }
    guard scanner.take("/") else { throw malformed("'/' and the number of choices") }
    var bound: UInt64 = 0
    if !scanner.take("*") {
      var ahead = scanner
      guard case .value(let choices) = ahead.number(), choices != 0 else {
        throw malformed("the number of choices, at least 1, or '*'")
      }
      (bound, scanner) = (choices, ahead)
    }
    var task: UInt64 = 0
    if scanner.take("task ") {
      guard case .value(let birth) = scanner.number() else { throw malformed("a task's number") }
      task = birth
    }
    guard scanner.take(" ", skippingSpaces: false), !scanner.isAtEnd else {
      throw malformed("' ' and a stream's name")
    }
    let stream = StreamKey(name: Self.unescape(scanner.remainder))
    try append(
      from: stream, task: task, bound: bound, value: value, index: &index, line: number)
  }

  private static func escape(_ name: String) -> String {
    guard name.unicodeScalars.contains(where: mustEscape) else { return name }
    var escaped = ""
    for scalar in name.unicodeScalars {
      guard mustEscape(scalar) else {
        escaped.unicodeScalars.append(scalar)
        continue
      }
      for byte in String(scalar).utf8 {
        escaped += (byte < 16 ? "%0" : "%") + String(byte, radix: 16)
      }
    }
    return escaped
  }

  private static func mustEscape(_ scalar: Unicode.Scalar) -> Bool {
    // The line ends of Unicode beyond ASCII would split the line, too.
    scalar.value < 0x20 || scalar == "%" || (0x7f...0x9f).contains(scalar.value)
      || (0x2028...0x2029).contains(scalar.value)
  }

  private static func unescape(_ text: some StringProtocol) -> String {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
    var bytes: [UInt8] = []
    var rest = Substring(text).utf8
    while let byte = rest.popFirst() {
      let digits = Substring(rest.prefix(2))
      if byte == UInt8(ascii: "%"), digits.utf8.count == 2, let code = UInt8(digits, radix: 16) {
        bytes.append(code)
        rest.removeFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
