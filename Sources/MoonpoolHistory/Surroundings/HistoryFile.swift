//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import Foundation

/// Where the history of a project is.
public enum HistoryFile {
  /// The variable that names another file; `off` for none.
  public static let variable = "MOONPOOL_HISTORY"

  /// The file that ``variable`` names, or else `.moonpool/history.sqlite` in the folder of the
  /// package that the current directory is in; nil if there is to be none.
  public static func standard() -> String? {
    switch ProcessInfo.processInfo.environment[variable] ?? "" {
    case "": standard(in: FileManager.default.currentDirectoryPath)
    case "off": nil
    case let file: file
    }
  }

  /// `.moonpool/history.sqlite` in the nearest folder upwards with a `Package.swift`, or in the
  /// given one.
  public static func standard(in directory: String) -> String {
    let start = URL(fileURLWithPath: directory).standardizedFileURL
    var folder = start
    let isThere = FileManager.default.fileExists(atPath:)
    while !isThere(folder.appendingPathComponent("Package.swift").path) {
      let parent = folder.deletingLastPathComponent()
      if parent.path == folder.path { return file(in: start) }
      folder = parent
    }
    return file(in: folder)
  }

  private static func file(in folder: URL) -> String {
    folder.appendingPathComponent(".moonpool/history.sqlite").path
  }
}
