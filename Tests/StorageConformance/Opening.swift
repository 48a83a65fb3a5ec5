//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import MoonpoolCore

/// Every combination of flags that changes the file, without the one that allows that.
private let needingWrite = [
  OpenOptions(create: true), OpenOptions(createNew: true), OpenOptions(truncate: true),
  OpenOptions(append: true), OpenOptions(create: true, truncate: true),
  OpenOptions(read: false, create: true), OpenOptions(read: false, append: true),
]

/// Every way to open what must be there.
private let withoutCreating = [
  OpenOptions.readOnly, .readWrite, OpenOptions(read: false, write: true),
  OpenOptions(write: true, truncate: true), OpenOptions(write: true, append: true),
]

extension StorageCase {
  static let opening: [StorageCase] = [
    StorageCase("what isn't there is opened only by who creates") { volume in
      for options in withoutCreating {
        try await requireFailure(.notFound, of: "\(options)") {
          try await volume.open("f", options)
        }
      }
      try await volume.expect(names: "")
    },
    StorageCase("create makes an empty file, or keeps the one that is there") { volume in
      let first = try await volume.open("f", .createOrOpen)
      try await first.expect(size: 0)
      try await first.write("text")
      let second = try await volume.open("f", .createOrOpen)
      try await second.expect("text")
      try await volume.expect(names: "f")
    },
    StorageCase("create new makes a file once") { volume in
      let file = try await volume.open("f", OpenOptions(write: true, createNew: true))
      try await file.write("text")
      for also in [false, true] {
        let options = OpenOptions(
          write: true, create: also, createNew: true, truncate: also, append: also)
        try await requireFailure(.alreadyExists, of: "create new") {
          try await volume.open("f", options)
        }
      }
      try await file.expect("text")
    },
    StorageCase("create new with all other flags makes a file, too") { volume in
      let options = OpenOptions(
        write: true, create: true, createNew: true, truncate: true, append: true)
      let file = try await volume.open("f", options)
      try await file.write("a", at: 9)
      try await file.write("b", at: 0)
      try await file.expect("ab")
    },
    StorageCase("a file that was removed can be created new") { volume in
      try await volume.make("f", "old")
      try await volume.storage.remove("f")
      let file = try await volume.open("f", OpenOptions(write: true, createNew: true))
      try await file.expect(size: 0)
    },
    StorageCase("truncate empties a file as it is opened") { volume in
      try await volume.make("f", "text")
      let file = try await volume.open("f", OpenOptions(write: true, truncate: true))
      try await file.expect(size: 0)
      try requireEqual(try await volume.storage.metadata("f")?.size, 0, "the size by name")
    },
    StorageCase("a truncating open empties the file of those who have it open") { volume in
      try await volume.make("f", "text")
      let reader = try await volume.open("f")
      _ = try await volume.open("f", .createWrite)
      try await reader.expect(size: 0)
      try requireEqual(try await reader.read(at: 0, count: 4), [], "a read")
    },
    StorageCase("an open that fails empties nothing") { volume in
      try await volume.make("f", "text")
      try await requireFailure(.alreadyExists, of: "create new") {
        try await volume.open("f", OpenOptions(write: true, createNew: true, truncate: true))
      }
      try await requireFailure(.invalidArgument, of: "truncate without write") {
        try await volume.open("f", OpenOptions(truncate: true))
      }
      try await volume.expect("text", in: "f")
    },
    StorageCase("a directory can't be opened as a file, in any way") { volume in
      try await volume.makeDirectory("d")
      for path in ["d", "/"] {
        for options in withoutCreating + [.createOrOpen, .createWrite, .appending] {
          try await requireFailure(.isDirectory, of: "\(path), \(options)") {
            try await volume.open(path, options)
          }
        }
        try await requireFailure(.alreadyExists, of: "create new \(path)") {
          try await volume.open(path, .createNewWrite)
        }
      }
    },
    StorageCase("flags that change a file need the one for writing") { volume in
      try await volume.make("f", "text")
      for options in needingWrite {
        for path in ["f", "new"] {
          try await requireFailure(.invalidArgument, of: "\(options)") {
            try await volume.open(path, options)
          }
        }
      }
      try await volume.expect(names: "f")
      try await volume.expect("text", in: "f")
    },
    StorageCase("a file is opened for something") { volume in
      try await volume.make("f")
      try await requireFailure(.invalidArgument, of: "neither read nor write") {
        try await volume.open("f", OpenOptions(read: false))
      }
    },
    StorageCase("nothing can be opened below a file or below what isn't there") { volume in
      try await volume.make("f")
      for options in [OpenOptions.readOnly, .createOrOpen, .createNewWrite] {
        try await requireFailure(.notDirectory, of: "below a file") {
          try await volume.open("f/x", options)
        }
        try await requireFailure(.notDirectory, of: "far below a file") {
          try await volume.open("f/x/y", options)
        }
        try await requireFailure(.notFound, of: "below nothing") {
          try await volume.open("missing/x", options)
        }
      }
      try await volume.expect(names: "f")
    },
  ]

