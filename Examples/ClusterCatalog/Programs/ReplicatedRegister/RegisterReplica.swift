//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolCore

/// One of the nodes that hold a register.
package struct RegisterReplica: Program {
  package static let port: UInt16 = 4500

  /// Whether a cell is durable before it is acknowledged. Without it, a replica that crashes comes
  /// back with an older cell than it has promised to hold.
  private let synchronizes: Bool

  package init(synchronizes: Bool = true) { self.synchronizes = synchronizes }

  package func run(on node: Node) async throws {
    let register = try await DurableRegister(on: node.storage, synchronizes: synchronizes)
    try await node.answer(port: Self.port) { (request: RegisterRequest) in
      if case .store(let cell) = request { try await register.store(cell) }
      return RegisterReply(cell: await register.cell)
    }
  }
}

/// A replica's cell, in memory and in a log of which the last record counts.
private actor DurableRegister {
  private(set) var cell = Cell.initial
  private let log: WriteAheadLog
  private let synchronizes: Bool
  private let turnstile = Turnstile()
  private let codec = BinaryCodec()

  init(on storage: Storage, synchronizes: Bool) async throws {
    let (log, records) = try await WriteAheadLog.recover("register", on: storage)
    self.log = log
    self.synchronizes = synchronizes
    if let last = records.last { cell = try codec.decode(Cell.self, from: last) }
  }

  func store(_ new: Cell) async throws {
    await turnstile.enter()
    defer { turnstile.leave() }
    guard new.version > cell.version else { return }
    try await log.append(codec.encode(new), synchronizes: synchronizes)
    // Only now: what others have read must not be gone after a crash.
    cell = new
  }
}
