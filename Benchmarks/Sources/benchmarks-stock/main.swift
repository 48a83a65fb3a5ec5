//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// The stock side: `benchmarks-stock --workload NAME [--count N] [--repetitions N]`.
// This executable contains nothing of Moonpool.

internal import Measurement

OneThing(Arguments()).runOnGlobalExecutor()
