//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolSim
import Testing

/// What processes and clients see of partitions. Whom each shape puts inside: NetworkFaultRunTests.
@Suite struct PartitionShapeTests {
  @Test(arguments: NetworkPartitionShape.allCases)
  func `exactly the ways that a partition cuts are silent`(shape: NetworkPartitionShape) {
    let partitions = PartitionMesh.partitions([shape], 4)
    for partition in partitions {
      var cut: Set<PartitionMesh.Way> = []
      for from in PartitionMesh.members {
        for to in PartitionMesh.members {
          let (isOut, isIn) = (partition.inside.contains(from), partition.inside.contains(to))
          if isOut && !isIn || shape != .oneWay && !isOut && isIn {
            cut.insert(PartitionMesh.Way(from: from, to: to))
          }
        }
      }
      #expect(partition.missed == cut && !cut.isEmpty, "seed \(partition.seed)")
      #expect(partition.shape == shape.rawValue)
    }
    #expect(partitions.count == 4)
  }
}
