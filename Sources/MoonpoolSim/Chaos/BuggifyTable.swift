//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

import CMoonpoolAssertions
package import MoonpoolRuntime

/// The `buggify` sites of one run: armed once by the seed, fired visit by visit.
///
/// A site is a place in the source, or a name. Its decisions come from a stream of its own, named
/// after it: one when it is first visited, then one for each visit if it is armed. So a new site
/// shifts no other. A line in the source moves when lines are added above it, and with it what
/// seeds mean; a site with a name keeps them.
///
/// A visit to a site that isn't armed is inlined where it stands: a look-up in a table of literals
/// by their addresses, and a count. Only the first visit of a literal compares text. Literals with
/// equal text are one site, whatever their addresses.
package final class BuggifyTable {
  /// A site as C sees it, which must come first, and what only this table knows of it.
  private struct Slot {
    var site: mp_buggify_site
    let stream: DecisionStream
    let number: Int

    @inline(__always)
    static func of(
      _ site: UnsafeMutablePointer<mp_buggify_site>?
    ) -> UnsafeMutablePointer<Slot> {
      UnsafeMutableRawPointer(site.unsafelyUnwrapped).assumingMemoryBound(to: Slot.self)
    }

    /// One decision: whether an armed site fires.
    @inline(__always)
    func draws(_ here: UnsafePointer<mp_buggify>?, _ probability: Double) -> Bool {
      let least =
        probability.isNaN
        ? here.unsafelyUnwrapped.pointee.least
        : DecisionStream.leastTrue(probability: probability)
      return stream.uint64(below: 1 << 53) >= least
    }
  }

  // Behind a pointer: programs read it, and it must stay where it is.
  private let hot: UnsafeMutablePointer<mp_buggify>
  /// Sites stay where they are, too, because literals point at them.
  private var slots: [UnsafeMutablePointer<Slot>] = []
  private let stream: (StreamKey) -> DecisionStream
  private let options: Buggify
  private var names: [String] = []
  private var numbers: [String: Int] = [:]
  /// Asked before a site fires, by the site's name; nil: nobody needs to know.
  private let admits: ((String) -> Bool)?

  /// Whether sites may fire now. While it is off, nothing is drawn or counted.
  package var isEnabled: Bool {
    get { hot.pointee.is_on }
    set { hot.pointee.is_on = newValue }
  }

  /// Starts a run's table; `stream` makes the streams of its sites.
  ///
  /// - Parameter admits: Asked before a site fires, by the site's name. False: it doesn't.
  package init(
    _ options: Buggify, admits: ((String) -> Bool)? = nil,
    stream: @escaping (StreamKey) -> DecisionStream
  ) {
    self.options = options
    self.admits = admits
    self.stream = stream
    hot = .allocate(capacity: 1)
    hot.initialize(to: mp_buggify())
    hot.pointee.is_on = options.isEnabled
    hot.pointee.least = DecisionStream.leastTrue(probability: options.fired)
    hot.pointee.context = Unmanaged.passUnretained(self).toOpaque()
    hot.pointee.find = { here, text, length, line in
      BuggifyTable.of(here).find(mp_buggify_literal(text, length, line))
    }
    hot.pointee.fires = admits == nil ? Self.fires : Self.firesIfAdmitted
    hot.pointee.draw = { site, bound in
      let stream = Slot.of(site).pointee.stream
      return bound == 0 ? stream.next() : stream.uint64(below: bound)
    }
    hot.pointee.makeLiterals()
  }

  deinit {
    for slot in slots { slot.deallocate() }
    hot.pointee.literals.deallocate()
    hot.deallocate()
  }

  /// The sites that were visited, in the order of their first visits.
  package var sites: [BuggifySite] {
    zip(names, slots).map { name, slot in
      let site = slot.pointee.site
      return BuggifySite(
        name: name, visited: site.visited, isArmed: site.is_armed, fired: site.fired)
    }
  }

  /// Lets the calling run's `buggify` ask this table, which it must not outlive.
  package func install() { mp_buggify_set(hot) }

  /// Lets it fire no more, and the calling run ask nobody.
  func stop() {
    isEnabled = false
    mp_buggify_set(nil)
  }

  // MARK: Visits of armed sites

  private typealias Fires =
    @convention(c) (
      UnsafePointer<mp_buggify>?, UnsafeMutablePointer<mp_buggify_site>?, Double
    ) -> Bool

  /// Without a branch on what was drawn: no processor can predict it.
  private static let fires: Fires = { here, site, probability in
    let slot = Slot.of(site)
    let fires = slot.pointee.draws(here, probability)
    slot.pointee.site.fired &+= fires ? 1 : 0
    return fires
  }

  private static let firesIfAdmitted: Fires = { here, site, probability in
    let slot = Slot.of(site)
    guard slot.pointee.draws(here, probability) else { return false }
    let table = BuggifyTable.of(here)
    guard table.admits?(table.names[slot.pointee.number]) ?? true else { return false }
    slot.pointee.site.fired += 1
    return true
  }

  // MARK: First visits

  private static func of(_ here: UnsafePointer<mp_buggify>?) -> BuggifyTable {
    Unmanaged.fromOpaque(here!.pointee.context).takeUnretainedValue()
  }

  /// The first visit of this literal, or one whose place another has taken.
  private func find(_ literal: mp_buggify_literal) -> UnsafeMutablePointer<mp_buggify_site> {
    let place = hot.pointee.place(of: literal)
    if let known = hot.pointee.literals[place].site { return known }
    // A place has a colon and digits at its end. A name that looks like one is told from it by the
    // prefix of the stream's key.
    let isName = literal.line == 0
    let name = isName ? literal.string : "\(literal.string):\(literal.line - 1)"
    let streamKey = isName ? "name/\(name)" : "place/\(name)"
    let slot = slots[numbers[streamKey] ?? addSite(name, streamKey)]
    let site = UnsafeMutableRawPointer(slot).assumingMemoryBound(to: mp_buggify_site.self)
    hot.pointee.insert(literal, site)
    return site
  }

  private func addSite(_ name: String, _ key: String) -> Int {
    let stream = stream(.buggify(site: key))
    let number = slots.count
    let slot = UnsafeMutablePointer<Slot>.allocate(capacity: 1)
    let isArmed = stream.bool(probability: options.armed)
    slot.initialize(
      to: Slot(
        site: mp_buggify_site(visited: 0, fired: 0, is_armed: isArmed), stream: stream,
        number: number))
    slots.append(slot)
    names.append(name)
    numbers[key] = number
    return number
  }
}
