//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

extension Race {
  /// Every reader who misses the cache goes to the origin.
  public static let stampede = Race(
    name: "stampede",
    summary: "every reader who misses the cache asks the origin",
    story: """
      The first reader finds the cache empty and goes to the origin. Until it is back the cache is \
      still empty, so whoever arrives in between goes there too, just when the origin is busiest. \
      Remembering the load that is under way, not only its result, lets the others wait for it.
      """,
    buggy: { try await readThrice { await $0.page("/") } },
    fixed: { try await readThrice { await $0.pageLoadedOnce("/") } }
  )
}

private actor Cache {
  private var pages: [String: String] = [:]
  private var loads: [String: Task<String, Never>] = [:]
  private let origin: Origin

  init(origin: Origin) { self.origin = origin }

  /// Wrong: the cache learns of a load only when it is over.
  func page(_ path: String) async -> String {
    if let page = pages[path] {
      note("hits the cache")
      return page
    }
    note("misses the cache")
    let page = await origin.load(path)
    pages[path] = page
    note("fills the cache")
    return page
  }

  /// Right: the load itself is cached, before the first await.
  func pageLoadedOnce(_ path: String) async -> String {
    if let load = loads[path] {
      note("joins the load")
      return await load.value
    }
    note("starts the load")
    let load = Task(name: "load") { await origin.load(path) }
    loads[path] = load
    return await load.value
  }
}

private actor Origin {
  private(set) var loadCount = 0

  func load(_ path: String) -> String {
    loadCount += 1
    note("asks the origin, which counts \(loadCount)")
    return "the page at \(path)"
  }
}

private func readThrice(_ read: @escaping @Sendable (Cache) async -> String) async throws {
  let origin = Origin()
  let cache = Cache(origin: origin)
  await withTaskGroup { group in
    for reader in ["Ann", "Bob", "Eve"] {
      group.addTask(name: reader) { _ = await read(cache) }
    }
  }
  let loadCount = await origin.loadCount
  try check(loadCount == 1, "one page was loaded \(loadCount) times")
}
