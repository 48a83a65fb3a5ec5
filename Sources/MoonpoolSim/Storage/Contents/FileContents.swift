//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// The bytes of one file: what reads see, and what a crash may leave.
///
/// Writes go to the pages that reads see. The first write of a durable sector keeps what was there;
/// a second one before the sync keeps the first, since a disk may have written that, too. A sync
/// forgets what was kept. Bytes at and beyond the size are zero in every content that is kept.
///
/// Lives in memory that ``FileSystem`` allocates and destroys.
struct FileContents {
  let store: UnsafeMutablePointer<PageStore>
  /// Sorted by `first`; a file without large holes has chunk n at index n.
  private var chunks: [Chunk] = []
  /// What reads see.
  var size = 0
  /// What a crash leaves if it loses all of `sizeChanges`.
  var durableSize = 0
  /// The unsynced sizes, the oldest first.
  var sizeChanges: [SizeChange] = []
  /// The first page of those that aren't durable, the last to become so first.
  var dirtyHead: UnsafeMutablePointer<DirtyPage>?
  /// Pages that aren't holes.
  private(set) var pageCount = 0
  /// Its pages count as used: it has a name or is open.
  private(set) var isCounted = true

  struct SizeChange {
    var sequence: UInt64
    var size: Int
  }

  private struct Chunk {
    static let shift = 5
    static let count = 1 << shift
    /// The number of its first page, divided by the count of pages in a chunk.
    var first: Int
    var pages: UnsafeMutablePointer<Page>
  }

  init(store: UnsafeMutablePointer<PageStore>) { self.store = store }

  /// Gives all memory back.
  mutating func destroy() {
    if isCounted { store.pointee.usedPages -= pageCount }
    forEachDirty { forget($0) }
    for chunk in chunks {
      for index in 0..<Chunk.count {
        if let live = chunk.pages[index].live { store.pointee.give(page: live) }
      }
      chunk.pages.deallocate()
    }
    chunks = []
  }

  /// Whether nothing would be lost in a crash.
  var isDurable: Bool { dirtyHead == nil && sizeChanges.isEmpty }

  /// Says whether the volume's room is taken by this file.
  mutating func setCounted(_ value: Bool) {
    guard value != isCounted else { return }
    isCounted = value
    store.pointee.usedPages += value ? pageCount : -pageCount
  }

  // MARK: - Pages

  /// The page with this number, or nil if there never was anything near it.
  @inline(__always)
  func page(_ number: Int) -> UnsafeMutablePointer<Page>? {
    let first = number >> Chunk.shift
    if first < chunks.count, chunks[first].first == first {
      return chunks[first].pages + (number & (Chunk.count - 1))
    }
    return sparsePage(number)
  }

  private func sparsePage(_ number: Int) -> UnsafeMutablePointer<Page>? {
    let first = number >> Chunk.shift
    let index = chunkIndex(first)
    guard index < chunks.count, chunks[index].first == first else { return nil }
    return chunks[index].pages + (number & (Chunk.count - 1))
  }

  /// Where a chunk is, or belongs.
  private func chunkIndex(_ first: Int) -> Int {
    var low = 0
    var high = chunks.count
    while low < high {
      let middle = (low + high) / 2
      if chunks[middle].first < first { low = middle + 1 } else { high = middle }
    }
    return low
  }

  @inline(__always)
  mutating func makePage(_ number: Int) -> UnsafeMutablePointer<Page> {
    if let page = page(number) { return page }
    let pages = UnsafeMutablePointer<Page>.allocate(capacity: Chunk.count)
    pages.initialize(repeating: Page(), count: Chunk.count)
    let first = number >> Chunk.shift
    chunks.insert(Chunk(first: first, pages: pages), at: chunkIndex(first))
    return pages + (number & (Chunk.count - 1))
  }

  /// Calls with each page from a number on that was ever touched, in order.
  func forEachPage(from start: Int, _ body: (Int, UnsafeMutablePointer<Page>) -> Void) {
    for index in chunkIndex(start >> Chunk.shift)..<chunks.count {
      let base = chunks[index].first << Chunk.shift
      for offset in max(0, start - base)..<Chunk.count {
        body(base + offset, chunks[index].pages + offset)
      }
    }
  }

