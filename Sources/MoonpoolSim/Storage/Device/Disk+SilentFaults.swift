//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import MoonpoolRuntime

// Faults that give no error: the disk returns or keeps the wrong bytes.
extension Disk {
  // MARK: - Corruption

  /// Flips a bit in each sector of a range that is struck. It stays flipped.
  ///
  /// Which bit doesn't depend on which part of the sector is asked for.
  func corrupt(
    _ contents: UnsafeMutablePointer<FileContents>, _ range: Range<Int>,
    _ family: StorageFaultFamily, _ probability: Double
  ) {
    guard probability > 0 else { return }
    for sector in struckSectors(range, family, probability) {
      let bit = drawBit(contents, sector, stream(family))
      effects.note(family, effective: contents.pointee.flip(bit: bit) ? 1 : 0)
    }
  }

  /// Flips bits in what one read returns.
  func corruptOnce(
    _ bytes: inout [UInt8], _ contents: UnsafeMutablePointer<FileContents>, _ range: Range<Int>,
    _ probability: Double
  ) {
    guard probability > 0 else { return }
    for sector in struckSectors(range, .transientReadCorruption, probability) {
      let bit = drawBit(contents, sector, stream(.transientReadCorruption))
      let isRead = range.contains(bit >> 3)
      if isRead { bytes[(bit >> 3) - range.lowerBound] ^= 1 << (bit & 7) }
      effects.note(.transientReadCorruption, effective: isRead ? 1 : 0)
    }
  }

  /// A bit of a sector, inside of the file.
  private func drawBit(
    _ contents: UnsafeMutablePointer<FileContents>, _ sector: Int, _ stream: DecisionStream
  ) -> Int {
    let start = sector * Geometry.sector
    let count = min(Geometry.sector, contents.pointee.size - start)
    return start * 8 + stream.int(in: 0..<(count * 8))
  }

  /// The sectors of a range that a fault strikes, each with the same probability: one decision for
  /// all of them, and more only if any is struck.
  private func struckSectors(
    _ range: Range<Int>, _ family: StorageFaultFamily, _ probability: Double
  ) -> [Int] {
    guard !range.isEmpty else { return [] }
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

  // MARK: - Misdirection

  /// Replaces what was read by what is in another place of the disk, sector for sector.
  func misdirectRead(_ bytes: inout [UInt8], at offset: Int) {
    guard let place = drawPlace(offset, stream(.misdirectedRead)) else { return }
    var other = [UInt8](repeating: 0, count: bytes.count)
    other.withUnsafeMutableBytes { _ = place.contents.pointee.read(at: place.offset, into: $0) }
    effects.note(.misdirectedRead, effective: other == bytes ? 0 : 1)
    bytes = other
  }

  /// Puts what was to be written in another place of the disk. The file only gets the new size.
  func misdirectWrite(
    _ contents: UnsafeMutablePointer<FileContents>, _ bytes: ArraySlice<UInt8>, at offset: Int
  ) {
    var changed = false
    if let place = drawPlace(offset, stream(.misdirectedWrite)) {
      changed = bytes.withUnsafeBytes { place.contents.pointee.strike($0, at: place.offset) }
    }
    if offset + bytes.count > contents.pointee.size {
      contents.pointee.setSize(offset + bytes.count)
    }
    let isEffective = changed || !holds(contents, bytes, offset)
    effects.note(.misdirectedWrite, effective: isEffective ? 1 : 0)
  }

  /// Whether a file has these bytes at this place already.
  func holds(
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
}
