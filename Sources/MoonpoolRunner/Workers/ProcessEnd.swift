//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Glibc

/// How a process ended.
enum ProcessEnd: CustomStringConvertible {
  case exited(CInt)
  case killed(signal: CInt)
  /// It is gone, and nobody could see how.
  case unknown

  init(status: CInt) {
    self = status & 0x7f == 0 ? .exited((status >> 8) & 0xff) : .killed(signal: status & 0x7f)
  }

  /// Somebody outside has killed it, perhaps the system for want of memory.
  var isKill: Bool { if case .killed(SIGKILL) = self { true } else { false } }

  var description: String {
    switch self {
    case .exited(let code): "exited with \(code)"
    case .unknown: "ended, and the system doesn't say how: SIGCHLD is ignored"
    case .killed(let signal): "died of signal \(signal) (\(String(cString: strsignal(signal))))"
    }
  }
}
