//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import CMoonpoolAssertions

/// What assertions do where no simulation counts them.
public enum Assertions {
  /// Lets somebody hear of every assertion that is evaluated outside of simulations, in the whole
  /// process: a log, counters. Whoever was told before is told no more.
  ///
  /// Without an observer an assertion costs a load and a branch or two.
  public static func observe(_ observer: some AssertionObserver) {
    AssertionHook.observe(observer)
    mp_assertions_observe(true)
  }
}

/// Somebody who hears of the assertions that are evaluated in production.
public protocol AssertionObserver: Sendable {
  /// An assertion has been evaluated, on the calling thread.
  ///
  /// - Parameters:
  ///   - holds: Whether its condition holds; true for each visit of a line that should be reached,
  ///     false of one that shouldn't.
  ///   - detail: What was seen, if it doesn't hold and its author says more.
  func observed(_ assertion: AssertionSite, holds: Bool, detail: String)
}

/// Whoever runs simulations, and must know of a failure.
package protocol AssertionResponder: Sendable {
  /// An assertion of the calling thread's run has failed.
  func failed(_ assertion: AssertionSite, _ detail: String)
  /// Whether the calling code is simulated, be it after the verdict.
  var isSimulated: Bool { get }
}

/// What connects assertions with a simulator that this module knows nothing of.
package enum AssertionHook {
  private static let installedResponder = Installed<any AssertionResponder>()
  private static let installedObserver = Installed<any AssertionObserver>()

  /// The simulator, if there is one.
  static var responder: (any AssertionResponder)? { installedResponder.value }
  /// Who listens in production, if anybody does.
  static var observer: (any AssertionObserver)? { installedObserver.value }

  /// Installs a responder for the whole process and for good; the first one stays.
  package static func install(_ responder: @autoclosure () -> any AssertionResponder) {
    installedResponder.install(responder())
  }

  fileprivate static func observe(_ observer: any AssertionObserver) {
    installedObserver.replace(observer)
  }
}
