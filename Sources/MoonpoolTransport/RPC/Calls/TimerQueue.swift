//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import HeapModule

/// When something is to be done about which call, and the task that waits for the next time.
struct TimerQueue {
  private struct Entry: Comparable {
    var time: Duration
    var number: UInt64

    static func < (a: Entry, b: Entry) -> Bool { (a.time, a.number) < (b.time, b.number) }
  }

  private var entries = Heap<Entry>()
  /// When the task wakes; nil: there is none.
  private var wake: Duration?
  private var task: Task<Void, any Error>?

  /// Entries, also of calls that are over.
  var count: Int { entries.count }

  /// Returns when a new task shall wake, in place of what there was; nil: there is one already.
  mutating func add(_ number: UInt64, at time: Duration) -> Duration? {
    entries.insert(Entry(time: time, number: number))
    if let wake, wake <= time { return nil }
    wake = time
    return time
  }

  mutating func replaceTask(_ new: Task<Void, any Error>) {
    task?.cancel()
    task = new
  }

  /// Takes the calls out whose time has come, the earliest first.
  mutating func takeDue(at now: Duration) -> [UInt64] {
    var due: [UInt64] = []
    while let first = entries.min, first.time <= now {
      due.append(first.number)
      entries.removeMin()
    }
    return due
  }

  /// When the task is to wake again; nil: it is over.
  mutating func next() -> Duration? {
    wake = entries.min?.time
    if wake == nil { task = nil }
    return wake
  }

  mutating func removeAll(where isOver: (UInt64) -> Bool) {
    entries = Heap(entries.unordered.filter { !isOver($0.number) })
  }

  /// Returns the task.
  mutating func end() -> Task<Void, any Error>? {
    entries = Heap()
    wake = nil
    return task.take()
  }
}
