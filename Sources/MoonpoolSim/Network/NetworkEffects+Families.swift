//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension NetworkEffects {
  /// How often ``NetworkFaults`` struck with a family.
  public func strikes(of family: NetworkFaultFamily) -> Int { strikes[family, default: 0] }

  /// How much a family did to the system under test, in what it is counted by; 0: nothing.
  ///
  /// Deliveries that were held back or slowed down, bits that flipped, connections that were reset,
  /// connects, reads and writes that were hit, datagrams.
  public func effects(of family: NetworkFaultFamily) -> Int {
    switch family {
    case .clog: clog.deliveriesDelayed + clog.datagramsLost
    case .swizzledClog: swizzledClog.deliveriesDelayed + swizzledClog.datagramsLost
    case .partition:
      partition.deliveriesDelayed + partition.handshakesLost + partition.acknowledgementsLost
        + partition.connectionsLost + partition.datagramsLost
    case .bitFlip: bitFlip.bits
    case .randomClose: connectionsReset + connectionsResetAtOneEnd
    case .halfOpen: connectionsSilenced
    case .connectRefusal: connectsRefused
    case .connectHang: connectsHung
    case .partialIO: writesShortened + readsShortened
    case .latencySpike: latencySpike.deliveriesDelayed
    case .datagramLoss: datagramsLostToFaults
    case .datagramDoubling: datagramsDoubledByFaults
    }
  }
}
