//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What a packet is for. The numbers are the wire's.
package enum PacketKind: UInt8, Sendable, CaseIterable {
  /// A message that wants no answer.
  case message = 1
  /// A message that wants one.
  case request = 2
  /// The answer to a request, or what became of it.
  case reply = 3
  /// The sender of a request doesn't want its answer any more.
  case cancel = 4
  /// One element of an answer that has many.
  case element = 5
  /// How many more of those are welcome.
  case credit = 6
  /// Asks whether the other side is alive.
  case ping = 7
  /// It is.
  case pong = 8
}
