//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

#if NIO
  import Foundation
  import MoonpoolCore
  import MoonpoolNIO
  import NetworkConformance
  import Testing

  /// The cases of the simulated network, on the kernel's.
  @Suite struct NetworkConformanceTests {
    /// Those that the kernel can be asked about: no cuts, no half hours.
    static let cases = ConformanceCase.all.enumerated().filter { $0.element.needs.isEmpty }

    /// The others, each with what it needs.
    static let skipped = ConformanceCase.all.filter { !$0.needs.isEmpty }

    /// The time limit is for a case that waits for ever: then it is named.
    @Test(.timeLimit(.minutes(15)), arguments: cases.map(\.offset))
    func `holds on loopback`(_ number: Int) async throws {
      let testCase = ConformanceCase.all[number]
      let bed = Testbed.loopback(number)
      do {
        try await testCase.body(bed)
      } catch {
        Issue.record("\(testCase.name): \(error)")
        return
      }
      try await requireNothingLeft(bed, testCase.name)
    }

    @Test(.disabled(reason), arguments: skipped)
    func `needs a simulation`(_ testCase: ConformanceCase) {}

    /// Why the others don't run, and which they are.
    static let reason = Comment(
      rawValue: "a kernel's ways cannot be cut, and its time cannot be hurried: "
        + skipped.map(\.name).joined(separator: "; "))

    @Test func `most cases need no simulation`() {
      #expect(Self.cases.count + Self.skipped.count == ConformanceCase.all.count)
      #expect(Self.cases.count >= 80)
    }

    /// All sockets close once nobody holds them any more.
    private func requireNothingLeft(_ bed: Testbed, _ name: String) async throws {
      func open() -> Int {
        [bed.server, bed.client, bed.other].reduce(0) {
          $0 + ($1.providers.network as! NIONetwork).openSockets
        }
      }
      for _ in 0..<20 * bed.patience {
        if open() == 0 { return }
        try await bed.pause(.milliseconds(10))
      }
      #expect(open() == 0, "\(name): sockets that are still open")
    }
  }

  extension Testbed {
    /// Three nodes on loopback addresses that no other case, and no other process, uses.
    static func loopback(_ number: Int) -> Testbed {
      let process = UInt8(truncatingIfNeeded: ProcessInfo.processInfo.processIdentifier)
      func node(_ name: String, _ host: UInt8) -> Node {
        let address = IPAddress(127, 1 &+ process % 250, UInt8(number), host)
        return Node.real(name: name, address: address, storage: NoStorage())
      }
      // All cases run at once, and the machine may have other things to do.
      return Testbed(
        server: node("server", 1), client: node("client", 2), other: node("other", 3),
        settling: .milliseconds(200), patience: 300)
    }
  }
#endif
