//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Sizes of the sector model.
enum Geometry {
  /// What a disk writes as a whole: 512 bytes.
  static let sector = 512
  static let sectorShift = 9
  /// What a file's memory is counted in: eight sectors.
  static let page = 4096
  static let pageShift = 12
  static let sectorsPerPage = 8
}

/// One 4 KiB page of a file as reads see it, and what was there before if that isn't durable.
struct Page {
  /// 4,096 bytes; nil is a hole, all zeros.
  var live: UnsafeMutableRawPointer?
  /// Nil when all of the page is durable.
  var dirty: UnsafeMutablePointer<DirtyPage>?
  /// The sectors that a fault has corrupted and nothing has overwritten since, a bit for each.
  var corrupt: UInt8 = 0
}

/// What a page was before its unsynced writes. Eight sequence numbers follow it in memory.
struct DirtyPage {
  /// The durable bytes of the sectors in `mask`; nil stands for zeros.
  var saved: UnsafeMutableRawPointer?
  /// The next dirty page of the file.
  var next: UnsafeMutablePointer<DirtyPage>?
  /// Contents between the durable and the live ones, the newest first.
  var versions: UnsafeMutablePointer<SectorVersion>?
  var page: UnsafeMutablePointer<Page>
  var number: Int
  /// The sectors that were written, a bit for each.
  var mask: UInt8
  /// Of these, the ones that a failed sync has marked clean although they aren't durable.
  var abandoned: UInt8 = 0
  /// What of `Page.corrupt` belongs to `saved`.
  var savedCorrupt: UInt8
  /// Sectors outside of `mask` may hold bytes although `saved` is nil.
  var hasOldData = false
}

/// An earlier unsynced content of a sector. Its 512 bytes follow it in memory.
struct SectorVersion {
  var next: UnsafeMutablePointer<SectorVersion>?
  var sequence: UInt64
  var sector: Int
}

extension UnsafeMutablePointer where Pointee == DirtyPage {
  /// The sequence number of the last write of each sector.
  var sequences: UnsafeMutablePointer<UInt64> {
    UnsafeMutableRawPointer(self + 1).assumingMemoryBound(to: UInt64.self)
  }
}

extension UnsafeMutablePointer where Pointee == SectorVersion {
  var bytes: UnsafeMutableRawPointer { UnsafeMutableRawPointer(self + 1) }
}

/// The memory of one file system, recycled so that a write allocates nothing, and its counters.
///
/// Plain memory, because a page would otherwise cost a reference count and a check at each use.
struct PageStore {
  private var pages = FreeList(size: Geometry.page)
  private var records = FreeList(size: MemoryLayout<DirtyPage>.stride + 8 * Geometry.sectorsPerPage)
  private var versions = FreeList(size: MemoryLayout<SectorVersion>.stride + Geometry.sector)
  /// Pages of files that have a name or are open.
  var usedPages = 0
  /// How many of them the volume has room for.
  var pageLimit: Int
  /// The last sequence number that was given to an effect.
  var sequence: UInt64 = 0

  init(pageLimit: Int) { self.pageLimit = pageLimit }

  func destroy() {
    pages.destroy()
    records.destroy()
    versions.destroy()
  }

  /// Bytes that are kept only because what replaces them isn't durable.
  var unsyncedBytes: Int {
    (pages.used - usedPages) * Geometry.page + versions.used * Geometry.sector
  }

  mutating func takePage() -> UnsafeMutableRawPointer { pages.take() }

  mutating func takeZeroedPage() -> UnsafeMutableRawPointer {
    let page = pages.take()
    page.initializeMemory(as: UInt8.self, repeating: 0, count: Geometry.page)
    return page
  }

  mutating func give(page: UnsafeMutableRawPointer) { pages.give(page) }

  mutating func takeRecord() -> UnsafeMutablePointer<DirtyPage> {
    records.take().assumingMemoryBound(to: DirtyPage.self)
  }

  mutating func give(record: UnsafeMutablePointer<DirtyPage>) {
    records.give(UnsafeMutableRawPointer(record))
  }

  mutating func takeVersion() -> UnsafeMutablePointer<SectorVersion> {
    versions.take().assumingMemoryBound(to: SectorVersion.self)
  }

  mutating func give(version: UnsafeMutablePointer<SectorVersion>) {
    versions.give(UnsafeMutableRawPointer(version))
  }
}

/// Blocks of one size; a free one holds the address of the next.
private struct FreeList {
  let size: Int
  private var head: UnsafeMutableRawPointer?
  private var slabs: [UnsafeMutableRawPointer] = []
  private(set) var used = 0

  init(size: Int) { self.size = (size + 15) & ~15 }

  func destroy() { for slab in slabs { slab.deallocate() } }

  mutating func take() -> UnsafeMutableRawPointer {
    used += 1
    if head == nil { addSlab() }
    let block = head.unsafelyUnwrapped
    head = block.load(as: UnsafeMutableRawPointer?.self)
    return block
  }

  mutating func give(_ block: UnsafeMutableRawPointer) {
    used -= 1
    block.storeBytes(of: head, as: UnsafeMutableRawPointer?.self)
    head = block
  }

  /// Twice as many blocks each time, so that an idle disk costs little.
  private mutating func addSlab() {
    let count = slabs.count < 6 ? 4 << slabs.count : 256
    let slab = UnsafeMutableRawPointer.allocate(byteCount: size * count, alignment: 16)
    slabs.append(slab)
    for index in (0..<count).reversed() {
      let block = slab + index * size
      block.storeBytes(of: head, as: UnsafeMutableRawPointer?.self)
      head = block
    }
  }
}
