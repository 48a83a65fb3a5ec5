//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension FileContents {
  /// Makes everything durable, except for what an earlier failed sync has given up.
  mutating func synchronize() {
    var record = dirtyHead
    dirtyHead = nil
    while let current = record {
      record = current.pointee.next
      if current.pointee.abandoned == 0 {
        forget(current)
      } else {
        settle(current)
        current.pointee.next = dirtyHead
        dirtyHead = current
      }
    }
    durableSize = size
    sizeChanges.removeAll(keepingCapacity: true)
  }

  /// Makes everything durable, and what a failed sync has given up as well.
  mutating func writeBack() {
    forEachDirty { $0.pointee.abandoned = 0 }
    synchronize()
  }

  /// A failed sync marks all pages clean; the next one will not write them.
  mutating func abandon() { forEachDirty { $0.pointee.abandoned = $0.pointee.mask } }

  /// Whether a sync has anything to do.
  var needsSynchronizing: Bool {
    if !sizeChanges.isEmpty { return true }
    var record = dirtyHead
    while let current = record {
      if current.pointee.abandoned != current.pointee.mask { return true }
      record = current.pointee.next
    }
    return false
  }

  /// Calls with each dirty page; the page may be forgotten meanwhile.
  func forEachDirty(_ body: (UnsafeMutablePointer<DirtyPage>) -> Void) {
    var record = dirtyHead
    while let current = record {
      record = current.pointee.next
      body(current)
    }
  }

  /// Gives back what was kept for a page, which is what makes it durable.
  @inline(__always)
  func forget(_ record: UnsafeMutablePointer<DirtyPage>) {
    if let saved = record.pointee.saved { store.pointee.give(page: saved) }
    if record.pointee.versions != nil { forgetVersions(record, of: 0xFF) }
    record.pointee.page.pointee.dirty = nil
    store.pointee.give(record: record)
  }

  /// Makes those sectors durable that haven't been given up.
  private func settle(_ record: UnsafeMutablePointer<DirtyPage>) {
    let settled = record.pointee.mask & ~record.pointee.abandoned
    forgetVersions(record, of: settled)
    record.pointee.mask = record.pointee.abandoned
    record.pointee.savedCorrupt &= record.pointee.mask
    record.pointee.hasOldData = true
  }

  private func forgetVersions(_ record: UnsafeMutablePointer<DirtyPage>, of mask: UInt8) {
    var version = record.pointee.versions
    var kept: UnsafeMutablePointer<SectorVersion>?
    var last: UnsafeMutablePointer<SectorVersion>?
    while let current = version {
      version = current.pointee.next
      if mask & (1 << current.pointee.sector) != 0 {
        store.pointee.give(version: current)
      } else {
        current.pointee.next = nil
        if let last { last.pointee.next = current } else { kept = current }
        last = current
      }
    }
    record.pointee.versions = kept
  }
}
