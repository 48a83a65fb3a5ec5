//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Testing

/// HTML reports in a browser, which the tests use one after the other.
@Suite(.serialized, .browser) enum ReportTests {}
