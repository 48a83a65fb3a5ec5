//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolCore
import MoonpoolTransport

/// What the calculator can do: each is a method of its own, at a token that everybody knows.
package enum Operation: String, Sendable, Hashable, CaseIterable {
  case add
  case subtract
  case multiply
  case divide

  /// Where it is served.
  package var token: UID {
    switch self {
    case .add: .wellKnown(10)
    case .subtract: .wellKnown(11)
    case .multiply: .wellKnown(12)
    case .divide: .wellKnown(13)
    }
  }
}

/// What is calculated with: the request of all methods. The answer is an integer.
package struct Operands: Codable, Sendable, Hashable {
  private enum CodingKeys: Int, CodingKey {
    case left = 0
    case right = 1
  }

  package var left: Int
  package var right: Int

  package init(_ left: Int, _ right: Int) {
    self.left = left
    self.right = right
  }
}

/// Why there is no result. It travels as it is: clients get it back as this type.
package enum CalculatorError: String, Error, Codable, Sendable, Hashable, CustomStringConvertible {
  case divisionByZero
  case overflow

  package var description: String {
    switch self {
    case .divisionByZero: "division by zero"
    case .overflow: "the result has more than 64 bits"
    }
  }
}

/// An operation and its operands.
package struct Calculation: Sendable, Hashable {
  package var operation: Operation
  package var operands: Operands

  package init(_ operation: Operation, _ operands: Operands) {
    self.operation = operation
    self.operands = operands
  }
}

/// How a calculation was over.
package enum Outcome: Sendable, Hashable {
  case value(Int)
  /// The calculator says that there is none.
  case refused(CalculatorError)
  /// The calculator said nothing of the kind.
  case failed(String)
}
