//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore
import Testing

@Suite struct LocalityTests {
  private let here = Locality(datacenter: "dc1", zone: "a", machine: "m1", process: "p1")

  @Test func `a name is found by its level`() {
    #expect(LocalityLevel.allCases.map { here.id(for: $0) } == ["m1", "a", "dc1"])
    #expect(LocalityLevel.allCases.map { Locality(zone: "a").id(for: $0) } == [nil, "a", nil])
  }

  @Test func `levels and distances are ordered`() {
    #expect(LocalityLevel.machine < .zone && LocalityLevel.zone < .datacenter)
    let near: [LocalityDistance] = [
      .sameProcess, .sameMachine, .sameZone, .sameDatacenter, .remote,
    ]
    #expect(near.reversed().sorted() == near)
    #expect(near == LocalityDistance.allCases)
  }

  @Test(
    arguments: [
      (Locality(datacenter: "dc1", zone: "a", machine: "m1", process: "p1"), .sameProcess),
      (Locality(datacenter: "dc1", zone: "a", machine: "m1", process: "p2"), .sameMachine),
      (Locality(datacenter: "dc1", zone: "a", machine: "m1"), .sameMachine),
      (Locality(datacenter: "dc1", zone: "a", machine: "m2", process: "p1"), .sameZone),
      (Locality(datacenter: "dc1", zone: "b", machine: "m1", process: "p1"), .sameDatacenter),
      (Locality(datacenter: "dc1"), .sameDatacenter),
      (Locality(datacenter: "dc2", zone: "a", machine: "m1", process: "p1"), .remote),
      (Locality(machine: "m1"), .sameMachine),
      (Locality(), .remote),
    ] as [(Locality, LocalityDistance)])
  func `the distance is the narrowest that is shared`(other: Locality, distance: LocalityDistance) {
    #expect(here.distance(to: other) == distance)
    #expect(other.distance(to: here) == distance)
  }

  @Test func `what is not known is not shared`() {
    #expect(Locality().distance(to: Locality()) == .remote)
  }

  @Test func `the text names what is known`() {
    #expect("\(here)" == "datacenter=dc1 zone=a machine=m1 process=p1")
    #expect("\(Locality(zone: "a"))" == "zone=a")
    #expect("\(Locality())" == "unknown")
    #expect("\(LocalityLevel.zone)" == "zone")
    #expect("\(LocalityDistance.sameMachine)" == "same machine")
  }
}
