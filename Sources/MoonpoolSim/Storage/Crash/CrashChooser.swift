//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolRuntime

/// Who decides what a crash leaves: chance, or the enumeration of all that is possible.
protocol CrashChooser {
  /// Begins a group of effects that tend to share their fate: the names, or one file.
  mutating func beginGroup()
  /// Which content survives, of those with these sequence numbers, the durable one first.
  mutating func survivor(_ sequences: [UInt64]) -> Int
  /// Up to which byte a sector is new; nil if it is whole.
  mutating func tear() -> Int?
  /// What to fill a lost sector with; nil for zeros.
  mutating func filling() -> UInt64?
  /// Which of so many bits of a page's unsynced sectors flips; nil for none.
  mutating func flippedBit(of count: Int) -> Int?
}

/// The streams that a crash draws from, one for each fault family, so that none shifts another.
package struct CrashStreams {
  var survival: DecisionStream
  var torn: DecisionStream
  var uninitialised: DecisionStream
  var corruption: DecisionStream

  /// Whether a fault that is about to strike may.
  let admits: (StorageFaultFamily) -> Bool

  package init(
    _ stream: (StorageFaultFamily) -> DecisionStream,
    _ admits: @escaping (StorageFaultFamily) -> Bool = { _ in true }
  ) {
    self.admits = admits
    survival = stream(.crashLoss)
    torn = stream(.tornSector)
    uninitialised = stream(.uninitialisedSector)
    corruption = stream(.crashCorruption)
  }
}

/// Lets a simulation's decisions choose. The decision 0 loses nothing.
struct DecidingChooser: CrashChooser {
  let model: CrashModel
  let streams: CrashStreams
  /// Effects up to this one survive; nil in the other modes.
  let cut: UInt64?
  /// How many eighths of the group's effects are lost.
  private var eighths: UInt64 = 0

  init(_ model: CrashModel, _ streams: CrashStreams, cut: UInt64?) {
    self.model = model
    self.streams = streams
    self.cut = cut
  }

  mutating func beginGroup() {
    // One level for a group: a coin of its own for each of a thousand sectors would never leave
    // all or none of them.
    if model.survival == .anySubset { eighths = streams.survival.uint64(below: 9) }
  }

  mutating func survivor(_ sequences: [UInt64]) -> Int {
    switch model.survival {
    case .nothing: return 0
    case .everything: return sequences.count - 1
    case .prefix: return (sequences.lastIndex { $0 <= cut ?? 0 }) ?? 0
    case .anySubset:
      let newest = sequences.count - 1
      // 0 keeps, and so do the low values. What is sure isn't asked.
      if eighths == 0 { return newest }
      if eighths < 8, streams.survival.uint64(below: 8) < 8 - eighths { return newest }
      if newest == 1 { return 0 }
      return newest - 1 - Int(streams.survival.uint64(below: UInt64(newest)))
    }
  }

  mutating func tear() -> Int? {
    guard streams.torn.strikes(model.tornSectorProbability) else { return nil }
    let byte = streams.torn.int(in: 1..<Geometry.sector)
    return streams.admits(.tornSector) ? byte : nil
  }

  mutating func filling() -> UInt64? {
    guard streams.uninitialised.strikes(model.uninitialisedSectorProbability) else { return nil }
    let seed = streams.uninitialised.next()
    return streams.admits(.uninitialisedSector) ? seed : nil
  }

  mutating func flippedBit(of count: Int) -> Int? {
    guard count > 0, streams.corruption.strikes(model.corruptionProbability) else { return nil }
    let bit = streams.corruption.int(in: 0..<count)
    return streams.admits(.crashCorruption) ? bit : nil
  }
}

/// Walks through all combinations, the last choice fastest. The first loses nothing.
struct EnumeratingChooser: CrashChooser {
  private var choices: [(taken: Int, count: Int)] = []
  private var position = 0

  func beginGroup() {}

  mutating func survivor(_ sequences: [UInt64]) -> Int {
    if position == choices.count { choices.append((0, sequences.count)) }
    defer { position += 1 }
    return sequences.count - 1 - choices[position].taken
  }

  func tear() -> Int? { nil }
  func filling() -> UInt64? { nil }
  func flippedBit(of count: Int) -> Int? { nil }

  /// Goes on to the next combination; false after the last.
  mutating func advance() -> Bool {
    position = 0
    while let last = choices.last {
      if last.taken + 1 < last.count {
        choices[choices.count - 1].taken += 1
        return true
      }
      choices.removeLast()
    }
    return false
  }
}

extension DecisionStream {
  /// Whether something of this probability happens; no decision if it cannot.
  func strikes(_ probability: Double) -> Bool {
    probability > 0 && bool(probability: probability)
  }
}
