//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// All decisions of a run, in order: what can be written out, compared, edited and replayed.
///
/// - Note: Determinism: two runs of one recipe have equal logs. See ``Mode/compare``.
public struct DecisionLog: Hashable, Sendable {
  /// One decision as it was made.
  public struct Entry: Hashable, Sendable {
    /// Index of the stream in the log's ``DecisionLog/streams``.
    public var stream: Int
    /// Birth number of the task that was running; 0 if none was.
    public var task: UInt32
    /// How many choices there were; 0 for all 64-bit values.
    public var bound: UInt64
    /// What was chosen: below the bound.
    public var value: UInt64

    /// Makes an entry.
    public init(stream: Int, task: UInt32, bound: UInt64, value: UInt64) {
      self.stream = stream
      self.task = task
      self.bound = bound
      self.value = value
    }
  }

  /// How a run uses an earlier log.
  public enum Mode: String, Hashable, Sendable, CaseIterable {
    /// The run makes its own decisions, and they must be the log's: stream, task, bound and value.
    case compare
    /// The run takes the log's values; each stream, task and bound must be the log's.
    case strict
    /// As strict; after the last entry the run goes on with decisions of its own.
    case prefix
    /// Each stream takes the log's values for that stream, reduced into the bound, and goes on with
    /// decisions of its own after the last. Nothing is checked.
    case lenient
  }

  /// What the run was started from.
  public var recipe: Recipe
  /// The streams that were drawn from, in the order of their first use.
  public private(set) var streams: [StreamKey]
  /// The decisions in the order in which they were made; the first is decision number 1.
  public private(set) var entries: [Entry]

  /// Makes a log. Every entry's stream must be an index into `streams`.
  public init(recipe: Recipe, streams: [StreamKey], entries: [Entry] = []) {
    guard entries.allSatisfy({ streams.indices.contains($0.stream) }) else {
      fatalError("an entry of a DecisionLog names a stream that the log does not have")
    }
    self.recipe = recipe
    self.streams = streams
    self.entries = entries
  }

  /// How many decisions the log has.
  public var count: Int { entries.count }

  /// The decision with a number from 1.
  public subscript(number: Int) -> Entry { entries[number - 1] }

  /// The name of the stream of the decision with a number from 1.
  public func stream(of number: Int) -> StreamKey { streams[self[number].stream] }
}

extension DecisionLog {
  /// Where the streams are in a log that is being read. Only looked up, never iterated.
  typealias StreamIndex = [StreamKey: Int]

  /// Appends a decision from a stream, which is added if it is new.
  public mutating func append(from stream: StreamKey, task: UInt32, bound: UInt64, value: UInt64) {
    var index: StreamIndex = [:]
    if let known = streams.firstIndex(of: stream) { index[stream] = known }
    append(from: stream, task: task, bound: bound, value: value, index: &index)
  }

  mutating func append(
    from stream: StreamKey, task: UInt32, bound: UInt64, value: UInt64, index: inout StreamIndex
  ) {
    let stream = self.index(of: stream, &index)
    entries.append(Entry(stream: stream, task: task, bound: bound, value: value))
  }

  /// The index of a stream, which is added if it is new.
  mutating func index(of stream: StreamKey, _ index: inout StreamIndex) -> Int {
    if let known = index[stream] { return known }
    index[stream] = streams.count
    streams.append(stream)
    return streams.count - 1
  }

  /// Gives a decision another value, lowered to the last choice if there are not so many.
  public mutating func edit(_ number: Int, to value: UInt64) {
    let bound = entries[number - 1].bound
    entries[number - 1].value = bound != 0 && value >= bound ? bound - 1 : value
  }

  /// Keeps the first decisions only.
  public mutating func truncate(to count: Int) {
    if count < entries.count { entries.removeSubrange(max(0, count)...) }
  }

  /// Removes decisions by their numbers from 1; for a lenient replay, which aligns by stream.
  public mutating func remove(_ numbers: Range<Int>) {
    entries.removeSubrange((numbers.lowerBound - 1)..<(numbers.upperBound - 1))
  }

  /// Removes all decisions of one stream; a lenient replay draws them afresh.
  public mutating func remove(_ stream: StreamKey) {
    guard let index = streams.firstIndex(of: stream) else { return }
    entries.removeAll { $0.stream == index }
  }

  /// The numbers of the decisions of one stream, in order.
  public func numbers(of stream: StreamKey) -> [Int] {
    guard let index = streams.firstIndex(of: stream) else { return [] }
    return entries.indices.filter { entries[$0].stream == index }.map { $0 + 1 }
  }

  /// The first difference from another log, or nil if they are equal; recipes do not count.
  public func firstDifference(from expected: DecisionLog) -> Divergence? {
    func side(_ log: DecisionLog, _ index: Int) -> Divergence.Side? {
      guard index < log.count else { return nil }
      let entry = log.entries[index]
      return Divergence.Side(
        stream: log.streams[entry.stream], task: entry.task, bound: entry.bound,
        value: entry.value)
    }
    for index in 0..<max(count, expected.count) {
      let (wanted, got) = (side(expected, index), side(self, index))
      if wanted != got {
        return Divergence(number: UInt64(index + 1), expected: wanted, actual: got)
      }
    }
    return nil
  }
}
