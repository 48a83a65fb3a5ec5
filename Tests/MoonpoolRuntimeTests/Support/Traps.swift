//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Synchronization

/// What a trap of the standard library says: optimised code traps without a word.
func trapMessage(_ debug: String) -> String {
  #if DEBUG
    debug
  #else
    "trap without a message"
  #endif
}

/// Makes the optimiser believe that somebody wants this value.
func use<Value>(_ value: Value) {
  if neverTrue.load(ordering: .relaxed) { print(value) }
}

private let neverTrue = Atomic(false)

/// Spins until the end of days, in a way that no optimiser can see through.
func spinForEver() { while !neverTrue.load(ordering: .relaxed) {} }
