//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Logging
package import MoonpoolCore
import MoonpoolTransport

/// Calculates for others, until it is stopped.
package struct CalculatorServer: Program {
  /// Where, if nothing else is said.
  package static let port: UInt16 = 4_600

  private let port: UInt16

  package init(port: UInt16 = port) { self.port = port }

  package func run(on node: Node) async throws {
    let transport = try await Transport.listening(on: node, port: port)
    defer { transport.close() }
    for operation in Operation.allCases {
      try transport.serve(at: operation.token, name: operation.rawValue) {
        (operands: Operands, _) async throws -> Int in
        try operation.result(operands.left, operands.right)
      }
    }
    node.logger.info("serving", metadata: ["address": "\(transport.address!)"])
    try await node.clock.sleep(for: .seconds(1 << 30))
  }
}

extension Operation {
  /// - Throws: ``CalculatorError``. Operands come from anyone: nothing here may trap.
  fileprivate func result(_ left: Int, _ right: Int) throws(CalculatorError) -> Int {
    if self == .divide, right == 0 { throw .divisionByZero }
    let (value, isTooLarge) =
      switch self {
      case .add: left.addingReportingOverflow(right)
      case .subtract: left.subtractingReportingOverflow(right)
      case .multiply: left.multipliedReportingOverflow(by: right)
      case .divide: left.dividedReportingOverflow(by: right)
      }
    if isTooLarge { throw .overflow }
    return value
  }
}
