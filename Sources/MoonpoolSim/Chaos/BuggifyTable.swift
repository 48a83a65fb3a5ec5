//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

package import MoonpoolAssertions
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

  private let stream: (StreamKey) -> DecisionStream
  private let options: Buggify
  // Behind a pointer, a visit has no exclusive accesses to a class's properties to register.
  private let table: UnsafeMutablePointer<Table>

  /// Whether sites may fire now. While it is off, nothing is drawn or counted.
  package var isEnabled: Bool

  /// Starts a run's table; `stream` makes the streams of its sites.
  package init(_ options: Buggify, stream: @escaping (StreamKey) -> DecisionStream) {
    self.options = options
    self.stream = stream
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

  /// Visits the site at a place in the source, or with a name: true if it fires.
  ///
  /// - Parameter probability: Of firing, once armed; the options' if nil.
  package func fires(_ place: BuggifyPlace, probability: Double? = nil) -> Bool {
    isEnabled && visit(slot(place), probability)
  }

  /// The default, or a number from a range when the site fires: one decision more.
  package func knob(_ standard: Int, in range: ClosedRange<Int>, _ place: BuggifyPlace) -> Int {
    knob(standard, place) { $0.int(in: range) }
  }

  /// The default, or a number from a range when the site fires: one decision more.
  package func knob(
    _ standard: Double, in range: ClosedRange<Double>, _ place: BuggifyPlace
  ) -> Double {
    // Not a precondition: in release those say nothing.
    if !range.lowerBound.isFinite || !range.upperBound.isFinite {
      fatalError("the range of a buggify knob has finite ends, not \(range)")
    }
    return knob(standard, place) {
      let part = $0.double()
      let width = range.upperBound - range.lowerBound
      let value =
        width.isFinite
        ? range.lowerBound + part * width
        : range.lowerBound * (1 - part) + range.upperBound * part
      return min(value, range.upperBound)
    }
  }

  /// The default, or whole nanoseconds from a range when the site fires: one decision more.
  package func knob(
    _ standard: Duration, in range: ClosedRange<Duration>, _ place: BuggifyPlace
  ) -> Duration {
    knob(standard, place) { $0.duration(in: range) }
  }

  private func knob<Value>(
    _ standard: Value, _ place: BuggifyPlace, _ draw: (DecisionStream) -> Value
  ) -> Value {
    guard isEnabled else { return standard }
    let index = slot(place)
    return visit(index, nil) ? draw(table.pointee.slots[index].stream) : standard
  }

  private func visit(_ index: Int, _ probability: Double?) -> Bool {
    table.pointee.slots[index].visit(probability ?? options.fired)
  }

  private func slot(_ place: BuggifyPlace) -> Int {
    table.pointee.literals.find(place.text, place.line) ?? addLiteral(place)
  }

  /// The first visit of this literal, but maybe not of its site.
  private func addLiteral(_ place: BuggifyPlace) -> Int {
    // A place has a colon and digits at its end. A name that looks like one is told from it by the
    // prefix of the key.
    let name = place.line.map { "\(place.text):\($0)" } ?? "\(place.text)"
    let key = place.line == nil ? "name/\(name)" : "place/\(name)"
    let index = table.pointee.names[key] ?? addSite(name, key)
    table.pointee.literals.insert(place.text, place.line, slot: index)
    return index
  }

  private func addSite(_ name: String, _ key: String) -> Int {
    let stream = stream(.buggify(site: key))
    let isArmed = stream.bool(probability: options.armed)
    let index = table.pointee.slots.count
    table.pointee.names[key] = index
    table.pointee.slots.append(
      Slot(site: BuggifySite(name: name, isArmed: isArmed), stream: stream))
    return index
  }
}
