//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import FuzzTargets

/// What libFuzzer calls once, before anything else.
///
/// Where seeds are asked for, they are written.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafePointer<CInt>?, _ arguments: UnsafePointer<UnsafePointer<CChar>>?
) -> CInt {
  if let folder = Surroundings.seedFolder {
    Surroundings.write(Surroundings.target.seeds, to: folder)
  }
  return 0
}

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  do {
    try Surroundings.target.check(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
  } catch {
    fatalError("\(error)")
  }
}
