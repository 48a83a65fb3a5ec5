//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

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
package final class Buggify {
  private struct Slot {
    var site: BuggifySite
    let stream: DecisionStream

    mutating func visit(_ probability: Double) -> Bool {
      site.visited += 1
      guard site.isArmed else { return false }
      let fires = stream.bool(probability: probability)
      if fires { site.fired += 1 }
      return fires
    }
  }

  private struct Table {
    var slots: [Slot] = []
    var literals = LiteralTable()
    var names: [String: Int] = [:]
  }

  private let decisions: Decisions
  private let options: BuggifyOptions
  // Behind a pointer, a visit has no exclusive accesses to a class's properties to register.
  private let table: UnsafeMutablePointer<Table>

  /// Whether sites may fire now. While it is off, nothing is drawn or counted.
  package var isEnabled: Bool

  /// Starts a run's table.
  package init(_ options: BuggifyOptions, decisions: Decisions) {
    self.options = options
    self.decisions = decisions
    isEnabled = options.isEnabled
    table = .allocate(capacity: 1)
    table.initialize(to: Table())
  }

  deinit {
    table.deinitialize(count: 1)
    table.deallocate()
  }

  /// The sites that were visited, in the order of their first visits.
  package var sites: [BuggifySite] { table.pointee.slots.map(\.site) }

  /// Visits the site at a place in the source: true if it fires.
  ///
  /// - Parameter probability: Of firing, once armed; the options' if nil.
  package func fires(
    probability: Double? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Bool {
    isEnabled && visit(slot(file, line), probability)
  }

  /// Visits the site with a name: true if it fires.
  ///
  /// - Parameter probability: Of firing, once armed; the options' if nil.
  package func fires(named name: StaticString, probability: Double? = nil) -> Bool {
    isEnabled && visit(slot(name, nil), probability)
  }

  /// The default, or a number from a range when the site fires: one decision more.
  package func knob(
    _ standard: Int, in range: ClosedRange<Int>, file: StaticString = #fileID, line: UInt = #line
  ) -> Int {
    knob(standard, file, line) { $0.int(in: range) }
  }

  /// The default, or a number from a range that isn't empty when the site fires: one decision more.
  package func knob(
    _ standard: Double, in range: Range<Double>, file: StaticString = #fileID, line: UInt = #line
  ) -> Double {
    knob(standard, file, line) { $0.double(in: range) }
  }

  /// The default, or whole nanoseconds from a range when the site fires: one decision more.
  package func knob(
    _ standard: Duration, in range: ClosedRange<Duration>, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Duration {
    knob(standard, file, line) { $0.duration(in: range) }
  }

  private func knob<Value>(
    _ standard: Value, _ file: StaticString, _ line: UInt, _ draw: (DecisionStream) -> Value
  ) -> Value {
    guard isEnabled else { return standard }
    let index = slot(file, line)
    return visit(index, nil) ? draw(table.pointee.slots[index].stream) : standard
  }

  private func visit(_ index: Int, _ probability: Double?) -> Bool {
    table.pointee.slots[index].visit(probability ?? options.fired)
  }

  private func slot(_ text: StaticString, _ line: UInt?) -> Int {
    table.pointee.literals.find(text, line) ?? addLiteral(text, line)
  }

  /// The first visit of this literal, but maybe not of its site.
  private func addLiteral(_ text: StaticString, _ line: UInt?) -> Int {
    // A place has a colon and digits at its end. A name that looks like one is told from it by the
    // prefix of the key.
    let name = line.map { "\(text):\($0)" } ?? "\(text)"
    let key = line == nil ? "name/\(name)" : "place/\(name)"
    let index = table.pointee.names[key] ?? addSite(name, key)
    table.pointee.literals.insert(text, line, slot: index)
    return index
  }

  private func addSite(_ name: String, _ key: String) -> Int {
    let stream = decisions.stream(.buggify(site: key))
    let isArmed = stream.bool(probability: options.armed)
    let index = table.pointee.slots.count
    table.pointee.names[key] = index
    table.pointee.slots.append(
      Slot(site: BuggifySite(name: name, isArmed: isArmed), stream: stream))
    return index
  }
}
