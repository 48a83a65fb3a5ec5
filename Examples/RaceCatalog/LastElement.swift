//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension Race {
  /// A consumer that is cancelled, not finished, loses what is still in the stream.
  public static let lastElement = Race(
    name: "last-element",
    summary: "a consumer that is cancelled, not finished, loses the last element",
    story: """
      The writer puts three lines into an AsyncStream, stops the shipper and waits for it. \
      Cancelling says "whatever you have, leave it", so the last line survives only if the shipper \
      has been quick enough. Finishing the stream says "there is no more", and the shipper ends \
      after the last line.
      """,
    buggy: { try await shipThreeLines { _, shipper in shipper.cancel() } },
    fixed: { try await shipThreeLines { lines, _ in lines.finish() } }
  )
}

private actor Archive {
  private(set) var lines: [String] = []

  func store(_ line: String) {
    lines.append(line)
    note("stores \(line)")
  }
}

private func shipThreeLines(
  stop: (AsyncStream<String>.Continuation, Task<Void, Never>) -> Void
) async throws {
  let (lines, input) = AsyncStream.makeStream(of: String.self)
  let archive = Archive()
  let shipper = Task(name: "shipper") {
    for await line in lines {
      guard !Task.isCancelled else { return note("is cancelled, holding \(line)") }
      await archive.store(line)
    }
  }
  for number in 1...3 {
    note("writes line \(number)")
    input.yield("line \(number)")
    await Task.yield()
  }
  note("stops the shipper")
  stop(input, shipper)
  await shipper.value
  let count = await archive.lines.count
  try check(count == 3, "3 lines were written, \(count) arrived")
}
