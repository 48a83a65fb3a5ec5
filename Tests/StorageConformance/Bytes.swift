//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

/// Sizes around those of sectors and pages.
private let edges: [Int] = [1, 511, 512, 513, 4_095, 4_096, 4_097, 8_192, 12_289]

/// Far beyond what 32 bits address.
private let far: Int64 = 5 << 30

extension StorageCase {
  static let reading: [StorageCase] = [
    StorageCase("a read gives no more than there is") { volume in
      try await volume.make("f", "text")
      let file = try await volume.open("f")
      try await file.expect(Array("te".utf8), at: 0, "a part")
      try requireEqual(try await file.read(at: 2, count: 100), Array("xt".utf8), "over the end")
      try requireEqual(
        try await file.read(at: 0, count: 16 << 20), Array("text".utf8), "far over the end")
    },
    StorageCase("at the end and beyond there is nothing") { volume in
      try await volume.make("f", "text")
      let file = try await volume.open("f")
      for offset in [4, 5, 4_096, far, 1 << 62] as [Int64] {
        for count in [0, 1, 10_000] {
          try requireEqual(try await file.read(at: offset, count: count), [], "at \(offset)")
        }
      }
    },
    StorageCase("an empty file has nothing to read") { volume in
      let file = try await volume.open("f", .createOrOpen)
      for count in [0, 1, 4_096] {
        try requireEqual(try await file.read(at: 0, count: count), [], "a read of \(count)")
      }
    },
    StorageCase("a read of nothing gives nothing, wherever") { volume in
      try await volume.make("f", "text")
      let file = try await volume.open("f")
      for offset in [0, 2, 4, 9, 1 << 62] as [Int64] {
        try requireEqual(try await file.read(at: offset, count: 0), [], "at \(offset)")
      }
    },
    StorageCase("reads begin and end anywhere") { volume in
      let file = try await volume.open("f", .createOrOpen)
      let all = pattern(20_000)
      try await file.write(all, at: 0)
      for start in [0] + edges {
        for count in edges {
          let end = min(all.count, start + count)
          let bytes = try await file.read(at: Int64(start), count: count)
          try requireBytes(bytes, Array(all[start..<end]), "\(count) at \(start)")
        }
      }
    },
    StorageCase("reading changes nothing") { volume in
      try await volume.make("f", "text")
      let file = try await volume.open("f", .readWrite)
      for _ in 0..<3 { try await file.expect("text") }
      _ = try await file.read(at: 100, count: 100)
      try await file.expect(size: 4)
    },
  ]

