//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Synchronization

/// The steps that a program reported while it ran, in the order in which they happened.
///
/// Bind one to ``current`` around a run; without one, a note costs next to nothing.
public final class Notebook: Sendable {
  /// The notebook that the running task and its children write to.
  @TaskLocal public static var current: Notebook?

  private let notes = Mutex<[Note]>([])

  /// Makes an empty notebook.
  public init() {}

  /// What has been noted since the last call.
  public func take() -> [Note] {
    notes.withLock { notes in
      defer { notes.removeAll() }
      return notes
    }
  }

  fileprivate func append(_ note: Note) {
    notes.withLock { $0.append(note) }
  }
}

/// One reported step.
public struct Note: Sendable, Hashable, Codable {
  /// The name of the task that took the step.
  public let task: String
  /// What it did.
  public let text: String
}

/// Notes a step of the current task in the notebook, if somebody keeps one.
func note(_ text: @autoclosure () -> String) {
  guard let notebook = Notebook.current else { return }
  notebook.append(Note(task: Task.name ?? "main", text: text()))
}