  static let modes: [StorageCase] = [
    StorageCase("a handle for writing can't be read") { volume in
      try await volume.make("f", "text")
      let file = try await volume.open("f", OpenOptions(read: false, write: true))
      for (offset, count) in [(0, 4), (0, 0), (4, 1), (99, 1)] as [(Int64, Int)] {
        try await requireFailure(.notPermitted, of: "a read of \(count) at \(offset)") {
          try await file.read(at: offset, count: count)
        }
      }
      let appending = try await volume.open("f", .appending)
      try await requireFailure(.notPermitted, of: "a read while appending") {
        try await appending.read(at: 0, count: 1)
      }
    },
    StorageCase("a handle for reading can't be written or cut") { volume in
      try await volume.make("f", "text")
      let file = try await volume.open("f")
      for bytes in [[1], []] as [[UInt8]] {
        try await requireFailure(.notPermitted, of: "a write of \(bytes.count)") {
          try await file.handler.write(bytes, at: 0)
        }
      }
      for size in [0, 4, 9] as [Int64] {
        try await requireFailure(.notPermitted, of: "a truncation to \(size)") {
          try await file.truncate(to: size)
        }
      }
      try await file.expect("text")
    },
    StorageCase("sizes and syncs need no permission") { volume in
      try await volume.make("f", "text")
      for options in [OpenOptions.readOnly, OpenOptions(read: false, write: true), .appending] {
        let file = try await volume.open("f", options)
        try await file.expect(size: 4)
        try await file.synchronize(.all)
        try await file.synchronize(.data)
      }
    },
    StorageCase("an offset is checked before the permission") { volume in
      try await volume.make("f", "text")
      let reader = try await volume.open("f")
      let writer = try await volume.open("f", OpenOptions(read: false, write: true))
      let appender = try await volume.open("f", .appending)
      for offset in [-1, .min] as [Int64] {
        for (name, file) in [("reader", reader), ("writer", writer), ("appender", appender)] {
          try await requireFailure(.invalidArgument, of: "the \(name)'s read at \(offset)") {
            try await file.read(at: offset, count: 1)
          }
          try await requireFailure(.invalidArgument, of: "the \(name)'s write at \(offset)") {
            try await file.write("x", at: offset)
          }
          try await requireFailure(.invalidArgument, of: "the \(name)'s cut to \(offset)") {
            try await file.truncate(to: offset)
          }
        }
      }
      try await reader.expect("text")
    },
    StorageCase("the flags are those of the handle, not of the file") { volume in
      let writer = try await volume.open("f", .createWrite)
      let reader = try await volume.open("f")
      let both = try await volume.open("f", .readWrite)
      try await writer.write("one")
      try await both.write("two", at: 3)
      try await reader.expect("onetwo")
      try await both.expect("onetwo")
      try await requireFailure(.notPermitted, of: "a write of the reader") {
        try await reader.write("x")
      }
    },
  ]

  static let limits: [StorageCase] = [
    StorageCase("no more files than the limit are open at once") { volume in
      var files = [try await volume.open("f", .createOrOpen)]
      while files.count < volume.openFileLimit { files.append(try await volume.open("f")) }
      for (path, options) in [
        ("f", .readOnly), ("f", .createWrite), ("new", .createOrOpen), ("missing", .readOnly),
      ] as [(String, OpenOptions)] {
        try await requireFailure(.tooManyOpenFiles, of: "opening \(path)") {
          try await volume.open(path, options)
        }
      }
      try await volume.expectNothing(at: "new")
      files[0].close()
      try await volume.open("new", .createOrOpen).close()
    },
    StorageCase("closing twice gives back one place") { volume in
      var files: [File] = []
      while files.count < volume.openFileLimit {
        files.append(try await volume.open("f", .createOrOpen))
      }
      for _ in 0..<3 { files[0].close() }
      let another = try await volume.open("f")
      try await requireFailure(.tooManyOpenFiles, of: "one more") { try await volume.open("f") }
      try await another.expect(size: 0)
    },
    StorageCase("a handle that nobody holds any more is closed") { volume in
      for number in 0..<(3 * volume.openFileLimit) {
        let file = try await volume.open("f", .appending)
        try await file.write([UInt8(truncatingIfNeeded: number)], at: 0)
      }
      let size = try await volume.storage.metadata("f")?.size
      try requireEqual(size, Int64(3 * volume.openFileLimit), "the size")
    },
    StorageCase("names need no place among the open files") { volume in
      try await volume.makeDirectory("d")
      var files: [File] = []
      while files.count < volume.openFileLimit {
        files.append(try await volume.open("f", .createOrOpen))
      }
      try await volume.storage.rename("f", to: "d/f")
      try requireEqual(try await volume.storage.metadata("d/f")?.kind, .file, "the kind")
      try await volume.storage.remove("d/f")
      try await volume.storage.removeDirectory("d")
      try await volume.expectNothing(at: "d")
    },
  ]
}
