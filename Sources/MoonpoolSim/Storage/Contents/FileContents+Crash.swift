//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What a crash makes of one file.
struct ResolvedFile {
  var size: Int
  /// The sectors that get other bytes than reads have seen.
  var sectors: [ResolvedSector] = []
  /// Bits that flip after all of that.
  var flips: [Int] = []
  var report = CrashReport()
}

/// The bytes that a sector has after a crash.
struct ResolvedSector {
  /// Its number in the file.
  var number: Int
  var bytes: [UInt8]
  /// It is as it was before the unsynced writes.
  var isDurable: Bool
}

extension FileContents {
  /// The sequence numbers of all effects that a crash may lose.
  var unsyncedSequences: [UInt64] {
    var result = sizeChanges.map(\.sequence)
    forEachDirty { record in
      for sector in 0..<Geometry.sectorsPerPage where record.pointee.mask & (1 << sector) != 0 {
        result += contents(of: sector, in: record).dropFirst().map(\.sequence)
      }
    }
    return result
  }

  /// Has a chooser decide what a crash leaves of this file. Changes nothing.
  func resolve<Chooser: CrashChooser>(_ chooser: inout Chooser) -> ResolvedFile {
    guard !isDurable else { return ResolvedFile(size: size) }
    chooser.beginGroup()
    var result = ResolvedFile(size: size)
    if !sizeChanges.isEmpty {
      let chosen = chooser.survivor([0] + sizeChanges.map(\.sequence))
      result.size = chosen == 0 ? durableSize : sizeChanges[chosen - 1].size
      if result.size == size { result.report.sizesKept += 1 } else { result.report.sizesLost += 1 }
    }
    var records: [UnsafeMutablePointer<DirtyPage>] = []
    forEachDirty { records.append($0) }
    for record in records.sorted(by: { $0.pointee.number < $1.pointee.number }) {
      resolve(record, &chooser, &result)
    }
    if result.report.sectorsKept > 0, result.report.sectorsLost + result.report.sectorsTorn > 0 {
      result.report.filesTorn += 1
    }
    return result
  }

  private func resolve<Chooser: CrashChooser>(
    _ record: UnsafeMutablePointer<DirtyPage>, _ chooser: inout Chooser,
    _ result: inout ResolvedFile
  ) {
    let base = record.pointee.number * Geometry.sectorsPerPage
    var visible: [Int] = []
    for sector in 0..<Geometry.sectorsPerPage where record.pointee.mask & (1 << sector) != 0 {
      let number = base + sector
      // What lies behind the end is gone whatever becomes of it.
      guard number * Geometry.sector < result.size else { continue }
      visible.append(number)
      let all = contents(of: sector, in: record)
      guard Set(all.map(\.bytes)).count > 1 else { continue }
      resolve(number, all, &chooser, &result)
    }
    let bits = visible.map { min(Geometry.sector, result.size - $0 * Geometry.sector) * 8 }
    if var bit = chooser.flippedBit(of: bits.reduce(0, +)) {
      for (number, count) in zip(visible, bits) {
        if bit < count {
          result.flips.append(number * Geometry.sector * 8 + bit)
          break
        }
        bit -= count
      }
    }
  }

  private func resolve<Chooser: CrashChooser>(
    _ number: Int, _ all: [SectorContent], _ chooser: inout Chooser, _ result: inout ResolvedFile
  ) {
    let chosen = chooser.survivor(all.map(\.sequence))
    let isKept = all[chosen].bytes == all[all.count - 1].bytes
    // Space that the file has grown into since the last sync was somebody else's before.
    let isNew = number * Geometry.sector >= durableSize
    // Drawn whether the sector is torn or not, so that tears shift no other decisions.
    let seed = !isKept && chosen == 0 && isNew ? chooser.filling() : nil
    if let byte = chooser.tear() {
      let older = min(chosen, all.count - 2)
      let torn = Array(all[older + 1].bytes[..<byte] + all[older].bytes[byte...])
      if torn != all[older].bytes, torn != all[older + 1].bytes {
        result.report.sectorsTorn += 1
        result.sectors.append(ResolvedSector(number: number, bytes: torn, isDurable: false))
        return
      }
    }
    if isKept {
      result.report.sectorsKept += 1
      return
    }
    result.report.sectorsLost += 1
    var bytes = all[chosen].bytes
    if let seed {
      bytes = Self.garbage(seed)
      result.report.sectorsUninitialised += 1
    }
    result.sectors.append(ResolvedSector(number: number, bytes: bytes, isDurable: chosen == 0))
  }

