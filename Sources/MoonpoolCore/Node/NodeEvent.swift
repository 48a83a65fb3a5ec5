//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

public import Logging

/// Something that happened on a node, with a type: an invariant reads its properties, not text.
///
/// ```swift
/// struct LeaderElected: NodeEvent { var term: Int }
/// node.emit(LeaderElected(term: 3))
/// ```
///
/// In production it is one structured log line; in a simulation the value stands on the timeline.
public protocol NodeEvent: Sendable {
  /// What log lines and timelines call it; by default the type's name.
  static var eventName: String { get }
  /// Its properties, for a log line; by default one with its description.
  ///
  /// They follow from the value alone: a simulation asks for them when somebody reads them, which
  /// may be after the run. Of an object it asks at once.
  var metadata: Logger.Metadata { get }
}

extension NodeEvent {
  /// The type's name.
  public static var eventName: String { "\(Self.self)" }
  /// One entry, `event`, with the description.
  public var metadata: Logger.Metadata { ["event": "\(self)"] }
}

/// Where typed events go that a log would turn into text.
public protocol NodeEventRecorder: Sendable {
  /// Keeps an event of the node whose code is running.
  func record(_ event: some NodeEvent)
}

/// Nodes are copied more often than they tell something: a copy counts one reference, and to tell
/// takes no copy of the recorder.
@usableFromInline
final class EventRecorderBox: Sendable {
  @usableFromInline let base: any NodeEventRecorder

  init(_ base: any NodeEventRecorder) { self.base = base }
}

extension Node {
  /// Tells that something happened; see ``NodeEvent``.
  @inlinable
  public func emit(_ event: some NodeEvent) {
    if let recorder {
      recorder.base.record(event)
    } else {
      log(event)
    }
  }

  @usableFromInline
  func log(_ event: some NodeEvent) {
    logger.info(
      Logger.Message(stringLiteral: type(of: event).eventName), metadata: event.metadata)
  }
}
