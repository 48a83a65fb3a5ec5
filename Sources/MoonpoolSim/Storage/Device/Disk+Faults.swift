//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import MoonpoolCore
internal import MoonpoolRuntime

// An operation's faults are drawn before any of them strikes, so that none shifts another's
// decisions. If several strike, the loudest has its effect.
extension Disk {
  /// Whether a fault strikes; no decision, and no stream, if it is off.
  @inline(__always)
  func strikes(_ family: StorageFaultFamily) -> Bool {
    let probability = present[family]
    return probability > 0 && stream(family).bool(probability: probability) && isAdmitted(family)
  }

  /// A fault is about to strike. False: it mustn't.
  func isAdmitted(_ family: StorageFaultFamily) -> Bool { admits?(family) ?? true }

  // MARK: - Syncs

  enum SyncOutcome {
    case isDone, fails, lies
  }

  func drawSync() -> SyncOutcome {
    guard present.strikesOperations || failingSyncs > 0 else { return .isDone }
    var fails = strikes(.syncFailure)
    let lies = strikes(.lyingSync)
    if failingSyncs > 0 {
      failingSyncs -= 1
      fails = true
    }
    guard fails else { return lies ? .lies : .isDone }
    note(.syncFailure)
    if lies { note(.lyingSync, isEffective: false) }
    return .fails
  }

  // MARK: - Reads

  func readWithFaults(
    _ state: HandleState, at offset: Int, count: Int
  ) throws(StorageError) -> [UInt8] {
    let fails = strikes(.readError)
    if fails { note(.readError) }
    guard count > 0 else {
      if fails { throw StorageError(.inputOutput, "read") }
      return []
    }
    let range = offset..<(offset + count)
    let size = state.contents.pointee.size
    let lasting = drawBits(.readCorruption, range, size)
    let isElsewhere = strikes(.misdirectedRead)
    let place = isElsewhere ? drawPlace(offset, stream(.misdirectedRead)) : nil
    let transient = drawBits(.transientReadCorruption, range, size)
    if fails {
      for _ in lasting { note(.readCorruption, isEffective: false) }
      if isElsewhere { note(.misdirectedRead, isEffective: false) }
      for _ in transient { note(.transientReadCorruption, isEffective: false) }
      throw StorageError(.inputOutput, "read")
    }
    for bit in lasting { note(.readCorruption, isEffective: state.contents.pointee.flip(bit: bit)) }
    var bytes = plainRead(state, at: offset, count: count)
    if isElsewhere { misdirectRead(&bytes, place) }
    for bit in transient {
      // Which bit doesn't depend on which part of the sector is asked for.
      let isRead = range.contains(bit >> 3)
      if isRead { bytes[(bit >> 3) - offset] ^= 1 << (bit & 7) }
      note(.transientReadCorruption, isEffective: isRead)
    }
    return bytes
  }

  /// Replaces what was read by what is in another place of the disk, sector for sector.
  private func misdirectRead(_ bytes: inout [UInt8], _ place: Place?) {
    guard let place else { return note(.misdirectedRead, isEffective: false) }
    var other = [UInt8](repeating: 0, count: bytes.count)
    other.withUnsafeMutableBytes { _ = place.contents.pointee.read(at: place.offset, into: $0) }
    note(.misdirectedRead, isEffective: other != bytes)
    bytes = other
  }

  // MARK: - Writes

  func writeWithFaults(
    _ state: HandleState, at start: Int, _ bytes: ArraySlice<UInt8>
  ) throws(StorageError) -> Int {
    let fails = strikes(.writeError)
    if fails { note(.writeError) }
    guard !bytes.isEmpty else {
      if fails { throw StorageError(.inputOutput, "write") }
      return 0
    }
    let contents = state.contents
    let range = start..<(start + bytes.count)
    let vanishes = strikes(.phantomWrite)
    let isElsewhere = strikes(.misdirectedWrite)
    let place = isElsewhere ? drawPlace(start, stream(.misdirectedWrite)) : nil
    let findsFull = strikes(.noSpace)
    let flips = drawBits(.writeCorruption, range, max(contents.pointee.size, range.upperBound))
    if vanishes {
      note(.phantomWrite, isEffective: !fails && !holds(contents, bytes, start))
    }
    if fails || vanishes || isElsewhere {
      if isElsewhere {
        let isEffective = !fails && !vanishes && misdirectWrite(contents, bytes, at: start, place)
        note(.misdirectedWrite, isEffective: isEffective)
      }
      if findsFull { note(.noSpace, isEffective: false) }
      for _ in flips { note(.writeCorruption, isEffective: false) }
      if fails { throw StorageError(.inputOutput, "write") }
      return bytes.count
    }
    do throws(StorageError) {
      let done = try writeWithinRoom(state, at: start, bytes, isStruck: findsFull)
      for bit in flips { note(.writeCorruption, isEffective: contents.pointee.flip(bit: bit)) }
      return done
    } catch {
      for _ in flips { note(.writeCorruption, isEffective: false) }
      throw error
    }
  }

