//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolRuntime
import Testing

@Suite struct DecisionLogTests {
  var log: DecisionLog

  init() {
    log = DecisionLog(recipe: Recipe(seed: 7, edits: [.init(number: 2, value: 1)]), streams: [])
    log.append(from: .scheduling, task: 0, bound: 5, value: 2)
    log.append(
      from: .workload("an\n\u{2028}odd/name 100% \"quoted\\"), task: 3, bound: 0, value: .max)
    log.append(from: .scheduling, task: 4_294_967_295, bound: .max, value: 1 << 53)
    log.append(from: StreamKey(name: "task 5 or so"), task: 0, bound: 2, value: 1)
    log.append(from: StreamKey(name: "key/00000000000000ff"), task: 1, bound: 2, value: 1)
  }

  @Test func theTextIsForPeople() {
    var log = DecisionLog(recipe: 7, streams: [.hops])
    log.append(from: .scheduling, task: 0, bound: 5, value: 2)
    log.append(from: .workload("orders"), task: 3, bound: 0, value: 17)
    #expect(
      log.text == """
        moonpool-decisions 1
        recipe 7
        stream hops
        stream scheduling
        stream workload/orders
        #1 2/5 scheduling
        #2 17/* task 3 workload/orders

        """)
    #expect(
      log.jsonLines == """
        {"schema":"moonpool.decisions","version":1,"recipe":"7","streams":["hops","scheduling",\
        "workload/orders"]}
        {"number":1,"stream":"scheduling","bound":5,"value":2,"task":0}
        {"number":2,"stream":"workload/orders","bound":0,"value":17,"task":3}

        """)
  }

  @Test func bothFormsRoundTrip() throws {
    #expect(try DecisionLog(parsing: log.text) == log)
    #expect(try DecisionLog(parsingJSONLines: log.jsonLines) == log)
    #expect(log.text.split(separator: "\n").count == 2 + 4 + 5)
    #expect(log.jsonLines.split(whereSeparator: \.isNewline).count == 1 + 5)
  }

  @Test func linesCanBeDeletedByHand() throws {
    let lines = log.text.split(separator: "\n").filter {
      !$0.hasPrefix("stream") && !$0.hasPrefix("#2")
    }
    let edited = try DecisionLog(parsing: lines.joined(separator: "\r\n"))
    #expect(edited.count == 4)
    #expect(edited.stream(of: 1) == .scheduling)
  }

  @Test(arguments: [
    ("", 1, "the text is empty"),
    ("hello", 1, "found no header"),
    ("moonpool-decisions 2\nrecipe 7", 1, "the log has version 2"),
    ("moonpool-decisions 1", 2, "found no recipe"),
    ("moonpool-decisions 1\nrecipe x", 2, "malformed recipe \"x\""),
    ("moonpool-decisions 1\nrecipe 7\n\n17 2/5 s", 4, "column 1: found '17' instead of '#NUMBER'"),
    ("moonpool-decisions 1\nrecipe 7\n#1 x/5 s", 3, "column 4: found 'x' instead of a 64-bit"),
    ("moonpool-decisions 1\nrecipe 7\n#1 2 s", 3, "column 6: found 's' instead of '/'"),
    ("moonpool-decisions 1\nrecipe 7\n#1 2/0 s", 3, "column 6: found '0' instead of the number"),
    ("moonpool-decisions 1\nrecipe 7\n#1 2/5", 3, "column 7: found the end instead of ' ' and"),
    ("moonpool-decisions 1\nrecipe 7\n#1 2/5 task s", 3, "column 13: found 's' instead of a task"),
    ("moonpool-decisions 1\nrecipe 7\n#1 5/5 s", 3, "the value 5 is no choice among 5"),
    ("moonpool-decisions 1\nrecipe 7\n#1 2/5 task 4294967296 s", 3, "there is no task 4294967296"),
  ])
  func mistakesInTextAreNamed(text: String, line: Int, reason: String) {
    let error = #expect(throws: DecisionLogError.self) { try DecisionLog(parsing: text) }
    #expect(error?.line == line)
    #expect(error?.reason.hasPrefix(reason) == true, "\(error!)")
  }

  @Test(arguments: [
    ("", 1, "the text is empty"),
    ("[]", 1, "column 1: found no object"),
    (#"{"schema":"else"}"#, 1, "the first line's \"schema\" is not"),
    (#"{"schema":"moonpool.decisions"}"#, 1, "the member \"version\" must be a whole number"),
    (#"{"schema":"moonpool.decisions","version":9}"#, 1, "the log has version 9"),
    (#"{"schema":"moonpool.decisions","version":1,"recipe":7}"#, 1, "the member \"recipe\" must"),
    (Self.header + "{", 2, "column 2: expected a string"),
    (Self.header + #"{"stream":"s","bound":5.5}"#, 2, "the member \"task\" must be a whole number"),
    (Self.header + #"{"stream":"s","task":0,"bound":-5}"#, 2, "the member \"bound\" must be a"),
    (Self.header + #"{"stream":"s","task":0,"bound":5,"value":5}"#, 2, "the value 5 is no choice"),
    (Self.header + #"{"stream":"s"} x"#, 2, "column 16: found more text after the value"),
    (Self.header + #"{"stream":"s"#, 2, "column 13: the string has no end"),
    (Self.header + #"{"stream":"\ud800"}"#, 2, "column 18: half of a surrogate pair"),
  ])
  func mistakesInJSONAreNamed(text: String, line: Int, reason: String) {
    let error = #expect(throws: DecisionLogError.self) { try DecisionLog(parsingJSONLines: text) }
    #expect(error?.line == line)
    #expect(error?.reason.hasPrefix(reason) == true, "\(error!)")
  }

  private static let header =
    #"{"schema":"moonpool.decisions","version":1,"recipe":"7","streams":[]}"# + "\n"

  @Test func anyWriterOfJSONWillDo() throws {
    let line =
      #" { "new" : [ 1.5e3 , null, {"a":true} ], "task":"3", "value" : 4, "bound":5,"#
      + #""stream":"\u0077orkload\/\ud83d\ude00\n" }"#
    let log = try DecisionLog(parsingJSONLines: Self.header + line)
    #expect(log.stream(of: 1) == .workload("😀\n"))
    #expect(log[1] == .init(stream: 0, task: 3, bound: 5, value: 4))
  }

  @Test func logsCanBeEdited() {
    var edited = log
    edited.edit(1, to: 9)
    #expect(edited[1].value == 4)
    #expect(edited.firstDifference(from: log)?.number == 1)
    edited.remove(.scheduling)
    #expect(edited.count == 3)
    #expect(log.numbers(of: .scheduling) == [1, 3])
    edited.remove(1..<2)
    #expect(edited.entries == [log[4], log[5]])
    edited.truncate(to: 0)
    #expect(edited.count == 0)
    let description = edited.firstDifference(from: log)?.description
    #expect(
      description
        == "decision #1 differs: expected 2 of 5 from scheduling, got the end of the run")
  }
}
