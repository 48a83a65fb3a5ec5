//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

@_exported public import MoonpoolRunner
@_exported public import MoonpoolSim
@_exported public import MoonpoolTesting
