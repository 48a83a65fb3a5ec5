//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import Synchronization

/// Stops runs until somebody outside lets them go on, so that campaigns can be ended in the middle.
public enum Gate {
  /// The variable that names a file: runs go on once it is there. Without it they always do.
  public static let variable = "MOONPOOL_TEST_GATE"

  private static let isClosed = Atomic(false)

  /// Starts the thread that opens it. In the main program, before there are simulations.
  public static func arm() {
    guard let path = getenv(variable).map({ String(cString: $0) }) else { return }
    isClosed.store(true, ordering: .relaxed)
    EachProcess.does {
      Thread.detachNewThread {
        while access(path, F_OK) != 0 { usleep(1_000) }
        isClosed.store(false, ordering: .relaxed)
      }
    }
  }

  /// Keeps the run, and its worker, where they are.
  static func pass() { while isClosed.load(ordering: .relaxed) {} }
}
