//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import Testing

@Suite struct StorageErrorTests {
  @Test func `an error says what was done to what, and why it failed`() {
    #expect("\(StorageError(.notFound, "open", "a/b"))" == "open a/b: notFound")
    #expect("\(StorageError(.inputOutput, "read"))" == "read: inputOutput")
  }
}