  /// Makes a hole a page of zeros, if the volume has room or must find it.
  @inline(__always)
  mutating func fill(
    _ page: UnsafeMutablePointer<Page>, zeroed: Bool, must: Bool = false
  ) -> Bool {
    guard page.pointee.live == nil else { return true }
    guard must || store.pointee.usedPages < store.pointee.pageLimit else { return false }
    page.pointee.live = zeroed ? store.pointee.takeZeroedPage() : store.pointee.takePage()
    pageCount += 1
    if isCounted { store.pointee.usedPages += 1 }
    return true
  }

  mutating func makeHole(_ page: UnsafeMutablePointer<Page>) {
    guard let live = page.pointee.live else { return }
    store.pointee.give(page: live)
    page.pointee.live = nil
    page.pointee.corrupt = 0
    pageCount -= 1
    if isCounted { store.pointee.usedPages -= 1 }
  }

  // MARK: - Reading and writing

  /// Copies what is at `offset` and returns how much there was.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let total = min(buffer.count, size - offset)
    guard total > 0 else { return 0 }
    let base = buffer.baseAddress.unsafelyUnwrapped
    var done = 0
    while done < total {
      let position = offset + done
      let start = position & (Geometry.page - 1)
      let count = min(Geometry.page - start, total - done)
      if let live = page(position >> Geometry.pageShift)?.pointee.live {
        (base + done).copyMemory(from: live + start, byteCount: count)
      } else {
        (base + done).initializeMemory(as: UInt8.self, repeating: 0, count: count)
      }
      done += count
    }
    return total
  }

  /// Writes, and returns how much the volume had room for.
  mutating func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int {
    guard let base = bytes.baseAddress else { return 0 }
    var done = 0
    while done < bytes.count {
      let position = offset + done
      let start = position & (Geometry.page - 1)
      let count = min(Geometry.page - start, bytes.count - done)
      let page = makePage(position >> Geometry.pageShift)
      guard page.pointee.live != nil || store.pointee.usedPages < store.pointee.pageLimit else {
        break
      }
      keepOld(page, position >> Geometry.pageShift, start, count)
      _ = fill(page, zeroed: count < Geometry.page, must: true)
      (page.pointee.live.unsafelyUnwrapped + start)
        .copyMemory(from: base + done, byteCount: count)
      done += count
    }
    if done > 0, offset + done > size { setSize(offset + done) }
    return done
  }

  /// Changes the size as seen by reads, and notes that it isn't durable.
  mutating func setSize(_ newSize: Int) {
    store.pointee.sequence += 1
    sizeChanges.append(SizeChange(sequence: store.pointee.sequence, size: newSize))
    size = newSize
  }

  /// Cuts the file, or makes it longer with a hole.
  mutating func truncate(to newSize: Int) {
    guard newSize != size else { return }
    let oldSize = size
    setSize(newSize)
    guard newSize < oldSize else { return }
    var doomed: [(Int, UnsafeMutablePointer<Page>)] = []
    forEachPage(from: newSize >> Geometry.pageShift) { number, page in
      if page.pointee.live != nil { doomed.append((number, page)) }
    }
    for (number, page) in doomed {
      let base = number << Geometry.pageShift
      let start = max(0, newSize - base)
      let count = min(Geometry.page, oldSize - base) - start
      guard count > 0 else { continue }
      keepOld(page, number, start, count)
      if start == 0 {
        makeHole(page)
      } else if let live = page.pointee.live {
        (live + start).initializeMemory(as: UInt8.self, repeating: 0, count: count)
      }
    }
  }

  // MARK: - What isn't durable

  /// Keeps what is in the sectors of a range before it is overwritten.
  ///
  /// Afterwards the live page holds what it held, unless the range is the whole page.
  @inline(__always)
  mutating func keepOld(
    _ page: UnsafeMutablePointer<Page>, _ number: Int, _ start: Int, _ count: Int
  ) {
    let first = start >> Geometry.sectorShift
    let last = (start + count - 1) >> Geometry.sectorShift
    let mask = UInt8(truncatingIfNeeded: (2 << last) - (1 << first))
    let record: UnsafeMutablePointer<DirtyPage>
    if let existing = page.pointee.dirty {
      record = existing
      keepAgain(page, record, mask)
    } else {
      record = store.pointee.takeRecord()
      record.initialize(
        to: DirtyPage(
          saved: nil, next: dirtyHead, versions: nil, page: page, number: number, mask: mask,
          savedCorrupt: page.pointee.corrupt & mask))
      dirtyHead = record
      page.pointee.dirty = record
      if let live = page.pointee.live { keep(live, of: page, record, mask, count) }
    }
    let base = store.pointee.sequence &- UInt64(first) &+ 1
    for sector in first...last { record.sequences[sector] = base &+ UInt64(sector) }
    store.pointee.sequence += UInt64(last - first + 1)
    clearCorrupt(page, start, count)
  }

  /// The first write of a page since it was durable. A page that is overwritten as a whole is kept
  /// by taking its memory instead of copying it.
  @inline(__always)
  private mutating func keep(
    _ live: UnsafeMutableRawPointer, of page: UnsafeMutablePointer<Page>,
    _ record: UnsafeMutablePointer<DirtyPage>, _ mask: UInt8, _ count: Int
  ) {
    if count == Geometry.page {
      record.pointee.saved = live
      page.pointee.live = store.pointee.takePage()
    } else {
      let saved = store.pointee.takePage()
      record.pointee.saved = saved
      copySectors(mask, from: live, to: saved)
    }
  }

  /// A write to a page of which something isn't durable already.
  private mutating func keepAgain(
    _ page: UnsafeMutablePointer<Page>, _ record: UnsafeMutablePointer<DirtyPage>, _ mask: UInt8
  ) {
    let fresh = mask & ~record.pointee.mask
    record.pointee.savedCorrupt |= page.pointee.corrupt & fresh
    if fresh != 0 {
      if record.pointee.saved == nil, record.pointee.hasOldData {
        record.pointee.saved = store.pointee.takeZeroedPage()
      }
      if let saved = record.pointee.saved { copySectors(fresh, from: page.pointee.live, to: saved) }
    }
    for sector in 0..<Geometry.sectorsPerPage
    where mask & record.pointee.mask & (1 << sector) != 0 {
      let version = store.pointee.takeVersion()
      version.initialize(
        to: SectorVersion(
          next: record.pointee.versions, sequence: record.sequences[sector], sector: sector))
      copySector(sector, from: page.pointee.live, to: version.bytes)
      record.pointee.versions = version
    }
    record.pointee.mask |= mask
    record.pointee.abandoned &= ~mask
  }

  /// A sector that is overwritten as a whole is whole again.
  @inline(__always)
  private func clearCorrupt(_ page: UnsafeMutablePointer<Page>, _ start: Int, _ count: Int) {
    guard page.pointee.corrupt != 0 else { return }
    let first = (start + Geometry.sector - 1) >> Geometry.sectorShift
    let end = (start + count) >> Geometry.sectorShift
    guard first < end else { return }
    page.pointee.corrupt &= ~UInt8(truncatingIfNeeded: (1 << end) - (1 << first))
  }

  private func copySectors(
    _ mask: UInt8, from live: UnsafeMutableRawPointer?, to saved: UnsafeMutableRawPointer
  ) {
    for sector in 0..<Geometry.sectorsPerPage where mask & (1 << sector) != 0 {
      copySector(sector, from: live, to: saved + sector * Geometry.sector)
    }
  }

  private func copySector(
    _ sector: Int, from live: UnsafeMutableRawPointer?, to target: UnsafeMutableRawPointer
  ) {
    if let live {
      target.copyMemory(from: live + sector * Geometry.sector, byteCount: Geometry.sector)
    } else {
      target.initializeMemory(as: UInt8.self, repeating: 0, count: Geometry.sector)
    }
  }
}
