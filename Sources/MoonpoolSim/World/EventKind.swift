//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolRuntime

/// What can happen in the world. The raw value is the index into the names that traces print.
enum EventKind: UInt8, CaseIterable {
  // Network: handshake
  case connectArrival
  case connectAnswer
  case connectComplete
  case connectRefusal
  case connectRetry
  // Network: streams
  case dataDelivery
  case windowUpdate
  case acknowledgementRetry
  case resetDelivery
  case keepAlive
  // Network: datagrams
  case datagramDelivery
  // Storage
  case storageCompletion
  // Processes, faults, and whoever else asks to be called
  case alarm

  private var names: (group: String, name: String, subject: String, detail: String) {
    switch self {
    case .connectArrival: ("Network", "ConnectArrival", "connection_id", "")
    case .connectAnswer: ("Network", "ConnectAnswer", "connection_id", "")
    case .connectComplete: ("Network", "ConnectComplete", "connection_id", "")
    case .connectRefusal: ("Network", "ConnectRefusal", "connection_id", "")
    case .connectRetry: ("Network", "ConnectRetry", "connection_id", "")
    case .dataDelivery: ("Network", "DataDelivery", "connection_id", "bytes")
    case .windowUpdate: ("Network", "WindowUpdate", "connection_id", "bytes")
    case .acknowledgementRetry: ("Network", "AcknowledgementRetry", "connection_id", "bytes")
    case .resetDelivery: ("Network", "ResetDelivery", "connection_id", "")
    case .keepAlive: ("Network", "KeepAlive", "connection_id", "unanswered")
    case .datagramDelivery: ("Network", "DatagramDelivery", "datagram_id", "bytes")
    case .storageCompletion: ("Storage", "Completion", "operation_id", "")
    case .alarm: ("World", "Alarm", "alarm_id", "")
    }
  }

  static let worldKinds: [WorldEventKind] = allCases.map { kind in
    let names = kind.names
    return WorldEventKind(
      group: names.group, name: names.name, subjectLabel: names.subject, detailLabel: names.detail)
  }
}

/// An event as the queue holds it: 62 bits.
struct PackedEvent {
  var bits: UInt64

  init(bits: UInt64) { self.bits = bits }

  init(_ kind: EventKind, _ index: Int32, _ generation: UInt32) {
    bits =
      UInt64(kind.rawValue) << 56 | UInt64(generation & 0xff_ffff) << 32
      | UInt64(UInt32(bitPattern: index))
  }

  var kind: EventKind { unsafeBitCast(UInt8(truncatingIfNeeded: bits >> 56), to: EventKind.self) }
  var index: Int32 { Int32(truncatingIfNeeded: bits) }
  /// The low 24 bits of the generation.
  var generation: UInt32 { UInt32(truncatingIfNeeded: bits >> 32) & 0xff_ffff }
}

/// The words of traces for what happens in this module's world.
package enum WorldEvents {
  /// All kinds, in a fixed order.
  package static var kinds: [WorldEventKind] { EventKind.worldKinds }
}
