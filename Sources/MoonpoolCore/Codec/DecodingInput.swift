//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

/// Bytes that passed the ``CBORValidator``, and how to find one's way in them.
///
/// Exclusive access isn't checked at every step: the methods of this class call nothing from
/// outside it while they change something.
final class DecodingInput {
  typealias Cursor = CBORItems.Cursor

  /// The place of an item, and the way to it.
  struct Place: BitwiseCopyable {
    let cursor: Cursor
    /// The last step on the way; -1 for the whole.
    let step: Int32

    static let whole = Place(cursor: .start, step: -1)
  }

  /// A step on the way from the whole to an item.
  private struct Step {
    /// The step before; -1 for none.
    let parent: Int32
    /// Where the key begins, or the index.
    let value: Int32
    let isIndex: Bool
  }

  /// The caller's, unless ``ownsBytes``.
  @exclusivity(unchecked) private(set) var bytes = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
  @exclusivity(unchecked) private var ownsBytes = false
  @exclusivity(unchecked) private var extents = GrowableBuffer<CBORExtent>(capacity: 16)
  @exclusivity(unchecked) private var members = GrowableBuffer<CBORMember>(capacity: 16)
  /// The ways to all values that are being decoded at the moment.
  @exclusivity(unchecked) private var steps = GrowableBuffer<Step>(capacity: 16)
  /// The item that was looked at last, for errors that don't say where they come from.
  @exclusivity(unchecked) private var lastOffset = 0

  private static let pool = ObjectPool<DecodingInput>()

  private init() {}

  deinit {
    if ownsBytes { bytes.deallocate() }
  }

  /// An input of bytes that the caller keeps in their place until ``give(_:)``.
  static func take(_ bytes: UnsafeBufferPointer<UInt8>) -> DecodingInput {
    let input = pool.take() ?? DecodingInput()
    input.bytes = bytes
    return input
  }

  /// Checks the bytes, before anything else is done with them.
  @inline(__always)
  func validate(maximumDepth: Int) throws(CodecError) {
    try CBORValidator.validate(bytes, maximumDepth: maximumDepth, extents: &extents)
  }

  /// Keeps an input for the next use, or the bytes for a decoder that somebody has kept.
  static func give(_ input: inout DecodingInput) {
    guard isKnownUniquelyReferenced(&input) else { return input.keepBytes() }
    guard input.extents.isSmall, input.members.isSmall, input.steps.isSmall else { return }
    input.bytes = UnsafeBufferPointer(start: nil, count: 0)
    input.extents.truncate(to: 0)
    input.members.truncate(to: 0)
    input.steps.truncate(to: 0)
    input.lastOffset = 0
    pool.give(input)
  }

  private func keepBytes() {
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    _ = copy.initialize(from: bytes)
    bytes = UnsafeBufferPointer(copy)
    ownsBytes = true
  }

  /// The bytes and how to find one's way in them.
  @inline(__always)
  var items: CBORItems { CBORItems(bytes: bytes, extents: UnsafePointer(extents.base)) }

  /// The head of an item that is about to be decoded.
  @inline(__always)
  func head(at place: Place) -> CBORHead {
    lastOffset = Int(place.cursor.offset)
    return CBORHead(bytes, at: lastOffset)
  }

  /// The members of a map with many, in the order of their keys' bytes.
  func members(of map: Cursor, count: Int) -> UnsafeBufferPointer<CBORMember> {
    let extent = Int(map.extent)
    if extents[extent].members < 0 {
      extents[extent].members = Int32(members.count)
      let items = self.items
      var key = items.first(in: map)
      for _ in 0..<count {
        let value = items.next(after: key)
        members.append(CBORMember(key: key.offset, value: value))
        key = items.next(after: value)
      }
    }
    let start = members.base + Int(extents[extent].members)
    return UnsafeBufferPointer(start: start, count: count)
  }
}

