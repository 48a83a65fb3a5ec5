//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// The operations that were submitted and are not complete, in plain memory.
struct OperationSlab {
  private struct Slot {
    var operation: DiskOperation?
    var generation: UInt32 = 1
    /// Its file was closed before it was submitted.
    var isRefused = false
    /// When it is to be complete, and what of that is due to faults.
    var schedule = DeviceSchedule(end: 0)
    /// The order of submission.
    var number: UInt64 = 0
    /// The next free slot, or -1.
    var nextFree = -1
  }

  private var slots = UnsafeMutablePointer<Slot>.allocate(capacity: 16)
  private var capacity = 16
  private var slotCount = 0
  private var firstFree = -1
  private var submitted: UInt64 = 0
  /// How many operations there are.
  private(set) var count = 0

  func destroy() {
    slots.deinitialize(count: slotCount)
    slots.deallocate()
  }

  @inline(__always)
  mutating func insert(
    _ operation: DiskOperation, isRefused: Bool, _ schedule: DeviceSchedule
  ) -> DiskTicket {
    count += 1
    submitted += 1
    if firstFree < 0 { addSlot() }
    let index = firstFree
    firstFree = slots[index].nextFree
    slots[index].operation = operation
    slots[index].isRefused = isRefused
    slots[index].schedule = schedule
    slots[index].number = submitted
    return DiskTicket(index: index, generation: slots[index].generation)
  }

  private mutating func addSlot() {
    if slotCount == capacity {
      let larger = UnsafeMutablePointer<Slot>.allocate(capacity: capacity * 2)
      larger.moveInitialize(from: slots, count: slotCount)
      slots.deallocate()
      slots = larger
      capacity *= 2
    }
    (slots + slotCount).initialize(to: Slot())
    firstFree = slotCount
    slotCount += 1
  }

  /// Takes an operation out; nil if the ticket is no longer good.
  @inline(__always)
  mutating func remove(
    _ ticket: DiskTicket
  ) -> (operation: DiskOperation, isRefused: Bool, schedule: DeviceSchedule)? {
    let index = ticket.index
    guard index < slotCount, slots[index].generation == ticket.generation,
      let operation = slots[index].operation.take()
    else { return nil }
    count -= 1
    slots[index].generation += 1
    slots[index].nextFree = firstFree
    firstFree = index
    return (operation, slots[index].isRefused, slots[index].schedule)
  }

  /// Takes out all operations that weren't refused, in the order of their submission.
  mutating func removeAll() -> [DiskOperation] {
    inOrder.compactMap { index in
      let ticket = DiskTicket(index: index, generation: slots[index].generation)
      guard let (operation, isRefused, _) = remove(ticket), !isRefused else { return nil }
      return operation
    }
  }

  /// The slots in use, in the order of submission.
  private var inOrder: [Int] {
    (0..<slotCount).filter { slots[$0].operation != nil }
      .sorted { slots[$0].number < slots[$1].number }
  }

  /// When an operation is to be complete; nil if the ticket is no longer good.
  func end(of ticket: DiskTicket) -> UInt64? {
    let index = ticket.index
    guard index < slotCount, slots[index].generation == ticket.generation,
      slots[index].operation != nil
    else { return nil }
    return slots[index].schedule.end
  }

  /// Changes when the operations that aren't due are to be complete, in the order of submission.
  func reschedule(after now: UInt64, _ change: (inout DeviceSchedule) -> Void) {
    for index in inOrder where slots[index].schedule.end > now { change(&slots[index].schedule) }
  }
}
