//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// What came of a request, as it travels: a ``ReplyStatus``, and what belongs to it.
struct Answer: Sendable {
  let payload: ArraySlice<UInt8>

  init(_ status: ReplyStatus, _ body: [UInt8] = []) {
    let bytes = [UInt8](unsafeUninitializedCapacity: 1 + body.count) { buffer, count in
      buffer[0] = status.rawValue
      UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[1...]))
        .copyBytes(from: body)
      count = 1 + body.count
    }
    payload = bytes[...]
  }

  init(_ status: ReplyStatus, because reason: String) { self.init(status, Array(reason.utf8)) }

  /// Reads what arrived: the status, and what follows it; nil if it is none.
  static func parse(_ payload: ArraySlice<UInt8>) -> (ReplyStatus, ArraySlice<UInt8>)? {
    guard let first = payload.first, let status = ReplyStatus(rawValue: first) else { return nil }
    return (status, payload.dropFirst())
  }
}
