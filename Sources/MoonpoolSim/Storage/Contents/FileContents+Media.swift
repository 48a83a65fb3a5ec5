//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// What happens on the medium, behind the file system's back: it is never unsynced.
extension FileContents {
  /// Flips one bit, unless its sector is corrupt already. Returns whether it did.
  ///
  /// The bit stays flipped until it is overwritten. It flips in what reads see, which is also what
  /// is durable unless the sector was written since the last sync.
  mutating func flip(bit: Int) -> Bool {
    let byte = bit >> 3
    guard byte < size else { return false }
    let page = makePage(byte >> Geometry.pageShift)
    let offset = byte & (Geometry.page - 1)
    let sector = UInt8(1) << (offset >> Geometry.sectorShift)
    guard page.pointee.corrupt & sector == 0 else { return false }
    invert(page, offset, bit)
    return true
  }

  /// Flips bits inside of the file, whether their sectors are corrupt already or not.
  mutating func invert(bits: [Int]) {
    for bit in bits {
      let byte = bit >> 3
      invert(makePage(byte >> Geometry.pageShift), byte & (Geometry.page - 1), bit)
    }
  }

  private mutating func invert(_ page: UnsafeMutablePointer<Page>, _ offset: Int, _ bit: Int) {
    rememberOldData(page)
    _ = fill(page, zeroed: true, must: true)
    let target = (page.pointee.live.unsafelyUnwrapped + offset).assumingMemoryBound(to: UInt8.self)
    target.pointee ^= 1 << (bit & 7)
    page.pointee.corrupt |= UInt8(1) << (offset >> Geometry.sectorShift)
  }

  /// Puts bytes where they don't belong, inside of the file. Returns whether that changed anything.
  ///
  /// Sectors with unsynced data lose what is durable beneath it; the data itself will be written.
  mutating func strike(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Bool {
    guard let base = bytes.baseAddress else { return false }
    let total = min(bytes.count, size - offset)
    var done = 0
    var changed = false
    while done < total {
      let position = offset + done
      let start = position & (Geometry.page - 1)
      let count = min(Geometry.sector - (position & (Geometry.sector - 1)), total - done)
      let page = makePage(position >> Geometry.pageShift)
      let target = mediumPage(page, sector: start >> Geometry.sectorShift) + start
      if !equal(target, base + done, count) {
        changed = true
        target.copyMemory(from: base + done, byteCount: count)
      }
      done += count
    }
    return changed
  }

  /// The memory that holds the durable content of a sector.
  private mutating func mediumPage(
    _ page: UnsafeMutablePointer<Page>, sector: Int
  ) -> UnsafeMutableRawPointer {
    if let record = page.pointee.dirty, record.pointee.mask & (1 << sector) != 0 {
      if let saved = record.pointee.saved { return saved }
      let saved = store.pointee.takeZeroedPage()
      record.pointee.saved = saved
      return saved
    }
    rememberOldData(page)
    _ = fill(page, zeroed: true, must: true)
    return page.pointee.live.unsafelyUnwrapped
  }

  private func rememberOldData(_ page: UnsafeMutablePointer<Page>) {
    page.pointee.dirty?.pointee.hasOldData = true
  }
}

/// Whether two stretches of memory hold the same bytes.
func equal(_ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ count: Int) -> Bool {
  UnsafeRawBufferPointer(start: a, count: count)
    .elementsEqual(UnsafeRawBufferPointer(start: b, count: count))
}
