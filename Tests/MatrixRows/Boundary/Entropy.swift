//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import Foundation
import Glibc
import MoonpoolRuntime

/// A way to get bytes that nobody can foresee.
public struct EntropySource: Sendable {
  public let name: String
  /// At least 64 bits of them, in words.
  public let read: @Sendable () -> String

  init(_ name: String, _ read: @escaping @Sendable () -> String) {
    self.name = name
    self.read = read
  }

  public static let all: [EntropySource] = swiftSources + libcSources

  private static let swiftSources = [
    EntropySource("SystemRandomNumberGenerator") {
      var generator = SystemRandomNumberGenerator()
      return "\(generator.next()) \(generator.next())"
    },
    EntropySource("Int.random") { "\(Int.random(in: .min ... .max))" },
    EntropySource("Double.random") { "\(Double.random(in: 0..<1)) \(Double.random(in: 0..<1))" },
    EntropySource("Bool.random") { (0..<80).map { _ in Bool.random() ? "1" : "0" }.joined() },
    EntropySource("shuffled") { "\(Array(0..<40).shuffled())" },
    EntropySource("randomElement") { "\((0..<12).map { _ in Array(0..<100).randomElement()! })" },
    EntropySource("UUID()") { UUID().uuidString },
  ]

  private static let libcSources = [
    EntropySource("getrandom") {
      typealias Function = @convention(c) (UnsafeMutableRawPointer, Int, UInt32) -> Int
      let getrandom = unsafeBitCast(dlsym(nil, "getrandom"), to: Function.self)
      return bytes { precondition(getrandom($0, $1, 0) == $1) }
    },
    EntropySource("getentropy") { bytes { precondition(getentropy($0, $1) == 0) } },
    EntropySource("arc4random") { "\(arc4random()) \(arc4random()) \(arc4random())" },
    EntropySource("arc4random_uniform") {
      "\((0..<8).map { _ in arc4random_uniform(1_000_000) })"
    },
    EntropySource("arc4random_buf") { bytes { arc4random_buf($0, $1) } },
    EntropySource("/dev/urandom") {
      bytes { buffer, count in
        let file = open("/dev/urandom", O_RDONLY | O_CLOEXEC)
        precondition(file >= 0 && Glibc.read(file, buffer, count) == count)
        close(file)
      }
    },
    EntropySource("/dev/random") {
      bytes { buffer, count in
        let file = open("/dev/random", O_RDONLY | O_CLOEXEC)
        precondition(file >= 0 && Glibc.read(file, buffer, count) == count)
        close(file)
      }
    },
  ]

  private static func bytes(_ fill: (UnsafeMutableRawPointer, Int) -> Void) -> String {
    var bytes = [UInt8](repeating: 0, count: 16)
    bytes.withUnsafeMutableBytes { fill($0.baseAddress!, $0.count) }
    return hexadecimal(bytes)
  }
}

func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

extension Row {
  /// Two tasks that read twice each, and one value before any of them.
  static func drawing(_ name: String, _ read: @escaping @Sendable () throws -> String) -> Row {
    Row(name, .values) { log in
      log(try read())
      try await withThrowingTaskGroup { group in
        for i in 0..<2 {
          group.addTask {
            log("\(i): \(try read())")
            await Task.yield()
            log("\(i): \(try read())")
          }
        }
        try await group.waitForAll()
      }
    }
  }

  static let entropyRows: [Row] =
    EntropySource.all.map { source in drawing(source.name) { source.read() } } + [
      drawing("DecisionStream") {
        let stream = Simulation.random("dice")
        return "\(stream.uint64(below: 1_000_000)) \(stream.next())"
      },
      drawing("DecisionStream as a generator") {
        var stream = Simulation.random()
        let number = Int.random(in: 0..<1_000_000, using: &stream)
        return "\(number) \([1, 2, 3].shuffled(using: &stream))"
      },
    ]
}
