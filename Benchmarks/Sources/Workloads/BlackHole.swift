//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Takes a value so that the optimiser cannot leave out what made it.
@inline(never) @_optimize(none)
public func blackHole(_ value: Int) {}
