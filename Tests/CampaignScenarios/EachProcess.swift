//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import Synchronization

/// What is to be done in each process that runs seeds: workers are copies of a process, and have no
/// threads but those that they start.
enum EachProcess {
  private static let works = Mutex<[@Sendable () -> Void]>([])

  /// Does it here, unless workers come from this process, and in each copy.
  static func does(_ work: @escaping @Sendable () -> Void) {
    if works.withLock({ $0.isEmpty }) { pthread_atfork(nil, nil) { EachProcess.doAll() } }
    works.withLock { $0.append(work) }
    if getenv("MOONPOOL_WORKER_SCENARIO") == nil { work() }
  }

  private static func doAll() { for work in works.withLock({ $0 }) { work() } }
}
