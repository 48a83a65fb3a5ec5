//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//
import Foundation
import Glibc
import MoonpoolCore
import MoonpoolNIO
import Testing

/// Places for files of the machine.
enum TemporaryDirectory {
  /// A disk, in most places, and memory.
  static let places = ["/tmp", "/dev/shm"].filter { (place: String) in
    access(place, W_OK) == 0
  }

  /// Makes an empty directory, and removes it with all that has come into it.
  static func with<Result>(
    in place: String = "/tmp", _ body: (String) async throws -> Result
  ) async throws -> Result {
    let path = "\(place)/moonpool-\(UUID().uuidString)"
    guard mkdir(path, 0o700) == 0 else { throw StorageError(.inputOutput, "mkdir", path) }
    let result: Swift.Result<Result, any Error>
    do {
      result = .success(try await body(path))
    } catch {
      result = .failure(error)
    }
    let storage = try FileSystemStorage(below: path)
    try await empty("", storage)
    rmdir(path)
    return try result.get()
  }

  /// By short paths: some would be too long with the directory's own in front.
  private static func empty(_ directory: String, _ storage: FileSystemStorage) async throws {
    for entry in try await storage.entries(of: directory.isEmpty ? "/" : directory) {
      let path = directory.isEmpty ? entry.name : "\(directory)/\(entry.name)"
      if entry.kind == .directory {
        try await empty(path, storage)
        try await storage.removeDirectory(path)
      } else {
        try await storage.remove(path)
      }
    }
  }
}

/// The code of the error that an operation throws; nil if it throws none.
func failure<Value>(
  of operation: () async throws -> Value
) async throws -> StorageError.Code? {
  do {
    _ = try await operation()
    return nil
  } catch let error as StorageError {
    return error.code
  }
}

/// An operation throws an error of this code.
func expectFailure<Value>(
  _ code: StorageError.Code, at place: SourceLocation = #_sourceLocation,
  _ operation: () async throws -> Value
) async throws {
  let found = try await failure(of: operation)
  #expect(found == code, sourceLocation: place)
}