  /// Puts what was to be written in another place of the disk. The file only gets the new size.
  private func misdirectWrite(
    _ contents: UnsafeMutablePointer<FileContents>, _ bytes: ArraySlice<UInt8>, at offset: Int,
    _ place: Place?
  ) -> Bool {
    var changed = false
    if let place {
      changed = bytes.withUnsafeBytes { place.contents.pointee.strike($0, at: place.offset) }
    }
    if offset + bytes.count > contents.pointee.size {
      contents.pointee.setSize(offset + bytes.count)
    }
    // It may have landed where it belongs.
    let isElsewhere = place?.contents != contents || place?.offset != offset
    return changed && isElsewhere || !holds(contents, bytes, offset)
  }

  /// Whether a file has these bytes at this place already.
  private func holds(
    _ contents: UnsafeMutablePointer<FileContents>, _ bytes: ArraySlice<UInt8>, _ offset: Int
  ) -> Bool {
    var there = [UInt8](repeating: 0, count: bytes.count)
    let count = there.withUnsafeMutableBytes { contents.pointee.read(at: offset, into: $0) }
    return count == bytes.count && there.elementsEqual(bytes)
  }

  private struct Place {
    var contents: UnsafeMutablePointer<FileContents>
    var offset: Int
  }

  /// A random sector of a random file of this disk, at the same offset within the sector.
  private func drawPlace(_ offset: Int, _ stream: DecisionStream) -> Place? {
    let files = fileSystem.inodes.compactMap { inode in
      inode.uses > 0 ? inode.contents : nil
    }.filter { $0.pointee.size > 0 }
    guard let contents = stream.element(of: files) else { return nil }
    let sectors = (contents.pointee.size + Geometry.sector - 1) >> Geometry.sectorShift
    let sector = stream.int(in: 0..<sectors)
    return Place(
      contents: contents, offset: sector * Geometry.sector + offset & (Geometry.sector - 1))
  }

  // MARK: - Corruption

  /// A bit of each sector of a range that a fault strikes, in a file of a size. Mostly none.
  private func drawBits(
    _ family: StorageFaultFamily, _ range: Range<Int>, _ size: Int
  ) -> [Int] {
    let probability = present[family]
    guard probability > 0 else { return [] }
    let bits = struckSectors(range, family, probability).map { sector in
      let start = sector * Geometry.sector
      return start * 8 + stream(family).int(in: 0..<(min(Geometry.sector, size - start) * 8))
    }
    return bits.isEmpty || isAdmitted(family) ? bits : []
  }

  /// The sectors of a range that a fault strikes, each with the same probability: one decision for
  /// all of them, and more only if any is struck.
  private func struckSectors(
    _ range: Range<Int>, _ family: StorageFaultFamily, _ probability: Double
  ) -> [Int] {
    let first = range.lowerBound >> Geometry.sectorShift
    let last = (range.upperBound - 1) >> Geometry.sectorShift
    let stream = stream(family)
    /// The probability that any of so many sectors is struck.
    func any(of count: Int) -> Double { 1 - power(1 - probability, count) }
    guard stream.bool(probability: any(of: last - first + 1)) else { return [] }
    var struck: [Int] = []
    for sector in first...last {
      if struck.isEmpty {
        // At least one is struck; the last one certainly, if none was before.
        if sector == last || stream.bool(probability: probability / any(of: last - sector + 1)) {
          struck.append(sector)
        }
      } else if stream.bool(probability: probability) {
        struck.append(sector)
      }
    }
    return struck
  }

  /// By squaring, which gives the same bits on all platforms.
  private func power(_ base: Double, _ exponent: Int) -> Double {
    var result = 1.0
    var square = base
    var rest = exponent
    while rest > 0 {
      if rest & 1 == 1 { result *= square }
      square *= square
      rest >>= 1
    }
    return result
  }

  /// Flips different bits of one sector of a file. Returns how many.
  func corrupt(file path: String, bits count: Int, from stream: DecisionStream) -> Int {
    var flipped = 0
    if let contents = fileSystem.contents(path), contents.pointee.size > 0 {
      let size = contents.pointee.size
      let start = stream.int(in: 0...((size - 1) >> Geometry.sectorShift)) * Geometry.sector
      let all = min(Geometry.sector, size - start) * 8
      var chosen: [Int] = []
      // Floyd's way to choose some of many without listing them all.
      for bit in (all - min(count, all))..<all {
        let drawn = stream.int(in: 0...bit)
        chosen.append(chosen.contains(drawn) ? bit : drawn)
      }
      contents.pointee.invert(bits: chosen.map { start * 8 + $0 })
      flipped = chosen.count
    }
    effects.note(.readCorruption, count: 1, isEffective: flipped > 0)
    return flipped
  }
}
