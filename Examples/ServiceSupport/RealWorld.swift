//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import ArgumentParser
import Foundation
import MoonpoolCore
import MoonpoolNIO
import Synchronization

/// Programs on real sockets and files.
enum RealWorld {
  /// Says why something can't be done, in one line.
  static func complain(_ reason: String) {
    let name = CommandLine.arguments[0].split(separator: "/").last ?? "error"
    FileHandle.standardError.write(Data("\(name): \(reason)\n".utf8))
  }

  /// Runs a program until it ends, or SIGTERM or SIGINT asks it to. Blocks the calling thread.
  ///
  /// - Throws: `ExitCode` 1, if the program throws; 64, if this was built without sockets.
  static func run(
    _ program: any Program, named name: String, at address: IPAddress, storage: String
  ) throws {
    #if NIO
      let files = try FileSystemStorage(below: storage)
      let node = Node.real(name: name, address: address, storage: files)
      let end = Mutex<(any Error)?>(nil)
      let isOver = DispatchSemaphore(value: 0)
      let task = Task {
        do { try await program.run(on: node) } catch { end.withLock { $0 = error } }
        isOver.signal()
      }
      let sources = [SIGTERM, SIGINT].map { number in cancelling(task, on: number) }
      isOver.wait()
      for source in sources { source.cancel() }
      guard let error = end.withLock({ $0 }), !(error is CancellationError) else { return }
      complain("\(error)")
      throw ExitCode(1)
    #else
      complain("no sockets in this build: swift run --traits NIO …; 'simulate' works without")
      throw ExitCode(64)
    #endif
  }

  private static func cancelling(
    _ task: Task<Void, Never>, on number: CInt
  ) -> any DispatchSourceSignal {
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    source.setEventHandler { task.cancel() }
    source.resume()
    return source
  }
}
