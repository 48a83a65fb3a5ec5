//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import MatrixRows
import Synchronization

/// The rows of the matrix, run one at a time; for Scripts/acceptance and MatrixTests.
@main
struct MatrixRowsTool {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch arguments.first {
    case "list": for row in Row.all { print(row.name) }
    case "digests":
      let row = row(named: arguments[1])
      let order = SeedOrder(count: number(arguments[2]), shift: number(arguments[3]))
      row.run(seeds: order.seeds, detail: .schedule) { print(Matrix.line($0, $1)) }
    case "text": print(Matrix.text(of: row(named: arguments[1])), terminator: "")
    case "show":
      let outcome = row(named: arguments[1]).run(seed: number(arguments[2]), detail: .text)
      print(outcome.text)
    case "growth": growth(row(named: arguments[1]), number(arguments[2]))
    case "shared-actor":
      let result = SharedActor.run(runsPerThread: number(arguments[1]))
      print("\(result.passed)\t\(result.wrong)\t\(result.verdicts.sorted { $0.key < $1.key })")
    case "check": check(number(arguments[1]), filter: arguments.dropFirst(2).first)
    default:
      print("usage: matrix-rows list | check SEEDS [FILTER] | digests ROW SEEDS SHIFT")
      print("       | text ROW | show ROW SEED | growth ROW SEEDS | shared-actor RUNS")
      exit(2)
    }
  }

  /// Every row in two other processes, in two orders; the table goes to standard output.
  private static func check(_ seeds: UInt64, filter: String?) {
    let order = SeedOrder(count: seeds)
    var failed = 0
    print(RowResult.head)
    for row in Row.all where filter.map({ row.name.contains($0) }) ?? true {
      let result = compare(row, order)
      if !result.problems.isEmpty { failed += 1 }
      print(result.line)
      fflush(nil)
    }
    print(failed == 0 ? "all rows hold" : "\(failed) rows do not hold")
    exit(failed == 0 ? 0 : 1)
  }

  private static func compare(_ row: Row, _ order: SeedOrder) -> RowResult {
    let second = Later { try Matrix.outcomesElsewhere(of: row, order.rotated) }
    do {
      let first = try Matrix.outcomesElsewhere(of: row, order)
      var result = RowResult(row, [first, try second.value()])
      if try Matrix.textElsewhere(of: row) != Matrix.text(of: row) {
        result.problems.append("traces differ between processes")
      }
      return result
    } catch {
      var result = RowResult(row, [[:]])
      result.problems = ["\(error)"]
      return result
    }
  }

  private static func growth(_ row: Row, _ seeds: UInt64) {
    let result = Growth.measure(row, seeds: seeds)
    print("\(result.bytes)\t\(result.abandoned)\t\(seeds) runs of \(row.name)")
  }

  private static func row(named name: String) -> Row {
    guard let row = Row.named(name) else {
      print("no row is called \(name)")
      exit(2)
    }
    return row
  }

  private static func number(_ text: String) -> UInt64 {
    guard let number = UInt64(text) else {
      print("\(text) is no number")
      exit(2)
    }
    return number
  }
}

/// Work on another thread, so that two processes are waited for at a time.
private final class Later: Sendable {
  private let result = Mutex<Result<Outcomes, any Error>?>(nil)
  private let done = DispatchSemaphore(value: 0)

  init(_ work: @escaping @Sendable () throws -> Outcomes) {
    Thread.detachNewThread {
      let outcome = Result { try work() }
      self.result.withLock { $0 = outcome }
      self.done.signal()
    }
  }

  func value() throws -> Outcomes {
    done.wait()
    return try result.withLock { try $0!.get() }
  }
}
