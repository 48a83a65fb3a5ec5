//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension DecisionLog {
  /// The log as JSON lines: a header, then one object for each decision.
  ///
  ///     {"schema":"moonpool.decisions","version":1,"recipe":"8839214571","streams":["scheduling"]}
  ///     {"number":1,"stream":"scheduling","bound":5,"value":2,"task":3}
  ///
  /// A `bound` of 0 stands for all 64-bit values. Numbers above 2^53 are written as strings,
  /// because most readers of JSON would round them (RFC 7493).
  public var jsonLines: String {
    let names = streams.map { JSONValue.quote($0.description) }
    var text = "{\"schema\":\"\(Self.schema)\",\"version\":\(Self.version)"
    text += ",\"recipe\":\(JSONValue.quote(recipe.description))"
    text += ",\"streams\":[\(names.joined(separator: ","))]}\n"
    for (index, entry) in entries.enumerated() {
      text += "{\"number\":\(index + 1),\"stream\":\(names[entry.stream])"
      text += ",\"bound\":\(JSONValue.write(entry.bound)),\"value\":\(JSONValue.write(entry.value))"
      text += ",\"task\":\(entry.task)}\n"
    }
    return text
  }

  private static let schema = "moonpool.decisions"

  /// Reads JSON lines. Members that this version does not know are ignored, and so is `number`.
  ///
  /// - Throws: ``DecisionLogError`` that names the line and what belongs there.
  public init(parsingJSONLines text: some StringProtocol) throws(DecisionLogError) {
    var lines = text.numberedLines[...]
    guard let first = lines.popFirst() else {
      throw DecisionLogError(line: 1, reason: "the text is empty; a log has at least a header")
    }
    let header = try JSONLine(first.text, line: first.number)
    guard try header.string("schema") == Self.schema else {
      let reason =
        "the first line's \"schema\" is not \"\(Self.schema)\"; this is another kind of file"
      throw DecisionLogError(line: first.number, reason: reason)
    }
    try Self.check(version: header.number("version"), line: first.number)
    let recipe = try Self.recipe(header.string("recipe"), line: first.number)
    self.init(recipe: recipe, streams: [])
    var index = StreamIndex()
    for name in try header.strings("streams") { _ = self.index(of: StreamKey(name: name), &index) }
    for line in lines {
      let object = try JSONLine(line.text, line: line.number)
      try append(
        from: StreamKey(name: object.string("stream")), task: object.number("task"),
        bound: object.number("bound"), value: object.number("value"), index: &index,
        line: line.number)
    }
  }
}

/// One line that holds a JSON object, with errors that name the line.
private struct JSONLine {
  let members: [(name: String, value: JSONValue)]
  let line: Int

  init(_ text: some StringProtocol, line: Int) throws(DecisionLogError) {
    self.line = line
    do throws(JSONError) {
      guard case .object(let members) = try JSONValue(parsing: text) else {
        throw JSONError(column: 1, reason: "found no object; each line is a JSON object")
      }
      self.members = members
    } catch {
      let reason = "column \(error.column): \(error.reason)"
      throw DecisionLogError(line: line, reason: reason)
    }
  }

  private func missing(_ name: String, _ expected: String) -> DecisionLogError {
    DecisionLogError(line: line, reason: "the member \"\(name)\" must be \(expected)")
  }

  private subscript(name: String) -> JSONValue? { members.first { $0.name == name }?.value }

  func string(_ name: String) throws(DecisionLogError) -> String {
    guard case .string(let value) = self[name] else { throw missing(name, "a string") }
    return value
  }

  func strings(_ name: String) throws(DecisionLogError) -> [String] {
    let error = missing(name, "an array of strings")
    guard case .array(let values) = self[name] else { throw error }
    var strings: [String] = []
    for value in values {
      guard case .string(let string) = value else { throw error }
      strings.append(string)
    }
    return strings
  }

  func number(_ name: String) throws(DecisionLogError) -> UInt64 {
    switch self[name] {
    case .number(let text), .string(let text):
      if let value = UInt64(text) { return value }
    default: break
    }
    throw missing(name, "a whole number of 64 bits, as a number or as a string")
  }
}