extension DecodingInput {
  /// Notes a step to an element, for as long as the value around it is being decoded.
  @inline(__always)
  func enter(_ index: Int, at cursor: Cursor, in array: Place) -> Place {
    steps.append(Step(parent: array.step, value: Int32(index), isIndex: true))
    return Place(cursor: cursor, step: Int32(steps.count - 1))
  }

  /// Notes a step to the value of a key, for as long as the value around it is being decoded.
  @inline(__always)
  func enter(_ member: CBORMember, in map: Place) -> Place {
    steps.append(Step(parent: map.step, value: member.key, isIndex: false))
    return Place(cursor: member.value, step: Int32(steps.count - 1))
  }

  /// Forgets the step to a place, and all beyond it.
  @inline(__always)
  func leave(_ place: Place) { steps.truncate(to: Int(place.step)) }

  /// How many steps are noted; what is noted later can be forgotten together.
  var stepCount: Int { steps.count }

  /// Forgets the steps beyond a number of them.
  func forgetSteps(after count: Int) { steps.truncate(to: count) }

  /// The way to a step.
  ///
  /// It stops short where a decoder outlived the value that it was made for.
  ///
  /// - Parameter limit: How many bytes of a key are kept.
  func path(to step: Int32, keysUpTo limit: Int = .max) -> [any CodingKey] {
    var path: [any CodingKey] = []
    var current = step
    while 0..<steps.count ~= Int(current) {
      let step = steps[Int(current)]
      let value = Int(step.value)
      path.append(
        step.isIndex ? CodingStep(index: value) : bytes.step(forKeyAt: value, upTo: limit))
      guard step.parent < current else { break }
      current = step.parent
    }
    return path.reversed()
  }
}

/// Where in the bytes an error belongs, as the cause of a `DecodingError`.
private struct DecodingOffset: Error {
  let offset: Int
}

extension DecodingInput {
  /// What a `DecodingError` says about where it comes from.
  ///
  /// Long keys are cut in it. A type may try many ways to decode each of many values, and would
  /// copy the keys around them for every error that it catches.
  func context(at place: Place, _ message: String) -> DecodingError.Context {
    DecodingError.Context(
      codingPath: path(to: place.step, keysUpTo: 400), debugDescription: message,
      underlyingError: DecodingOffset(offset: Int(place.cursor.offset)))
  }

  /// The error that leaves the codec.
  func failure(_ error: any Error) -> CodecError {
    let context: DecodingError.Context
    var message: String?
    switch error {
    case DecodingError.typeMismatch(_, let it), DecodingError.valueNotFound(_, let it),
      DecodingError.dataCorrupted(let it):
      context = it
    case DecodingError.keyNotFound(let key, let it):
      context = it
      message = "there is no key \(key.stringValue.quoted)"
    default:
      let message = "\(error)".onOneLine
      return CodecError(.decode, message, path: path(toByte: lastOffset), offset: lastOffset)
    }
    let offset = (context.underlyingError as? DecodingOffset)?.offset ?? lastOffset
    return CodecError(
      .decode, (message ?? context.debugDescription).onOneLine, path: context.codingPath.pathText,
      offset: offset)
  }

  /// The way to the item that begins at an offset.
  private func path(toByte offset: Int) -> String {
    var path: [any CodingKey] = []
    let items = self.items
    var container = Cursor.start
    search: while true {
      let head = CBORHead(bytes, at: Int(container.offset))
      guard offset > container.offset, head.major == .array || head.major == .map else { break }
      var item = items.first(in: container)
      for index in 0..<Int(head.argument) {
        var step = CodingStep(index: index)
        if head.major == .map {
          step = bytes.step(forKeyAt: Int(item.offset))
          item = items.next(after: item)
        }
        let end = items.next(after: item)
        if offset < end.offset {
          path.append(step)
          container = item
          continue search
        }
        item = end
      }
      break
    }
    return path.pathText
  }
}