  static let writing: [StorageCase] = [
    StorageCase("a write changes its bytes and no others") { volume in
      for size in edges {
        let file = try await volume.open(
          "f", OpenOptions(write: true, create: true, truncate: true))
        var all = pattern(20_000)
        try await file.write(all, at: 0)
        let new = pattern(size, seed: 1)
        try await file.write(new, at: 3_000)
        all.replaceSubrange(3_000..<(3_000 + size), with: new)
        try requireBytes(try await file.read(at: 0, count: 30_000), all, "after \(size) bytes")
      }
    },
    StorageCase("overlapping writes: the later one wins") { volume in
      let file = try await volume.open("f", .createOrOpen)
      var all = zeros(30_000)
      for (number, start) in [5_000, 0, 9_000, 7_000, 4_096, 511].enumerated() {
        let new = pattern(6_001, seed: number)
        try await file.write(new, at: Int64(start))
        all.replaceSubrange(start..<(start + new.count), with: new)
      }
      try requireBytes(
        try await file.read(at: 0, count: 30_000), Array(all[..<15_001]), "all of it")
    },
    StorageCase("a write beyond the end leaves a hole of zeros") { volume in
      for gap in edges {
        let file = try await volume.open(
          "f", OpenOptions(write: true, create: true, truncate: true))
        try await file.write("abc")
        try await file.write("xyz", at: Int64(3 + gap))
        try await file.expect(size: Int64(6 + gap))
        let expected = Array("abc".utf8) + zeros(gap) + Array("xyz".utf8)
        try await file.expect(expected, at: 0, "a gap of \(gap)")
      }
    },
    StorageCase("a write over the end grows the file by what is beyond") { volume in
      try await volume.make("f", "abcd")
      let file = try await volume.open("f", .readWrite)
      try await file.write("XYZ", at: 3)
      try await file.expect("abcXYZ")
    },
    StorageCase("a hole can be filled") { volume in
      let file = try await volume.open("f", .createOrOpen)
      try await file.write([9], at: 20_000)
      try await file.write(pattern(100), at: 5_000)
      try await file.expect(zeros(5_000) + pattern(100) + zeros(3_092), at: 0, "the hole")
      try await file.expect(zeros(100) + [9], at: 19_900, "behind it")
      try await file.expect(size: 20_001)
    },
    StorageCase("writing nothing changes nothing, wherever") { volume in
      try await volume.make("f", "text")
      let file = try await volume.open("f", .readWrite)
      let appending = try await volume.open("f", .appending)
      for offset in [0, 4, 100, 1 << 40, .max] as [Int64] {
        try requireEqual(try await file.handler.write([], at: offset), 0, "written")
        try requireEqual(try await appending.handler.write([], at: offset), 0, "appended")
      }
      try await file.expect("text")
    },
    StorageCase("a handler says how much it wrote") { volume in
      let file = try await volume.open("f", .createOrOpen)
      for size in edges {
        let count = try await file.handler.write(pattern(size), at: 0)
        try requireEqual(count, size, "written")
      }
    },
    StorageCase("no byte lies beyond the largest offset") { volume in
      try await volume.make("f", "text")
      let file = try await volume.open("f", .readWrite)
      for bytes in [[1], zeros(4_096)] {
        try await requireFailure(.invalidArgument, of: "a write of \(bytes.count)") {
          try await file.write(bytes, at: .max)
        }
      }
      try await file.expect("text")
    },
    StorageCase("a sparse file of gigabytes") { volume in
      let file = try await volume.open("f", .createOrOpen)
      try await file.write("beginning")
      try await file.write(pattern(10_000), at: far - 5_000)
      try await file.expect(size: far + 5_000)
      try requireEqual(try await volume.storage.metadata("f")?.size, far + 5_000, "by name")
      try await file.expect(zeros(1_000) + pattern(10_000), at: far - 6_000, "the far end")
      try await file.expect(zeros(8_192), at: 1 << 32, "the hole at 4 GiB")
      try await file.expect(Array("beginning".utf8) + zeros(9), at: 0, "the beginning")
      try await file.truncate(to: 5)
      try await file.expect("begin")
    },
    StorageCase("ten mebibytes in one write") { volume in
      let file = try await volume.open("f", .createOrOpen)
      let all = pattern(10 << 20)
      try await file.write(all, at: 1)
      try await file.expect(size: Int64(all.count + 1))
      try await file.expect(all, at: 1, "all of it")
      try await file.expect([0, all[0]], at: 0, "the beginning")
    },
    StorageCase("a thousand writes of a byte, from the end to the beginning") { volume in
      let file = try await volume.open("f", .createOrOpen)
      let all = pattern(1_000)
      for place in all.indices.reversed() {
        try await file.write([all[place]], at: Int64(place) * 7)
      }
      let bytes = try await file.read(at: 0, count: 10_000)
      try requireBytes(
        bytes, Array(all.map { [$0] + zeros(6) }.joined().dropLast(6)), "all of it")
    },
  ]

  static let appending: [StorageCase] = [
    StorageCase("an appending write goes to the end, whatever the offset") { volume in
      let file = try await volume.open("f", .appending)
      for (text, offset) in [("a", 0), ("b", 100), ("c", 0), ("d", .max - 1)] as [(String, Int64)] {
        try await file.write(text, at: offset)
      }
      try await volume.expect("abcd", in: "f")
    },
    StorageCase("an appending handle keeps what is there") { volume in
      try await volume.make("f", "old")
      try await volume.open("f", .appending).write("new")
      try await volume.expect("oldnew", in: "f")
    },
    StorageCase("the end is where another handle has moved it") { volume in
      let appending = try await volume.open("f", .appending)
      let other = try await volume.open("f", .readWrite)
      try await appending.write("a")
      try await other.write("bcd", at: 1)
      try await appending.write("e")
      try await other.truncate(to: 2)
      try await appending.write("f")
      try await other.truncate(to: 5)
      try await appending.write("g")
      try await other.expect("abf\0\0g")
    },
    StorageCase("two appending handles follow each other") { volume in
      let handles = [
        try await volume.open("f", .appending), try await volume.open("f", .appending),
      ]
      var expected: [UInt8] = []
      for number in 0..<30 {
        let bytes = pattern(1 + number * 40, seed: number)
        try await handles[number % 2].write(bytes, at: 0)
        expected += bytes
      }
      let file = try await volume.open("f")
      try requireBytes(try await file.read(at: 0, count: 100_000), expected, "all of it")
    },
    StorageCase("an appending handle that may read reads anywhere") { volume in
      try await volume.make("f", "abc")
      let file = try await volume.open("f", OpenOptions(write: true, append: true))
      try await file.write("def")
      try requireEqual(try await file.read(at: 1, count: 3), Array("bcd".utf8), "a read")
      try await file.expect("abcdef")
    },
    StorageCase("append and truncate: from the beginning, then on to the end") { volume in
      try await volume.make("f", "old")
      let file = try await volume.open("f", OpenOptions(write: true, truncate: true, append: true))
      try await file.write("a", at: 9)
      try await file.write("b", at: 0)
      try await file.expect("ab")
    },
    StorageCase("an appending handle can cut the file") { volume in
      let file = try await volume.open("f", .appending)
      try await file.write("abcdef")
      try await file.truncate(to: 2)
      try await file.write("X")
      try await file.truncate(to: 4)
      try await volume.expect("abX\0", in: "f")
    },
  ]

