//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import Glibc
internal import Synchronization

/// Whether somebody has pressed Ctrl-C. The second time the process ends at once.
struct Interrupt {
  private static let count = Atomic<Int>(0)

  init() {
    // Whoever started this process may have done so from a thread that takes no signals.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    signal(SIGINT) { _ in
      if Interrupt.count.add(1, ordering: .relaxed).newValue > 1 { _exit(130) }
    }
  }

  var isWanted: Bool { Self.count.load(ordering: .relaxed) > 0 }
}
