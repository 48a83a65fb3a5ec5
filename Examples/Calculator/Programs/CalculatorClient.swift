//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolCore
import MoonpoolTransport

/// Has calculations done, one after the other, and tells what comes of each.
package struct CalculatorClient: Program {
  private let server: NetworkAddress
  private let calculations: [Calculation]
  private let timeout: Duration?
  private let tell: @Sendable (Calculation, Outcome) -> Void

  /// Makes one.
  ///
  /// - Parameter timeout: How long each may take; nil: for ever. To calculate twice does no harm,
  ///   so a calculation whose connection is lost is asked for again.
  package init(
    server: NetworkAddress, _ calculations: [Calculation], timeout: Duration? = nil,
    tell: @escaping @Sendable (Calculation, Outcome) -> Void
  ) {
    self.server = server
    self.calculations = calculations
    self.timeout = timeout
    self.tell = tell
  }

  package func run(on node: Node) async throws {
    let transport = Transport.calling(on: node)
    defer { transport.close() }
    for calculation in calculations {
      let method: RemoteMethod<Operands, Int> = transport.method(
        at: server, calculation.operation.token)
      tell(calculation, try await outcome(of: calculation.operands, method))
    }
  }

  private func outcome(
    of operands: Operands, _ method: RemoteMethod<Operands, Int>
  ) async throws -> Outcome {
    do {
      return .value(try await method.getReply(operands, timeout: timeout))
    } catch ReplyError.failed(let failure) {
      guard let error = failure.error(as: CalculatorError.self) else {
        return .failed("\(failure)")
      }
      return .refused(error)
    } catch let error as ReplyError {
      return .failed("\(error)")
    }
  }
}