  static let truncating: [StorageCase] = [
    StorageCase("a file is cut at any byte") { volume in
      let file = try await volume.open("f", .createOrOpen)
      let all = pattern(20_000)
      for size in edges.reversed() + [0] {
        try await file.write(all, at: 0)
        try await file.truncate(to: Int64(size))
        try await file.expect(size: Int64(size))
        let bytes = try await file.read(at: 0, count: 30_000)
        try requireBytes(bytes, Array(all[..<size]), "cut to \(size)")
      }
    },
    StorageCase("what was cut off doesn't come back when the file grows") { volume in
      for size in edges {
        let file = try await volume.open(
          "f", OpenOptions(write: true, create: true, truncate: true))
        let all = pattern(20_000)
        try await file.write(all, at: 0)
        try await file.truncate(to: Int64(size))
        try await file.truncate(to: 20_000)
        let expected = all[..<size] + zeros(20_000 - size)
        try await file.expect(Array(expected), at: 0, "cut to \(size) and grown")
      }
    },
    StorageCase("what was cut off doesn't come back behind a later write") { volume in
      for size in edges {
        let file = try await volume.open(
          "f", OpenOptions(write: true, create: true, truncate: true))
        let all = pattern(20_000)
        try await file.write(all, at: 0)
        try await file.truncate(to: Int64(size))
        try await file.write([7], at: 19_999)
        let expected = all[..<size] + zeros(19_999 - size) + [7]
        try await file.expect(Array(expected), at: 0, "cut to \(size) and written")
      }
    },
    StorageCase("what was cut off doesn't come back after a sync") { volume in
      let file = try await volume.open("f", .createOrOpen)
      try await file.write(pattern(9_000), at: 0)
      try await file.synchronize()
      try await file.truncate(to: 700)
      try await file.synchronize()
      try await file.truncate(to: 9_000)
      try await file.expect(Array(pattern(9_000)[..<700]) + zeros(8_300), at: 0, "all of it")
    },
    StorageCase("a file grows with zeros") { volume in
      try await volume.make("f", "abc")
      let file = try await volume.open("f", .readWrite)
      try await file.truncate(to: 10_000)
      try await file.expect(size: 10_000)
      try await file.expect(Array("abc".utf8) + zeros(9_997), at: 0, "all of it")
    },
    StorageCase("a file grows to a terabyte that isn't there") { volume in
      let file = try await volume.open("f", .createOrOpen)
      try await file.truncate(to: 1 << 40)
      try await file.expect(size: 1 << 40)
      try await file.expect(zeros(100), at: (1 << 40) - 100, "the end")
      try await file.truncate(to: 0)
      try await file.expect(size: 0)
    },
    StorageCase("a truncation to the same size changes nothing") { volume in
      try await volume.make("f", "text")
      let file = try await volume.open("f", .readWrite)
      try await file.truncate(to: 4)
      try await file.expect("text")
    },
    StorageCase("a truncation shows in all handles and by name") { volume in
      try await volume.make("f", "abcdef")
      let reader = try await volume.open("f")
      let writer = try await volume.open("f", .readWrite)
      try await writer.truncate(to: 3)
      try await reader.expect("abc")
      try requireEqual(try await reader.read(at: 3, count: 3), [], "beyond the new end")
      try requireEqual(try await volume.storage.metadata("f")?.size, 3, "the size by name")
    },
    StorageCase("a write where the file was longer grows it again") { volume in
      try await volume.make("f", "abcdef")
      let writer = try await volume.open("f", .readWrite)
      let other = try await volume.open("f", .readWrite)
      try await other.truncate(to: 1)
      try await writer.write("X", at: 4)
      try await writer.expect("a\0\0\0X")
    },
  ]
}
