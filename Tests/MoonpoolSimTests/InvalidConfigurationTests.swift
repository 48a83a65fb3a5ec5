//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolSim
import Testing

@Suite struct InvalidConfigurationTests {
  @Test func `one line names the field`() {
    let error = InvalidConfiguration("network.loss", "is 1.2; must be in 0...1")
    #expect("\(error)" == "invalid configuration: network.loss is 1.2; must be in 0...1")
  }
}