  private static func garbage(_ seed: UInt64) -> [UInt8] {
    var state = seed
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Geometry.sector)
    while bytes.count < Geometry.sector {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      bytes.append(UInt8(truncatingIfNeeded: state >> 56))
    }
    return bytes
  }

  private struct SectorContent {
    var sequence: UInt64
    var bytes: [UInt8]
  }

  /// All contents that a sector may have after a crash, the durable one first, the live one last.
  private func contents(
    of sector: Int, in record: UnsafeMutablePointer<DirtyPage>
  ) -> [SectorContent] {
    func copy(_ start: UnsafeMutableRawPointer?) -> [UInt8] {
      guard let start else { return [UInt8](repeating: 0, count: Geometry.sector) }
      return [UInt8](UnsafeRawBufferPointer(start: start, count: Geometry.sector))
    }
    let offset = sector * Geometry.sector
    var between: [SectorContent] = []
    var version = record.pointee.versions
    while let current = version {
      version = current.pointee.next
      guard current.pointee.sector == sector else { continue }
      between.append(
        SectorContent(sequence: current.pointee.sequence, bytes: copy(current.bytes)))
    }
    let saved = record.pointee.saved.map { $0 + offset }
    let live = record.pointee.page.pointee.live.map { $0 + offset }
    return [SectorContent(sequence: 0, bytes: copy(saved))] + between.reversed()
      + [SectorContent(sequence: record.sequences[sector], bytes: copy(live))]
  }

  /// Makes the file what a crash has left of it, and returns what that was.
  mutating func apply(_ resolved: ResolvedFile) -> CrashReport {
    for sector in resolved.sectors {
      let page = makePage(sector.number / Geometry.sectorsPerPage)
      let index = sector.number % Geometry.sectorsPerPage
      _ = fill(page, zeroed: true, must: true)
      sector.bytes.withUnsafeBytes {
        (page.pointee.live.unsafelyUnwrapped + index * Geometry.sector)
          .copyMemory(from: $0.baseAddress.unsafelyUnwrapped, byteCount: Geometry.sector)
      }
      let mask = UInt8(1) << index
      page.pointee.corrupt &= ~mask
      if sector.isDurable, let record = page.pointee.dirty {
        page.pointee.corrupt |= record.pointee.savedCorrupt & mask
      }
    }
    forEachDirty { forget($0) }
    dirtyHead = nil
    sizeChanges = []
    cut(to: resolved.size)
    size = resolved.size
    durableSize = resolved.size
    var report = resolved.report
    for bit in resolved.flips where flip(bit: bit) { report.sectorsCorrupted += 1 }
    return report
  }

  /// Removes what lies behind a size, for good.
  private mutating func cut(to newSize: Int) {
    var behind: [UnsafeMutablePointer<Page>] = []
    let start = newSize & (Geometry.page - 1)
    forEachPage(from: (newSize + Geometry.page - 1) >> Geometry.pageShift) { behind.append($1) }
    for page in behind { makeHole(page) }
    if start > 0, let live = page(newSize >> Geometry.pageShift)?.pointee.live {
      (live + start).initializeMemory(as: UInt8.self, repeating: 0, count: Geometry.page - start)
    }
  }

  /// The whole file as it would be after a crash.
  func bytes(after resolved: ResolvedFile) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: max(size, resolved.size))
    result.withUnsafeMutableBytes { _ = read(at: 0, into: $0) }
    for sector in resolved.sectors {
      let start = sector.number * Geometry.sector
      guard start < result.count else { continue }
      let end = min(start + Geometry.sector, result.count)
      result.replaceSubrange(start..<end, with: sector.bytes[..<(end - start)])
    }
    result.removeLast(result.count - resolved.size)
    for bit in resolved.flips { result[bit >> 3] ^= 1 << (bit & 7) }
    return result
  }
}
