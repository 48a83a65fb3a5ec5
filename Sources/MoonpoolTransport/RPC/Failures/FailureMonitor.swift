//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import MoonpoolCore
import Synchronization

/// What a transport knows of the nodes that it talks to: who can be reached, and who could not.
///
/// One for all of a node's calls: where one finds out that a connection is lost, all others know.
/// It learns from connections that somebody uses; who wants to know of a node that nobody calls
/// asks with ``Transport/probe(_:)``.
public final class FailureMonitor: Sendable {
  /// What is known of an address or an endpoint.
  public enum Status: Sendable, Hashable {
    /// Nothing yet.
    case unknown
    /// There is a connection.
    case available
    /// The last connection was lost, or there was none to be had; of an endpoint also: the node
    /// said that it isn't there, and it never will be again.
    case failed
  }

  private struct Address {
    var status = Status.unknown
    /// Connections that were lost, and attempts that came to nothing.
    var losses: UInt64 = 0
    /// Who waits for the next change, oldest first.
    var waiters: [(number: UInt64, continuation: UnsafeContinuation<Void, Never>)] = []
  }

  private struct State {
    var addresses: [NetworkAddress: Address] = [:]
    var gone: Set<Endpoint> = []
    var nextWaiter: UInt64 = 0
  }

  private let limit: Int
  private let state = Mutex(State())

  /// - Parameter limit: How many endpoints are remembered as gone for good.
  init(limit: Int) { self.limit = limit }

  // MARK: What is known

  /// What is known of an address.
  public func status(of address: NetworkAddress) -> Status {
    state.withLock { $0.addresses[address]?.status ?? .unknown }
  }

  /// What is known of an endpoint.
  public func status(of endpoint: Endpoint) -> Status {
    state.withLock { state in
      if state.gone.contains(endpoint) { return .failed }
      return state.addresses[endpoint.address]?.status ?? .unknown
    }
  }

  /// Whether a node has said that nothing is served at an endpoint of its, and that nothing ever
  /// will be: its tokens are drawn anew in each life. Never true of well-known endpoints.
  public func isGone(_ endpoint: Endpoint) -> Bool {
    state.withLock { $0.gone.contains(endpoint) }
  }

  /// How often a connection with an address was lost, or could not be made. It only grows: who
  /// compares it before and after misses nothing, however short the loss was.
  public func losses(of address: NetworkAddress) -> UInt64 {
    state.withLock { $0.addresses[address]?.losses ?? 0 }
  }

  // MARK: Waiting

  /// Waits until a connection with an address is lost, or could not be made, once more than so
  /// often: ``losses(of:)`` from before whatever is to be watched.
  ///
  /// - Throws: `CancellationError`
  public func waitForLoss(of address: NetworkAddress, after losses: UInt64) async throws {
    try await wait(for: address) { $0.losses > losses }
  }

  /// Waits until an address has, or has not, a status; returns at once if that is so.
  ///
  /// - Throws: `CancellationError`
  public func wait(until address: NetworkAddress, is status: Status) async throws {
    try await wait(for: address) { $0.status == status }
  }

  private func wait(for address: NetworkAddress, _ isOver: (Address) -> Bool) async throws {
    while true {
      let number = state.withLock { state -> UInt64? in
        if isOver(state.addresses[address] ?? Address()) { return nil }
        state.nextWaiter += 1
        return state.nextWaiter
      }
      guard let number else { return }
      await withTaskCancellationHandler {
        await withUnsafeContinuation { continuation in
          let isOver = state.withLock { state in
            if isOver(state.addresses[address] ?? Address()) || Task.isCancelled { return true }
            state.addresses[address, default: Address()].waiters.append((number, continuation))
            return false
          }
          if isOver { continuation.resume() }
        }
      } onCancel: {
        let waiter = state.withLock { state -> UnsafeContinuation<Void, Never>? in
          let index = state.addresses[address]?.waiters.firstIndex { $0.number == number }
          return index.map { state.addresses[address]!.waiters.remove(at: $0).continuation }
        }
        waiter?.resume()
      }
      try Task.checkCancellation()
    }
  }

  // MARK: What happens

  func connected(_ address: NetworkAddress) { change(address) { $0.status = .available } }

  func lost(_ address: NetworkAddress) {
    change(address) {
      $0.status = .failed
      $0.losses += 1
    }
  }

  func markGone(_ endpoint: Endpoint) {
    state.withLock { state in
      if state.gone.count >= limit { state.gone = [] }
      state.gone.insert(endpoint)
    }
  }

  private func change(_ address: NetworkAddress, _ change: (inout Address) -> Void) {
    let waiters = state.withLock { state in
      change(&state.addresses[address, default: Address()])
      defer { state.addresses[address]!.waiters = [] }
      return state.addresses[address]!.waiters
    }
    for waiter in waiters { waiter.continuation.resume() }
  }
}
