//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolCore

extension FileSystem {
  /// Opens a file, and makes or empties it as the options say.
  package func open(_ path: String, _ options: OpenOptions) throws(StorageError) -> FileHandle {
    let checked = try StoragePath(path, for: "open")
    let needsWrite = options.create || options.createNew || options.truncate || options.append
    guard options.write || (options.read && !needsWrite) else {
      throw StorageError(.invalidArgument, "open", path)
    }
    if handles.count >= limits.openFiles { throw StorageError(.tooManyOpenFiles, "open", path) }
    let parent = try parent(of: checked, path, "open")
    guard let name = checked.last else {
      throw StorageError(options.createNew ? .alreadyExists : .isDirectory, "open", path)
    }
    var number = child(parent, name)
    if number == Directory.none {
      guard options.create || options.createNew else { throw StorageError(.notFound, "open", path) }
      number = makeInode(directory: false)
      change([SlotChange(directory: parent, name: name, inode: number)])
    } else if options.createNew {
      throw StorageError(.alreadyExists, "open", path)
    }
    guard let contents = inodes[number].contents else {
      throw StorageError(.isDirectory, "open", path)
    }
    if options.truncate { contents.pointee.truncate(to: 0) }
    inodes[number].uses += 1
    return handles.open(
      HandleState(
        inode: number, contents: contents, canRead: options.read, canWrite: options.write,
        appends: options.append))
  }

  /// Closes a file. It goes when it has no name and nobody else has it open.
  package func close(_ handle: FileHandle) {
    guard let state = handles[handle], !state.pointee.isClosed else { return }
    if state.pointee.inFlight > 0 {
      state.pointee.isClosed = true
    } else {
      drop(handle, state.pointee.inode)
    }
  }

  private func drop(_ handle: FileHandle, _ inode: Int) {
    handles.remove(handle)
    inodes[inode].uses -= 1
    release(inode)
  }

  /// Keeps a file open until `endOperation`, whoever closes it. False if it is closed already.
  @inline(__always)
  func beginOperation(_ handle: FileHandle) -> Bool {
    guard let state = handles[handle], !state.pointee.isClosed else { return false }
    state.pointee.inFlight += 1
    return true
  }

  @inline(__always)
  func endOperation(_ handle: FileHandle) {
    guard let state = handles[handle] else { return }
    state.pointee.inFlight -= 1
    if state.pointee.isClosed, state.pointee.inFlight == 0 { drop(handle, state.pointee.inode) }
  }

  /// The state of a handle, which may be closed with operations still in flight.
  @inline(__always)
  func state(_ handle: FileHandle, _ operation: String) throws(StorageError) -> HandleState {
    guard let state = handles[handle] else { throw StorageError(.closed, operation) }
    return state.pointee
  }

  /// How many files are open.
  package var openFileCount: Int { handles.count }

  /// Reads up to as many bytes as the buffer has room for.
  package func read(
    _ handle: FileHandle, at offset: Int64, into buffer: UnsafeMutableRawBufferPointer
  ) throws(StorageError) -> Int {
    let state = try state(handle, "read")
    guard offset >= 0 else { throw StorageError(.invalidArgument, "read") }
    guard state.canRead else { throw StorageError(.notPermitted, "read") }
    guard offset < state.contents.pointee.size else { return 0 }
    return state.contents.pointee.read(at: Int(offset), into: buffer)
  }

  /// How many bytes a read of so many would give.
  @inline(__always)
  func readableCount(
    _ state: HandleState, at offset: Int64, count: Int
  ) throws(StorageError) -> Int {
    // As in a kernel, which looks at the offset before it looks at the file.
    guard offset >= 0, count >= 0 else { throw StorageError(.invalidArgument, "read") }
    guard state.canRead else { throw StorageError(.notPermitted, "read") }
    return max(0, min(count, state.contents.pointee.size - Int(offset)))
  }

  /// Writes the first part that fits, and returns how much that was.
  package func write(
    _ handle: FileHandle, at offset: Int64, _ bytes: UnsafeRawBufferPointer
  ) throws(StorageError) -> Int {
    let state = try state(handle, "write")
    let (start, count) = try writeRange(state, at: offset, count: bytes.count)
    return try write(state, at: start, UnsafeRawBufferPointer(rebasing: bytes[..<count]))
  }

  /// Writes what `writeRange` allows.
  @inline(__always)
  func write(
    _ state: HandleState, at start: Int, _ bytes: UnsafeRawBufferPointer
  ) throws(StorageError) -> Int {
    guard bytes.count > 0 else { return 0 }
    let done = state.contents.pointee.write(bytes, at: start)
    if done == 0 { throw StorageError(.noSpace, "write") }
    writeBackIfNeeded()
    return done
  }

  /// Where a write really begins, and how much of it a file may hold.
  @inline(__always)
  func writeRange(
    _ state: HandleState, at offset: Int64, count: Int
  ) throws(StorageError) -> (start: Int, count: Int) {
    guard offset >= 0 else { throw StorageError(.invalidArgument, "write") }
    guard state.canWrite else { throw StorageError(.notPermitted, "write") }
    let start = state.appends ? state.contents.pointee.size : Int(offset)
    guard count > 0 else { return (start, 0) }
    guard start < limits.fileSize else { throw StorageError(.invalidArgument, "write") }
    return (start, min(count, Int(limits.fileSize) - start))
  }

  /// The size of an open file.
  package func size(_ handle: FileHandle) throws(StorageError) -> Int64 {
    Int64(try state(handle, "size").contents.pointee.size)
  }

  /// Makes a file shorter, or longer with zeros that take no room.
  package func truncate(_ handle: FileHandle, to size: Int64) throws(StorageError) {
    let state = try state(handle, "truncate")
    guard size >= 0 else { throw StorageError(.invalidArgument, "truncate") }
    guard state.canWrite else { throw StorageError(.notPermitted, "truncate") }
    guard size <= limits.fileSize else { throw StorageError(.invalidArgument, "truncate") }
    state.contents.pointee.truncate(to: Int(size))
    writeBackIfNeeded()
  }
}
