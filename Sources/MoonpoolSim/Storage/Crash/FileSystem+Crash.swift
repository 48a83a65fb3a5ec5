//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

internal import MoonpoolRuntime

/// What a crash makes of a file system.
private struct CrashPlan {
  /// For each unsynced operation of the journal, whether it survives.
  var kept: [Bool]
  /// Everything that has a name afterwards, directories before what is in them.
  var nodes: [Node]
  /// What becomes of the files among them, in the same order.
  var files: [(inode: Int, file: ResolvedFile)]
  var report = CrashReport()

  struct Node {
    var inode: Int
    var parent: Int
    var path: String
  }
}

/// A name of a directory, for look-up only.
private struct SlotKey: Hashable {
  var directory: Int
  var name: EntryName
}

extension FileSystem {
  /// Ends all use and leaves a legal part of what wasn't durable, chosen by decisions.
  ///
  /// No handle is good afterwards. What is left is durable, except under
  /// ``CrashSurvival/everything``, where the machine goes on and so do its unsynced effects.
  package func crash(_ model: CrashModel, _ streams: CrashStreams) -> CrashReport {
    guard model.survival != .everything else { return killProcess(streams) }
    let cut = model.survival == .prefix ? drawCut(streams.survival) : nil
    var chooser = DecidingChooser(model, streams, cut: cut)
    let plan = plan(&chooser)
    handles.retireAll()
    return apply(plan)
  }

  /// The process ends, the page cache stays.
  private func killProcess(_ streams: CrashStreams) -> CrashReport {
    var chooser = DecidingChooser(CrashModel(survival: .everything), streams, cut: nil)
    let plan = plan(&chooser)
    for inode in handles.inodes {
      inodes[inode].uses -= 1
      release(inode)
    }
    handles.retireAll()
    return plan.files.reduce(into: plan.report) { $0 += $1.file.report }
  }

  /// The last effect that survives when they survive in order. The decision 0 loses none.
  private func drawCut(_ stream: DecisionStream) -> UInt64 {
    var sequences = journal.operations.map(\.sequence)
    for inode in inodes { sequences += inode.contents?.pointee.unsyncedSequences ?? [] }
    guard !sequences.isEmpty else { return 0 }
    sequences.sort()
    let lost = Int(stream.uint64(below: UInt64(sequences.count + 1)))
    return lost == sequences.count ? 0 : sequences[sequences.count - 1 - lost]
  }

  /// Every distinct state that a crash of whole sectors may leave now, in a deterministic order.
  ///
  /// The first is the one that loses nothing.
  ///
  /// - Parameter limit: How many combinations are looked at.
  /// - Returns: The states, and whether these are all of them.
  package func allCrashStates(limit: Int) -> (states: [DiskImage], isComplete: Bool) {
    var chooser = EnumeratingChooser()
    var states: [DiskImage] = []
    var seen: Set<DiskImage> = []
    for _ in 0..<limit {
      let image = image(after: plan(&chooser))
      if seen.insert(image).inserted { states.append(image) }
      if !chooser.advance() { return (states, true) }
    }
    return (states, false)
  }

  /// All that reads see.
  package var image: DiskImage {
    DiskImage(
      nodes { $0.live }.map { node in
        guard let contents = inodes[node.inode].contents else {
          return DiskImage.Node(path: node.path, contents: nil)
        }
        let all = contents.pointee
        return DiskImage.Node(path: node.path, contents: all.bytes(after: .init(size: all.size)))
      })
  }

  // MARK: - Planning

  private func plan<Chooser: CrashChooser>(_ chooser: inout Chooser) -> CrashPlan {
    let kept = journal.survivors(&chooser)
    var changed: [SlotKey: Int] = [:]
    for (operation, isKept) in zip(journal.operations, kept) where isKept {
      for change in operation.changes {
        changed[SlotKey(directory: change.directory, name: change.name)] = change.inode
      }
    }
    let nodes = nodes(changed: changed)
    var plan = CrashPlan(kept: kept, nodes: nodes, files: [])
    plan.report.namesKept = kept.count { $0 }
    plan.report.namesLost = kept.count { !$0 }
    for node in nodes {
      guard let contents = inodes[node.inode].contents else { continue }
      plan.files.append((node.inode, contents.pointee.resolve(&chooser)))
    }
    return plan
  }

  private func nodes(changed: [SlotKey: Int]) -> [CrashPlan.Node] {
    walk { directory, slot in
      changed[SlotKey(directory: directory, name: slot.name)] ?? slot.durable
    }
  }

  private func nodes(_ inode: @escaping (Directory.Slot) -> Int) -> [CrashPlan.Node] {
    walk { inode($1) }
  }

  /// Everything below the root, by the inode that each name is taken to have.
  private func walk(_ inode: (Int, Directory.Slot) -> Int) -> [CrashPlan.Node] {
    var result: [CrashPlan.Node] = []
    var open = [CrashPlan.Node(inode: Self.root, parent: Directory.none, path: "")]
    while let directory = open.popLast() {
      for slot in inodes[directory.inode].directory!.slots {
        let number = inode(directory.inode, slot)
        guard number != Directory.none else { continue }
        let prefix = directory.path.isEmpty ? "" : directory.path + "/"
        let node = CrashPlan.Node(
          inode: number, parent: directory.inode, path: prefix + slot.name.text)
        result.append(node)
        if inodes[number].directory != nil { open.append(node) }
      }
    }
    return result
  }

  private func image(after plan: CrashPlan) -> DiskImage {
    var files = plan.files.makeIterator()
    return DiskImage(
      plan.nodes.map { node in
        guard let contents = inodes[node.inode].contents, let file = files.next() else {
          return DiskImage.Node(path: node.path, contents: nil)
        }
        return DiskImage.Node(path: node.path, contents: contents.pointee.bytes(after: file.file))
      })
  }

  // MARK: - Applying

  private func apply(_ plan: CrashPlan) -> CrashReport {
    for (operation, isKept) in zip(journal.removeAll(), plan.kept) where isKept {
      for change in operation.changes {
        _ = inodes[change.directory].directory!.setDurable(change.name, to: change.inode)
      }
    }
    var isNamed = [Bool](repeating: false, count: inodes.count)
    isNamed[Self.root] = true
    for node in plan.nodes { isNamed[node.inode] = true }
    for number in inodes.indices.reversed() where !isNamed[number] && !inodes[number].isFree {
      discard(number)
    }
    inodes[Self.root].directory!.revertToDurable()
    for node in plan.nodes {
      inodes[node.inode].directory?.revertToDurable()
      inodes[node.inode].contents?.pointee.setCounted(true)
      inodes[node.inode].parent = node.parent
      inodes[node.inode].linkOperation = 0
      inodes[node.inode].uses = 1
      inodes[node.inode].holds = 1
    }
    return plan.files.reduce(into: plan.report) { report, file in
      guard let contents = inodes[file.inode].contents else { return }
      report += contents.pointee.apply(file.file)
    }
  }
}
