//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Glibc

/// What a campaign and its nursery say to each other.
struct NurseryMessage {
  enum Kind: Int32 {
    /// The nursery can be asked for workers.
    case ready
    /// Asks for a worker on a lane.
    case start
    /// Asks for the end of a lane's worker.
    case kill
    /// A lane's worker has ended. The value is its status, as `waitpid` gives it.
    case ended
    /// There will be no workers. Why is in a packet of its own that follows.
    case unable
    /// The system refused a lane's worker. The value is its error number.
    case refused
  }

  var kind: Kind
  var lane = 0
  var value: CInt = 0

  /// Says it. A side that is gone is noticed when something is heard from it, not here.
  func send(to socket: CInt) {
    let words = (kind.rawValue, Int32(lane), value)
    withUnsafeBytes(of: words) { bytes in
      while Glibc.send(socket, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL)) < 0,
        errno == EINTR
      {}
    }
  }

  /// Says why there will be no workers.
  static func sendUnable(_ reason: String, to socket: CInt) {
    NurseryMessage(kind: .unable).send(to: socket)
    var reason = reason
    reason.withUTF8 { _ = Glibc.send(socket, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
  }

  /// Hears why there will be none.
  static func receiveReason(from socket: CInt) -> String {
    String(unsafeUninitializedCapacity: 4_096) { max(0, recv(socket, $0.baseAddress, $0.count, 0)) }
  }

  /// What has been heard.
  enum Heard {
    case message(NurseryMessage)
    case nothing
    /// The other side is gone.
    case end
  }

  /// Hears what there is, without waiting.
  static func receive(from socket: CInt) -> Heard {
    var words: (Int32, Int32, Int32) = (0, 0, 0)
    let count = withUnsafeMutableBytes(of: &words) {
      recv(socket, $0.baseAddress, $0.count, CInt(MSG_DONTWAIT))
    }
    // A side that is gone without having read everything resets the connection, once; what it has
    // said is still to come.
    if count < 0, [EAGAIN, EINTR, ECONNRESET].contains(errno) { return .nothing }
    guard count == MemoryLayout.size(ofValue: words), let kind = Kind(rawValue: words.0) else {
      return .end
    }
    return .message(NurseryMessage(kind: kind, lane: Int(words.1), value: words.2))
  }
}
