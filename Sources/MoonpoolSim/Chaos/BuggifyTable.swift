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
/// A visit costs one look-up in a table of literals by their address; only the first visit of a
/// literal compares text. Literals with equal text are one site, whatever their addresses.
package final class BuggifyTable {
  private struct Slot {
    let stream: DecisionStream
    let isArmed: Bool
    var visited: UInt64 = 0
    var fired: UInt64 = 0

    @inline(__always)
    mutating func visit(_ probability: Double) -> Bool {
      visited += 1
      guard isArmed else { return false }
      let fires = stream.bool(probability: probability)
      fired += fires ? 1 : 0
      return fires
    }
  }

  // Everything that a visit touches is behind pointers: no accesses to register, no references to
  // count.
  private struct Hot {
    var isEnabled: Bool
    let probability: Double
    var literals = LiteralTable()
    var slots: UnsafeMutablePointer<Slot>
    var capacity = 16
    var count = 0
  }

  private let hot: UnsafeMutablePointer<Hot>
  private let stream: (StreamKey) -> DecisionStream
  private let options: Buggify
  private var names: [String] = []
  private var numbers: [String: Int] = [:]
  /// Asked before a site fires, by the site's name; nil: nobody needs to know.
  private let admits: ((String) -> Bool)?

  /// Whether sites may fire now. While it is off, nothing is drawn or counted.
  package var isEnabled: Bool {
    get { hot.pointee.isEnabled }
    set { hot.pointee.isEnabled = newValue }
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
    hot.initialize(
      to: Hot(
        isEnabled: options.isEnabled, probability: options.fired, slots: .allocate(capacity: 16)))
  }

  deinit {
    hot.pointee.literals.destroy()
    hot.pointee.slots.deallocate()
    hot.deallocate()
  }

  /// The sites that were visited, in the order of their first visits.
  package var sites: [BuggifySite] {
    names.indices.map { number in
      let slot = hot.pointee.slots[number]
      return BuggifySite(
        name: names[number], visited: slot.visited, isArmed: slot.isArmed, fired: slot.fired)
    }
  }

  /// Lets the calling run's `buggify` ask this table, which it must not outlive.
  package func install() {
    mp_buggify_set(
      mp_buggify(
        fires: { table, text, length, line, probability in
          BuggifyTable.at(table!) { table in
            table.fires(LiteralTable.Key(text: text, length: length, line: line), probability)
          }
        },
        draws: { table, text, length, line, bound, number in
          BuggifyTable.at(table!) { table in
            let key = LiteralTable.Key(text: text, length: length, line: line)
            guard let drawn = table.draw(key, below: bound) else { return false }
            number!.pointee = drawn
            return true
          }
        }, context: Unmanaged.passUnretained(self).toOpaque()))
  }

  /// Lets it fire no more, and the calling run ask nobody.
  func stop() {
    isEnabled = false
    mp_buggify_set(mp_buggify(fires: nil, draws: nil, context: nil))
  }

  @inline(__always)
  private static func at<Result>(
    _ table: UnsafeMutableRawPointer, _ use: (BuggifyTable) -> Result
  ) -> Result {
    Unmanaged<BuggifyTable>.fromOpaque(table)._withUnsafeGuaranteedRef(use)
  }

  /// Visits a site: true if it fires.
  ///
  /// - Parameter probability: Of firing, once armed; NaN: the options'.
  @inline(__always)
  func fires(_ key: LiteralTable.Key, _ probability: Double) -> Bool {
    guard hot.pointee.isEnabled else { return false }
    let known = hot.pointee.literals.find(key)
    let number = known >= 0 ? known : addLiteral(key)
    let fires = hot.pointee.slots[number].visit(
      probability.isNaN ? hot.pointee.probability : probability)
    return fires && (admits == nil || admit(number))
  }

  @inline(never)
  private func admit(_ number: Int) -> Bool {
    guard let admits, !admits(names[number]) else { return true }
    hot.pointee.slots[number].fired -= 1
    return false
  }

  /// Visits a site: a number below a bound (0: any of 64 bits) if it fires, by one decision more.
  func draw(_ key: LiteralTable.Key, below bound: UInt64) -> UInt64? {
    guard fires(key, .nan) else { return nil }
    let stream = hot.pointee.slots[hot.pointee.literals.find(key)].stream
    guard bound == 0 else { return stream.uint64(below: bound) }
    return UInt64(bitPattern: Int64(stream.int(in: .min ... .max) &- .min))
  }

  /// The first visit of this literal, but maybe not of its site.
  @inline(never)
  private func addLiteral(_ key: LiteralTable.Key) -> Int {
    // A place has a colon and digits at its end. A name that looks like one is told from it by the
    // prefix of the stream's key.
    let isName = key.line == 0
    let name = isName ? key.string : "\(key.string):\(key.line - 1)"
    let streamKey = isName ? "name/\(name)" : "place/\(name)"
    let number = numbers[streamKey] ?? addSite(name, streamKey)
    hot.pointee.literals.insert(key, slot: number)
    return number
  }

  private func addSite(_ name: String, _ key: String) -> Int {
    let stream = stream(.buggify(site: key))
    let number = hot.pointee.count
    if number == hot.pointee.capacity { grow() }
    hot.pointee.slots[number] = Slot(
      stream: stream, isArmed: stream.bool(probability: options.armed))
    hot.pointee.count += 1
    names.append(name)
    numbers[key] = number
    return number
  }

  private func grow() {
    let slots = UnsafeMutablePointer<Slot>.allocate(capacity: 2 * hot.pointee.capacity)
    slots.moveInitialize(from: hot.pointee.slots, count: hot.pointee.count)
    hot.pointee.slots.deallocate()
    hot.pointee.slots = slots
    hot.pointee.capacity *= 2
  }
}
