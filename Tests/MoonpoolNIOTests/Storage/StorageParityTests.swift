//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//
import MoonpoolCore
import MoonpoolNIO
import StorageConformance
import Testing

/// What the cases say is not what the simulator happens to do: they hold on real files, too.
@Suite struct StorageParityTests {
  @Test(arguments: StorageCase.all, TemporaryDirectory.places)
  func `holds on files of this machine`(_ testCase: StorageCase, _ place: String) async throws {
    try await TemporaryDirectory.with(in: place) { path in
      let provider = try FileSystemStorage(below: path)
      try await testCase.body(Volume(storage: Storage(provider: provider)))
    }
  }

  /// One thread gives operations another order than four.
  @Test(arguments: StorageCase.all)
  func `holds with one thread`(_ testCase: StorageCase) async throws {
    try await TemporaryDirectory.with(in: TemporaryDirectory.places.last!) { path in
      let provider = try FileSystemStorage(below: path, threads: 1)
      try await testCase.body(Volume(storage: Storage(provider: provider)))
    }
  }

  @Test(arguments: StorageCase.limited)
  func `holds with a limit of open files`(_ testCase: StorageCase) async throws {
    try await TemporaryDirectory.with { path in
      let provider = try FileSystemStorage(below: path, openFileLimit: 32)
      let volume = Volume(storage: Storage(provider: provider), openFileLimit: 32)
      try await testCase.body(volume)
    }
  }
}
