//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolCore
import MoonpoolTransport

/// What is sent, and what comes back: the same.
package struct Ball: Codable, Sendable, Hashable {
  private enum CodingKeys: Int, CodingKey {
    case number = 0
    case payload = 1
  }

  package var number: Int
  package var payload: [UInt8]

  package init(number: Int, payload: [UInt8]) {
    self.number = number
    self.payload = payload
  }

  /// Where it is returned.
  package static let token = UID.wellKnown(10)
}

/// Another ball came back than was sent.
package struct WrongBall: Error, CustomStringConvertible {
  package let sent: Int
  package let received: Int

  package var description: String { "ball \(received) came back for ball \(sent), or was changed" }
}
