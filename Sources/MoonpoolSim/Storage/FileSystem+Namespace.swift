//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolCore

extension FileSystem {
  /// What is at a path; nil if there is nothing.
  package func metadata(_ path: String) throws(StorageError) -> FileMetadata? {
    let checked = try StoragePath(path, for: "metadata")
    let number: Int
    do {
      number = try find(checked, path, "metadata")
    } catch {
      return nil  // nothing can be below what isn't there or isn't a directory
    }
    guard number != Directory.none else { return nil }
    guard let contents = inodes[number].contents else {
      return FileMetadata(kind: .directory, size: 0)
    }
    return FileMetadata(kind: .file, size: Int64(contents.pointee.size))
  }

  /// What is in the file at a path; nil if there is none.
  func contents(_ path: String) -> UnsafeMutablePointer<FileContents>? {
    guard let number = try? find(StoragePath(path, for: "contents"), path, "contents"),
      number != Directory.none
    else { return nil }
    return inodes[number].contents
  }

  /// Removes a file's name.
  package func remove(_ path: String) throws(StorageError) {
    let checked = try StoragePath(path, for: "remove")
    let parent = try parent(of: checked, path, "remove")
    guard let name = checked.last else { throw StorageError(.isDirectory, "remove", path) }
    let number = child(parent, name)
    if number == Directory.none { throw StorageError(.notFound, "remove", path) }
    if inodes[number].directory != nil { throw StorageError(.isDirectory, "remove", path) }
    change([SlotChange(directory: parent, name: name, inode: Directory.none)])
  }

  /// Makes a directory, and those above it if asked to.
  package func createDirectory(_ path: String, intermediates: Bool) throws(StorageError) {
    let checked = try StoragePath(path, for: "createDirectory")
    if !intermediates {
      _ = try parent(of: checked, path, "createDirectory")
      if checked.last == nil { throw StorageError(.alreadyExists, "createDirectory", path) }
    }
    var current = Self.root
    for (depth, name) in checked.names.enumerated() {
      let isLast = depth == checked.names.count - 1
      let next = child(current, name)
      if next == Directory.none {
        let made = makeInode(directory: true)
        change([SlotChange(directory: current, name: name, inode: made)])
        current = made
      } else if inodes[next].directory == nil {
        let isItself = isLast && !checked.endsInDot
        throw StorageError(isItself ? .alreadyExists : .notDirectory, "createDirectory", path)
      } else if isLast, !intermediates {
        throw StorageError(.alreadyExists, "createDirectory", path)
      } else {
        current = next
      }
    }
  }

  /// Removes an empty directory.
  package func removeDirectory(_ path: String) throws(StorageError) {
    let checked = try StoragePath(path, for: "removeDirectory")
    let parent = try parent(of: checked, path, "removeDirectory")
    guard let name = checked.last else {
      throw StorageError(.invalidArgument, "removeDirectory", path)
    }
    let number = child(parent, name)
    if number == Directory.none { throw StorageError(.notFound, "removeDirectory", path) }
    guard let directory = inodes[number].directory else {
      throw StorageError(.notDirectory, "removeDirectory", path)
    }
    if directory.liveCount > 0 {
      throw StorageError(.directoryNotEmpty, "removeDirectory", path)
    }
    change(
      [SlotChange(directory: parent, name: name, inode: Directory.none)],
      requiring: journal.operations(in: number))
  }

  /// What is in a directory, sorted by the bytes of the names.
  package func entries(of path: String) throws(StorageError) -> [DirectoryEntry] {
    let number = try directory(at: path, "entries")
    var result: [DirectoryEntry] = []
    for slot in inodes[number].directory!.slots where slot.live != Directory.none {
      let kind: FileKind = inodes[slot.live].directory == nil ? .file : .directory
      result.append(DirectoryEntry(name: slot.name.text, kind: kind))
    }
    return result
  }

  /// The directory at a path.
  func directory(at path: String, _ operation: String) throws(StorageError) -> Int {
    let number = try find(StoragePath(path, for: operation), path, operation)
    if number == Directory.none { throw StorageError(.notFound, operation, path) }
    if inodes[number].directory == nil { throw StorageError(.notDirectory, operation, path) }
    return number
  }

  /// How much fits and how much is free.
  package func space() -> StorageSpace {
    StorageSpace(
      capacity: limits.capacity, available: max(0, limits.capacity - reservedBytes - usedBytes))
  }

  /// Gives a file or directory another name, replacing a file or an empty directory.
  package func rename(_ path: String, to newPath: String) throws(StorageError) {
    let source = try StoragePath(path, for: "rename")
    let target = try StoragePath(newPath, for: "rename")
    // Both ways are gone before either name is looked up, as in a kernel.
    let parent = try parent(of: source, path, "rename")
    let newParent = try self.parent(of: target, newPath, "rename")
    guard let name = source.last else { throw StorageError(.wouldLoop, "rename", path) }
    let number = child(parent, name)
    if number == Directory.none { throw StorageError(.notFound, "rename", path) }
    let isDirectory = inodes[number].directory != nil
    guard let newName = target.last else {
      throw StorageError(.directoryNotEmpty, "rename", newPath)
    }
    let replaced = child(newParent, newName)
    if replaced == number { return }
    if isDirectory, isInside(newParent, number) {
      throw StorageError(.wouldLoop, "rename", newPath)
    }
    // What is in a directory keeps it from being empty, whatever else is wrong.
    if replaced != Directory.none, isInside(parent, replaced) {
      throw StorageError(.directoryNotEmpty, "rename", newPath)
    }
    try checkReplacing(replaced, byDirectory: isDirectory, newPath)
    var requires = parent == newParent ? [] : linkOperations(above: newParent)
    if isDirectory, replaced != Directory.none { requires += journal.operations(in: replaced) }
    change(
      [
        SlotChange(directory: parent, name: name, inode: Directory.none),
        SlotChange(directory: newParent, name: newName, inode: number),
      ], requiring: requires)
  }

  private func checkReplacing(
    _ replaced: Int, byDirectory isDirectory: Bool, _ path: String
  ) throws(StorageError) {
    guard replaced != Directory.none else { return }
    guard let directory = inodes[replaced].directory else {
      if isDirectory { throw StorageError(.notDirectory, "rename", path) }
      return
    }
    if !isDirectory { throw StorageError(.isDirectory, "rename", path) }
    if directory.liveCount > 0 { throw StorageError(.directoryNotEmpty, "rename", path) }
  }

  /// Whether a directory is another one, or below it.
  private func isInside(_ directory: Int, _ other: Int) -> Bool {
    var current = directory
    while current != Directory.none {
      if current == other { return true }
      current = inodes[current].parent
    }
    return false
  }
}
